//! What happens next in a sequence: mostly something sensible, often not.

use ledger::command::PoolRules;
use mortality::Sex;
use postgres::Client;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::book::{Account, Book};
use super::command::{Command, Item};
use super::elsewhere::Elsewhere;
use crate::ledger::dice::Dice;

/// Nobody is enrolled before this day.
pub const FIRST_DAY: Date = date!(2025 - 05 - 01);
/// The last day that is booked: the past, whenever the tests run.
pub const LAST_DAY: Date = date!(2026 - 11 - 15);
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
    pub fn day(&mut self) -> Date {
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
    pub fn member(&mut self) -> Uuid {
        let members: Vec<Uuid> = self.book.people.keys().copied().collect();
        match self.dice.below(40) {
            0 => Uuid::from_u128(7),
            1 => self.elsewhere.member,
            _ => self.dice.pick(&members).expect("there are members"),
        }
    }

    pub fn currency(&mut self) -> &'static str {
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
}
