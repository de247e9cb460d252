//! What happens next in a sequence: mostly something sensible, often not.

use ledger::Month;
use ledger::command::PoolRules;
use mortality::Sex;
use postgres::Client;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::book::{Account, Book, PayoutState};
use super::command::{Command, Item};
use crate::ledger::dice::Dice;

/// Nobody is enrolled before this day.
const FIRST_DAY: Date = date!(2025 - 05 - 01);
/// The last day that is booked: the past, whenever the tests run.
const LAST_DAY: Date = date!(2026 - 11 - 15);
/// A day that no clock has reached.
const FUTURE: Date = date!(2199 - 01 - 01);

/// A step of a sequence.
#[derive(Debug)]
pub enum Step {
    Send(Command),
    /// A command that was carried out comes again, under its key.
    Again(usize),
    /// The key of a command that was carried out comes with another body.
    OtherBody(usize),
    /// The broker reports a movement of cash.
    Broker {
        member: Uuid,
        cents: i64,
        on: Date,
        transaction: Uuid,
    },
}

/// Another pool of the same database.
pub struct Elsewhere {
    pub member: Uuid,
    pub entry: i64,
    pub payout: Uuid,
    pub death: Uuid,
}

/// What a step is drawn from.
pub struct Draw<'a> {
    pub book: &'a Book,
    pub dice: &'a mut Dice,
    pub elsewhere: &'a Elsewhere,
    /// How many commands were carried out.
    pub done: usize,
}

/// The rules of a sequence: most have a choice that others have not.
pub fn rules(dice: &mut Dice) -> PoolRules {
    let fallback = json!({"equitable_weights": {"fallback": "overlay_fund"}});
    let sharing = ["nominal_gain", "overlay_fund", "finite_pool_correction"];
    let sharing: Vec<Value> = sharing
        .iter()
        .map(|name| json!(name))
        .chain([fallback])
        .collect();
    let caps = match dice.below(4) {
        0 => json!({"max_stake_cents": dice.between(1, 900_00)}),
        1 => json!({"max_share_ppm": 400_000, "max_gain_ppm": 300_000}),
        _ => json!({}),
    };
    let cadence = if dice.chance(30) { "quarter" } else { "month" };
    let rules = json!({
        "basis": {
            "mortality": {"table": {"id": "destatis-2022-2024", "closing": "last_rate"}},
            "blend": "by_sex", "improvement": "none", "fractional_age": "constant_force",
        },
        "cadence": cadence, "caps": caps, "sharing_rule": sharing[dice.below(sharing.len())],
    });
    serde_json::from_value(rules).expect("rules")
}

impl Draw<'_> {
    /// The next step. The first are to fill the pool.
    pub fn step(&mut self, admin: &mut Client) -> Step {
        let members = self.book.people.len();
        if members < 5 {
            return Step::Send(self.enrol(date!(2025 - 05 - 01), date!(2025 - 06 - 01)));
        }
        if self.book.flows.len() < members {
            return Step::Send(Command::Contribute(self.items(members)));
        }
        let command = match self.dice.below(100) {
            0..26 => self.settle(),
            26..34 => Command::Contribute(self.items(3)),
            34..39 => Command::Charge(self.fees()),
            39..46 => self.reverse(admin),
            46..57 => self.request(),
            57..63 => self.confirm_payout(),
            63..67 => self.void(),
            67..77 => self.report(),
            77..82 => self.confirm_death(),
            82..86 => self.withdraw(),
            86..88 => self.close(),
            88..90 => self.enrol(FIRST_DAY, LAST_DAY),
            90..92 => self.set_rules(),
            92..95 => return self.broker(),
            95..98 => return Step::Again(self.dice.below(self.done)),
            _ => return Step::OtherBody(self.dice.below(self.done)),
        };
        Step::Send(command)
    }

    /// Mostly a day that can be booked.
    fn day(&mut self) -> Date {
        let open_from = self.book.open_from().unwrap_or(FIRST_DAY);
        match self.dice.below(20) {
            0 => FUTURE,
            1 | 2 => self.dice.day(FIRST_DAY, LAST_DAY),
            3 => self.dice.day(FIRST_DAY, open_from),
            _ => {
                let soon = open_from.saturating_add(time::Duration::days(45));
                self.dice.day(open_from, soon.min(LAST_DAY))
            }
        }
    }

    /// Mostly a member.
    fn member(&mut self) -> Uuid {
        let members: Vec<Uuid> = self.book.people.keys().copied().collect();
        match self.dice.below(40) {
            0 => Uuid::from_u128(7),
            1 => self.elsewhere.member,
            _ => self.dice.pick(&members).expect("there are members"),
        }
    }

    fn currency(&mut self) -> &'static str {
        if self.dice.chance(3) { "USD" } else { "EUR" }
    }

    fn enrol(&mut self, first: Date, last: Date) -> Command {
        let users: Vec<Uuid> = self
            .book
            .people
            .values()
            .map(|person| person.user)
            .collect();
        let fresh = Uuid::new_v5(&self.book.pool_id, users.len().to_string().as_bytes());
        let again = self
            .dice
            .chance(10)
            .then(|| self.dice.pick(&users))
            .flatten();
        let on = self.dice.day(first, last);
        let born = self.dice.day(date!(1931 - 01 - 01), date!(1966 - 12 - 31));
        Command::Enrol {
            user: again.unwrap_or(fresh),
            sex: if self.dice.chance(50) {
                Sex::Female
            } else {
                Sex::Male
            },
            born: if self.dice.chance(5) { on } else { born },
            on,
        }
    }

    fn items(&mut self, most: usize) -> Vec<Item> {
        let count = 1 + self.dice.below(most);
        let item = |draw: &mut Self| Item {
            member: draw.member(),
            cents: match draw.dice.below(30) {
                0 => -draw.dice.between(0, 5),
                1 => 1,
                _ => draw.dice.between(1, 2_000_00),
            },
            currency: draw.currency(),
            on: draw.day(),
        };
        (0..count).map(|_| item(self)).collect()
    }

    fn fees(&mut self) -> Vec<Item> {
        let mut items = self.items(2);
        for item in &mut items {
            let balance = self.book.balance(Account::Member(item.member));
            if !self.dice.chance(15) {
                item.cents = self.dice.between(1, balance.clamp(1, 20_00));
            }
        }
        items
    }

    fn reverse(&mut self, admin: &mut Client) -> Command {
        let on = self.day();
        let own: Vec<i64> = self.book.bookings.keys().copied().collect();
        if let Some(entry) = self.dice.pick(&own).filter(|_| self.dice.chance(80)) {
            let foreign = None;
            return Command::Reverse { entry, on, foreign };
        }
        let entries = admin
            .query(
                "select e.entry_id, e.reverses is not null, exists (
                     select from retire.journal_entry r where r.reverses = e.entry_id)
                 from retire.journal_entry e
                 where pool_id = $1 and source not like 'command:%' order by 1",
                &[&self.book.pool_id],
            )
            .expect("entries");
        let mut foreign: Vec<(i64, (u16, &str))> = entries
            .iter()
            .map(|row| {
                let code = match (row.get(1), row.get(2)) {
                    (true, _) => "entry-is-reversal",
                    (false, true) => "entry-reversed",
                    (false, false) => "entry-not-reversible",
                };
                (row.get(0), (409, code))
            })
            .collect();
        foreign.push((self.elsewhere.entry, (422, "unknown-entry")));
        foreign.push((i64::MAX, (422, "unknown-entry")));
        let (entry, code) = self.dice.pick(&foreign).expect("some");
        // A day that is refused is refused first.
        let (on, foreign) = (on.min(LAST_DAY), Some(code));
        Command::Reverse { entry, on, foreign }
    }

    fn request(&mut self) -> Command {
        let payable: Vec<(Uuid, &str, i64)> = self
            .book
            .balances(Date::MAX)
            .into_iter()
            .filter_map(|(account, cents)| match account {
                Account::Member(member) => Some((member, "member", cents)),
                Account::Estate(member) => Some((member, "estate", cents)),
                _ => None,
            })
            .collect();
        let anybody = (self.member(), "estate", 1);
        let likely = self.dice.pick(&payable).filter(|_| self.dice.chance(90));
        let (member, account, balance) = likely.unwrap_or(anybody);
        let cents = match self.dice.below(10) {
            0 => balance + 1,
            1..5 => balance,
            _ => self.dice.between(0, balance.max(1)),
        };
        let (currency, on) = (self.currency(), self.day());
        Command::Request {
            member,
            account,
            cents,
            currency,
            on,
        }
    }

    /// A payout that waits, if there is one; sometimes another. None is likely to make
    /// room for another command.
    fn payout(&mut self) -> Option<Uuid> {
        let all = self.book.payouts.iter();
        let waits = all
            .clone()
            .filter(|(_, payout)| payout.state == PayoutState::Requested);
        let waits: Vec<Uuid> = waits.map(|(id, _)| *id).collect();
        let all: Vec<Uuid> = all
            .map(|(id, _)| *id)
            .chain([self.elsewhere.payout])
            .collect();
        let likely = if self.dice.chance(80) {
            self.dice.pick(&waits)
        } else {
            None
        };
        likely.or_else(|| self.dice.pick(&all).filter(|_| self.dice.chance(20)))
    }

    fn confirm_payout(&mut self) -> Command {
        let Some(payout) = self.payout() else {
            return self.request();
        };
        let known: Vec<Uuid> = self.book.transactions.keys().copied().collect();
        let transaction = match self.dice.below(4) {
            0 => self.dice.pick(&known),
            1 => Some(self.transaction(payout)),
            _ => None,
        };
        Command::ConfirmPayout {
            payout,
            on: self.day(),
            transaction,
        }
    }

    fn void(&mut self) -> Command {
        match self.payout() {
            Some(payout) => Command::Void { payout },
            None => self.request(),
        }
    }

    /// The transaction by which the broker pays a payout.
    fn transaction(&self, payout: Uuid) -> Uuid {
        Uuid::new_v5(&payout, b"transaction")
    }

    /// A report that is or is not confirmed, if there is one; sometimes another.
    fn death(&mut self, confirmed: bool) -> Option<Uuid> {
        let all = self.book.reports.iter();
        let likely = all
            .clone()
            .filter(|(_, r)| r.confirmed == confirmed && !r.withdrawn);
        let likely: Vec<Uuid> = likely.map(|(id, _)| *id).collect();
        let all: Vec<Uuid> = all
            .map(|(id, _)| *id)
            .chain([self.elsewhere.death])
            .collect();
        let likely = if self.dice.chance(80) {
            self.dice.pick(&likely)
        } else {
            None
        };
        likely.or_else(|| self.dice.pick(&all).filter(|_| self.dice.chance(20)))
    }

    fn confirm_death(&mut self) -> Command {
        match self.death(false) {
            Some(death) => Command::ConfirmDeath { death },
            None => self.report(),
        }
    }

    fn withdraw(&mut self) -> Command {
        let confirmed = self.dice.chance(70);
        match self.death(confirmed) {
            Some(death) => Command::Withdraw { death },
            None => self.report(),
        }
    }

    fn report(&mut self) -> Command {
        let (next, _) = self.book.next_period();
        let first = self.book.first_period.first_day();
        let on = match self.dice.below(20) {
            0 => self.day(),
            1..10 => self.dice.day(first, next.last_day()),
            _ => self.dice.day(next.first_day(), next.last_day()),
        };
        let alive = self
            .book
            .people
            .keys()
            .filter(|id| self.book.report_of(**id).is_none());
        let alive: Vec<Uuid> = alive.copied().collect();
        let likely = if self.dice.chance(85) {
            self.dice.pick(&alive)
        } else {
            None
        };
        let member = likely.unwrap_or_else(|| self.member());
        Command::Report { member, on }
    }

    fn close(&mut self) -> Command {
        let balances = self.book.balances(Date::MAX);
        let poor = self.book.people.keys().filter(|id| {
            !balances.contains_key(&Account::Member(**id)) && self.book.report_of(**id).is_none()
        });
        let poor: Vec<Uuid> = poor.copied().collect();
        let likely = self.dice.pick(&poor).filter(|_| self.dice.chance(80));
        let member = likely.unwrap_or_else(|| self.member());
        Command::Close {
            member,
            on: self.day(),
        }
    }

    fn set_rules(&mut self) -> Command {
        let from = Month::of(self.day()).expect("a month");
        let rules = rules(self.dice);
        Command::SetRules { from, rules }
    }

    fn settle(&mut self) -> Command {
        // A death that is not confirmed is in the way.
        let in_the_way = !self.book.exceptions().is_empty();
        if let Some(death) = self
            .death(false)
            .filter(|_| in_the_way && self.dice.chance(75))
        {
            return Command::ConfirmDeath { death };
        }
        let (next, _) = self.book.next_period();
        let any = self.dice.day(FIRST_DAY, LAST_DAY);
        let likely = self.dice.chance(88);
        let period = if likely {
            next
        } else {
            Month::of(any).expect("a month")
        };
        Command::Settle {
            period,
            dry_run: self.dice.chance(8),
        }
    }

    fn broker(&mut self) -> Step {
        let members: Vec<Uuid> = self.book.people.keys().copied().collect();
        let member = self.dice.pick(&members).expect("there are members");
        let on = self.dice.day(FIRST_DAY, LAST_DAY);
        let fresh = Uuid::new_v5(&self.book.pool_id, format!("t{}", self.done).as_bytes());
        let mut paid = self.book.payouts.iter();
        // Half of the withdrawals are payouts that were asked for.
        match paid.find(|(_, payout)| payout.state != PayoutState::Voided) {
            Some((id, payout)) if self.dice.chance(50) => {
                let super::book::Party::Payout(member) = payout.flow.to else {
                    panic!("a payout to {:?}", payout.flow.to);
                };
                let transaction = self.transaction(*id);
                let cents = -payout.flow.cents;
                Step::Broker {
                    member,
                    cents,
                    on,
                    transaction,
                }
            }
            _ => {
                let cents = self.dice.between(-300_00, 300_00);
                let cents = if cents == 0 { 1 } else { cents };
                Step::Broker {
                    member,
                    cents,
                    on,
                    transaction: fresh,
                }
            }
        }
    }
}
