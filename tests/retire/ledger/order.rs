//! The order in which things become known does not matter.

use ledger::Month;
use ledger::record::{Death, Member, Page, Pool};
use mortality::Sex;
use serde_json::{Value, json};
use simulator::Answer;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::dice::Dice;
use super::get;
use super::model::command::{Command, Item};
use crate::harness::{App, pool_command, text};

/// A pool of a database of its own: under the same keys it has the same ids.
struct World {
    app: App,
    pool: Uuid,
    members: Vec<Uuid>,
    sent: u32,
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

impl World {
    fn start() -> Self {
        let app = App::start();
        let mut open = pool_command();
        open["rules"]["sharing_rule"] = json!("overlay_fund");
        open["rules"]["caps"] = json!({"max_stake_cents": 1_500_00});
        let answer = app
            .client
            .try_command("/v1/pools", "pool", &open)
            .expect("an answer");
        let pool: Pool = answer.json().expect("a pool");
        let pool = pool.pool_id;
        let mut world = Self {
            app,
            pool,
            members: Vec::new(),
            sent: 0,
        };
        for number in 0..7_u8 {
            let command = Command::Enrol {
                user: Uuid::from_u128(u128::from(number)),
                sex: if number % 2 == 0 {
                    Sex::Female
                } else {
                    Sex::Male
                },
                born: date!(1940 - 07 - 01)
                    .replace_year(1940 + i32::from(number))
                    .expect("a year"),
                // The last of them joins within a period.
                on: if number == 6 {
                    date!(2025 - 06 - 02)
                } else {
                    date!(2025 - 05 - 01)
                },
            };
            let member: Member = world.send(&command).json().expect("a member");
            world.members.push(member.member_id);
        }
        world
    }

    fn send(&mut self, command: &Command) -> Answer {
        let key = format!("{}", self.sent);
        self.sent += 1;
        let path = command.path(self.pool);
        let answer = self.app.client.try_command(&path, &key, &command.body());
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, 201, "{command}: {}", text(&answer));
        answer
    }

    fn report(&mut self, member: Uuid, on: Date) -> Uuid {
        let death: Death = self
            .send(&Command::Report { member, on })
            .json()
            .expect("a death");
        self.send(&Command::ConfirmDeath {
            death: death.death_id,
        });
        death.death_id
    }

    /// Settles what is due, up to and including August.
    fn settle(&mut self, most: usize) {
        for _ in 0..most {
            let pool: Pool = self
                .app
                .client
                .get(&format!("/v1/pools/{}", self.pool))
                .expect("a pool");
            if pool.next_period > month("2025-08") {
                break;
            }
            let period = pool.next_period;
            self.send(&Command::Settle {
                period,
                dry_run: false,
            });
        }
    }

    /// Balances at the ends of months, and the lines of the settlements that stand.
    fn outcome(&self) -> Vec<String> {
        let http = &self.app.client;
        let mut outcome = Vec::new();
        for last_day in ["2025-06-30", "2025-07-31", "2025-08-31", "2025-09-30"] {
            let path = format!("/v1/pools/{}/balances?as_of={last_day}", self.pool);
            let page: Page<Value> = http.get(&path).expect("balances");
            outcome.extend(page.items.iter().map(|item| format!("{last_day}: {item}")));
        }
        for period in ["2025-06", "2025-07", "2025-08"] {
            let path = format!("/v1/pools/{}/settlements/{period}/document", self.pool);
            let document = text(&get(http, &path).expect("an answer"));
            outcome.extend(
                document
                    .lines()
                    .skip(1)
                    .map(|line| format!("{period}: {line}")),
            );
        }
        outcome
    }
}

/// Contributions and fees of the members, from all three months.
fn bookings(members: &[Uuid]) -> Vec<Command> {
    let item = |member: Uuid, cents: i64, on: Date| {
        let currency = "EUR";
        vec![Item {
            member,
            cents,
            currency,
            on,
        }]
    };
    let mut bookings = Vec::new();
    for (number, member) in (1_i64..).zip(members) {
        bookings.push(Command::Contribute(item(
            *member,
            377_77 * number,
            date!(2025 - 06 - 03),
        )));
        bookings.push(Command::Contribute(item(
            *member,
            3_14 * number,
            date!(2025 - 07 - 15),
        )));
        bookings.push(Command::Contribute(item(
            *member,
            500_00,
            date!(2025 - 08 - 31),
        )));
        bookings.push(Command::Charge(item(
            *member,
            number,
            date!(2025 - 07 - 31),
        )));
    }
    bookings
}

/// The same bookings and deaths: once in order and known in time, then in other orders,
/// with deaths that are known after their months were settled, and one that was none.
#[test]
fn deaths_that_are_known_late_leave_what_they_leave_in_time() {
    let deaths = |members: &[Uuid]| {
        vec![
            (members[0], date!(2025 - 06 - 10)),
            (members[2], date!(2025 - 06 - 30)),
            (members[6], date!(2025 - 06 - 25)),
            (members[1], date!(2025 - 07 - 01)),
            (members[3], date!(2025 - 08 - 20)),
        ]
    };
    let mut in_time = World::start();
    for booking in bookings(&in_time.members) {
        in_time.send(&booking);
    }
    for (member, on) in deaths(&in_time.members) {
        in_time.report(member, on);
    }
    in_time.settle(3);
    let expected = in_time.outcome();

    for seed in 0..3 {
        let mut dice = Dice::new(seed);
        let mut late = World::start();
        assert_eq!((late.pool, &late.members), (in_time.pool, &in_time.members));
        let mut bookings = bookings(&late.members);
        dice.shuffle(&mut bookings);
        // A fee needs something to be taken from.
        bookings.sort_by_key(|booking| matches!(booking, Command::Charge(_)));
        for booking in &bookings {
            late.send(booking);
        }
        let mut deaths = deaths(&late.members);
        dice.shuffle(&mut deaths);
        let alive = late.members[4];
        late.settle(dice.below(4));
        let wrong = late.report(alive, date!(2025 - 06 - 07));
        for (member, on) in deaths {
            // Some are settled one by one, others together.
            late.settle(dice.below(4));
            late.report(member, on);
        }
        late.settle(dice.below(3));
        late.send(&Command::Withdraw { death: wrong });
        late.settle(3);
        assert_eq!(late.outcome(), expected, "seed {seed}");
    }
}
