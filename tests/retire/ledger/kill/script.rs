//! Who does what while hosts are killed.

use ledger::Month;
use ledger::command::PoolRules;
use ledger::record::{Death, Payout, Pool};
use mortality::Sex;
use serde_json::json;
use simulator::Answer;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::mishaps::Crew;
use crate::harness::text;
use crate::ledger::model::book::{Book, Report};
use crate::ledger::model::command::{Command, Item};

/// A day after all periods that are settled.
const LATER: Date = date!(2025 - 12 - 05);

/// The commands that were carried out, with their answers.
pub type Done = Vec<(Command, Answer)>;

/// The pool and its members: six, of whom three die, one of them reported late.
pub struct Cast {
    pub pool: Uuid,
    pub members: Vec<Uuid>,
    book: Book,
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

/// Sends a command that is to be carried out.
fn play(crew: &Crew, pool: Uuid, key: &str, command: &Command) -> Answer {
    let answer = crew.insist(&command.path(pool), key, &command.body());
    assert_eq!(answer.status, 201, "{command}: {}", text(&answer));
    answer
}

fn item(member: Uuid, cents: i64, on: Date) -> Item {
    let currency = "EUR";
    Item {
        member,
        cents,
        currency,
        on,
    }
}

impl Cast {
    pub fn enrol(crew: &Crew) -> Self {
        let rules = json!({
            "basis": {
                "mortality": {"table": {"id": "destatis-2022-2024", "closing": "last_rate"}},
                "blend": "by_sex", "improvement": "none", "fractional_age": "constant_force",
            },
            "cadence": "month", "sharing_rule": "overlay_fund",
            "caps": {"max_stake_cents": 900_00},
        });
        let open = json!({
            "name": "Kill", "currency": "EUR", "first_period": "2025-06", "rules": rules,
        });
        let answer = crew.insist("/v1/pools", "pool", &open);
        let pool: Pool = answer.json().expect("a pool");
        let pool = pool.pool_id;
        let rules: PoolRules = serde_json::from_value(rules).expect("rules");
        let mut book = Book::new(pool, month("2025-06"), rules);
        for number in 1..=6_u8 {
            let command = Command::Enrol {
                user: Uuid::new_v5(&pool, &[number]),
                sex: if number % 2 == 0 {
                    Sex::Female
                } else {
                    Sex::Male
                },
                born: date!(1941 - 03 - 09)
                    .replace_year(1940 + i32::from(number))
                    .expect("a year"),
                on: date!(2025 - 05 - 01),
            };
            let answer = play(crew, pool, &format!("enrol-{number}"), &command);
            book.apply(&command, &answer);
        }
        let members: Vec<Uuid> = book.people.keys().copied().collect();
        for (member, cents) in members
            .iter()
            .zip([800_00, 1_200_00, 455_01, 2_000_00, 333_33, 1])
        {
            let paid = item(*member, cents, date!(2025 - 06 - 03));
            let command = Command::Contribute(vec![paid]);
            let answer = play(crew, pool, &format!("paid-{member}"), &command);
            book.apply(&command, &answer);
        }
        let deaths = [(0, date!(2025 - 06 - 20)), (1, date!(2025 - 07 - 04))];
        for (index, on) in deaths {
            let command = Command::Report {
                member: members[index],
                on,
            };
            let answer = play(crew, pool, &format!("died-{index}"), &command);
            book.apply(&command, &answer);
            let death: Death = answer.json().expect("a death");
            let command = Command::ConfirmDeath {
                death: death.death_id,
            };
            let answer = play(crew, pool, &format!("sure-{index}"), &command);
            book.apply(&command, &answer);
        }
        Self {
            pool,
            members,
            book,
        }
    }

    /// What is known of the pool before the first settlement and after each.
    pub fn states(&self) -> Vec<Book> {
        let today = time::UtcDateTime::now().date();
        let mut book = self.book.clone();
        let mut states = vec![book.clone()];
        for late in [false, true] {
            if late {
                let report = Report {
                    member: self.members[2],
                    died_on: date!(2025 - 06 - 30),
                    confirmed: true,
                    withdrawn: false,
                };
                book.reports.insert(Uuid::nil(), report);
            }
            for period in ["2025-06", "2025-07"] {
                let attempt = book.attempt(month(period), today);
                let attempt = attempt.unwrap_or_else(|refusal| panic!("{refusal:?}"));
                book.record(attempt);
                states.push(book.clone());
            }
        }
        states
    }
}

/// Two months are settled, a death of the first is confirmed, and they are settled
/// again. Others may do the same at the same time.
pub fn settlements(crew: &Crew, cast: &Cast, who: &str) {
    let settle = |key: &str, period: &str| {
        let command = Command::Settle {
            period: month(period),
            dry_run: false,
        };
        let key = format!("{who}-{key}-{period}");
        let answer = crew.insist(&command.path(cast.pool), &key, &command.body());
        // Whoever is late may find the other at an earlier period again.
        let overtaken = answer.status == 409 && text(&answer).contains("period-out-of-order");
        assert!(overtaken || answer.status < 202, "{}", text(&answer));
    };
    settle("once", "2025-06");
    settle("once", "2025-07");
    let report = Command::Report {
        member: cast.members[2],
        on: date!(2025 - 06 - 30),
    };
    let death: Death = play(crew, cast.pool, "late", &report)
        .json()
        .expect("a death");
    let confirm = Command::ConfirmDeath {
        death: death.death_id,
    };
    play(crew, cast.pool, "late-sure", &confirm);
    settle("again", "2025-06");
    settle("again", "2025-07");
}

/// Contributions and fees of a few members, and a reversal.
pub fn bookings(crew: &Crew, cast: &Cast) -> Done {
    let (hot, other) = (cast.members[3], cast.members[4]);
    let mut done = Done::new();
    let mut send = |key: String, command: Command| {
        let answer = play(crew, cast.pool, &key, &command);
        done.push((command, answer.clone()));
        answer
    };
    for number in 1..=6 {
        let items = vec![item(hot, number, LATER), item(other, 10 * number, LATER)];
        let answer = send(format!("in-{number}"), Command::Contribute(items));
        if number == 2 {
            let booked: ledger::record::Booked = answer.json().expect("a batch");
            let (entry, on, foreign) = (booked.first_entry_id, LATER, None);
            send("back".to_owned(), Command::Reverse { entry, on, foreign });
        }
        if number % 2 == 1 {
            let items = vec![item(hot, 2 * number, LATER)];
            send(format!("fee-{number}"), Command::Charge(items));
        }
    }
    done
}

/// Payouts that are requested, and then confirmed or voided.
pub fn payouts(crew: &Crew, cast: &Cast) -> Done {
    let mut done = Done::new();
    for number in 1..=3 {
        let request = Command::Request {
            member: cast.members[3],
            account: "member",
            cents: 100 * number,
            currency: "EUR",
            on: LATER,
        };
        let answer = play(crew, cast.pool, &format!("request-{number}"), &request);
        let payout: Payout = answer.json().expect("a payout");
        done.push((request, answer));
        let payout = payout.payout_id;
        let second = match number {
            2 => Command::Void { payout },
            _ => Command::ConfirmPayout {
                payout,
                on: LATER,
                transaction: (number == 1).then_some(payout),
            },
        };
        let answer = play(crew, cast.pool, &format!("end-{number}"), &second);
        done.push((second, answer));
    }
    done
}
