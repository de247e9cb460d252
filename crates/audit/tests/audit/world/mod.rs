//! A ledger in miniature that books and settles as the database does, and exports what
//! it has. Everything that is hashed is hashed when it is exported: who changes the
//! world and exports it again has forged the whole chain.

mod bookings;
mod periods;
mod render;
mod settle;

use ledger::settlement::Leaf;
use ledger::{EntryKind, Month};
use time::Date;
use uuid::Uuid;

pub use bookings::posting;
pub use periods::{large, small, two_years};
pub use render::wrapped;

/// A security.
pub const FUND: &str = "IE00B4L5Y983";

#[derive(Clone)]
pub struct World {
    pub pool_id: Uuid,
    pub first_period: Date,
    /// Rows of uploaded tables.
    pub tables: Vec<String>,
    pub rules: Vec<Rules>,
    pub members: Vec<Member>,
    pub deaths: Vec<Death>,
    pub payouts: Vec<String>,
    pub entries: Vec<Entry>,
    pub settlements: Vec<Settlement>,
    /// Replaced, by whom.
    pub reversals: Vec<(Uuid, Uuid)>,
    /// Minutes since the beginning: every command takes one.
    pub minutes: u32,
}

#[derive(Clone)]
pub struct Rules {
    pub from: Date,
    pub text: String,
}

#[derive(Clone)]
pub struct Member {
    pub id: Uuid,
    pub sex: mortality::Sex,
    pub birth_date: Date,
    pub enrolled_on: Date,
}

#[derive(Clone)]
pub struct Death {
    pub member: Uuid,
    pub died_on: Date,
    /// When it was confirmed, in minutes.
    pub confirmed: u32,
}

#[derive(Clone)]
pub struct Entry {
    pub id: i64,
    pub kind: EntryKind,
    pub effective_on: Date,
    pub minutes: u32,
    pub actor: &'static str,
    pub source: String,
    pub settlement: Option<Uuid>,
    pub reverses: Option<i64>,
    pub metadata: Option<String>,
    pub postings: Vec<Posting>,
}

#[derive(Clone, PartialEq)]
pub struct Posting {
    pub kind: &'static str,
    pub member: Option<Uuid>,
    pub asset: &'static str,
    pub amount: i64,
}

#[derive(Clone)]
pub struct Settlement {
    pub id: Uuid,
    pub period: Month,
    pub last_day: Date,
    pub revision: i64,
    pub replaces: Option<Uuid>,
    pub rules_version: usize,
    pub outcome: tontine::Outcome,
    pub applied_rule: String,
    pub carried_in: i64,
    pub pot: i64,
    pub carried_out: i64,
    pub group_gain: String,
    /// The last entry that it seals.
    pub journal_to: i64,
    pub minutes: u32,
    pub lines: Vec<Leaf>,
}

/// The id of the member with this number.
pub fn member(number: u128) -> Uuid {
    Uuid::from_u128((0x4000_8000 << 64) | number)
}

impl World {
    /// The settlements that no later one replaced.
    pub fn current(&self) -> impl Iterator<Item = &Settlement> {
        let replaced = |id: Uuid| self.reversals.iter().any(|(replaced, _)| *replaced == id);
        self.settlements.iter().filter(move |s| !replaced(s.id))
    }

    pub fn month(&self, period: &str) -> Month {
        period.parse().expect("a month")
    }
}
