//! The journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::EntryKind;
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JournalEntry {
    /// The pool.
    pub pool_id: Uuid,
    /// Its id: later entries have higher ones.
    pub entry_id: i64,
    /// What it records.
    pub kind: EntryKind,
    /// The day from which it counts.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: String,
    /// By whom: the subject of a token, or `upvest`.
    pub actor: String,
    /// What it stands for: recorded once.
    pub source: String,
    /// The settlement that it belongs to.
    pub settlement_id: Option<Uuid>,
    /// The entry that it takes back.
    pub reverses: Option<i64>,
    /// The entry by which it was taken back.
    pub reversed_by: Option<i64>,
    /// Why it takes back.
    pub reason: Option<String>,
    /// References of the caller's own.
    pub metadata: Option<BTreeMap<String, String>>,
    /// How many postings it has.
    pub posting_count: i64,
    /// The first 100 of them.
    pub postings: Vec<Posting>,
}

/// A posting: what an entry does to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Posting {
    /// The kind of the account: `member`, `estate`, `payout`, `pool`, `pot`, `fee` or
    /// `broker`.
    pub account: String,
    /// Whose, if it is a person's.
    pub member_id: Option<Uuid>,
    /// `EUR` or an ISIN.
    pub asset_id: String,
    /// By how much, in minor units.
    pub amount_minor: i64,
    /// What the account has after it.
    pub balance_after_minor: i64,
}

/// The balance of an account on a day, as it was known at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Balance {
    /// Whose.
    pub member_id: Uuid,
    /// The kind of the account.
    pub account: String,
    /// `EUR` or an ISIN.
    pub asset_id: String,
    /// In minor units, as text because it may exceed 2^53.
    pub amount_minor: String,
}

/// The sum of all postings of an asset: zero, or the journal is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrialBalanceLine {
    /// `EUR` or an ISIN.
    pub asset_id: String,
    /// How many postings.
    pub postings: i64,
    /// Their sum in minor units, as text because it may exceed 2^53.
    pub sum_minor: String,
    /// The sum of all members' accounts in minor units.
    pub members_minor: String,
    /// The sum of the estates' accounts in minor units.
    pub estates_minor: String,
    /// What is set aside for payouts.
    pub payouts_minor: String,
    /// What the pool holds itself: the securities of the dead, less what it
    /// owes for them.
    pub pool_minor: String,
    /// The death pot that is carried.
    pub pot_minor: String,
    /// What the pool earned in fees.
    pub fees_minor: String,
    /// The broker's counter-account: what it holds for everybody, negative.
    pub broker_minor: String,
}
