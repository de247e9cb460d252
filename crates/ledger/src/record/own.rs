//! What members get to see of themselves.

use money::Cents;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;
use crate::settlement::Fate;
use crate::{Correction, EntryKind, Month};

/// What a settlement meant for a member, and why.
///
/// Figures of the pool are there only if at least twenty members stand behind them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplainedCredit {
    /// The settlement.
    pub settlement_id: Uuid,
    /// The pool.
    pub pool_id: Uuid,
    /// The month with which the period begins.
    pub period: Month,
    /// The period's last day.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub last_day: Date,
    /// Which settlement of the period this is, from 1.
    pub revision: i64,
    /// What happened to the member.
    pub fate: Fate,
    /// The completed months of age on the period's first day; absent if the member was
    /// not at risk.
    pub age_months: Option<i64>,
    /// Cash at the period's end.
    pub cash_cents: Option<Cents>,
    /// Securities at the period's end.
    pub securities_cents: Option<Cents>,
    /// What was at risk.
    pub at_risk_cents: Cents,
    /// q, the member's own probability of dying in the period; absent if the member was
    /// not at risk.
    pub q: Option<String>,
    /// What the member could expect for bearing that risk, q/(1 − q) of what was at risk,
    /// in cents with six decimals: the weight of the rule `nominal_gain`.
    #[cfg_attr(feature = "schema", schemars(example = "912.345678"))]
    pub nominal_gain_cents: Option<String>,
    /// The name of the rule that shared.
    pub applied_rule: Option<String>,
    /// The pot over the survivors' nominal gains: 1 is as expected.
    pub group_gain: String,
    /// The longevity credit. By the rule `nominal_gain` the nominal gain times the group
    /// gain, to the cent.
    pub credit_cents: Cents,
    /// The credit in per cent of what was at risk, with six decimals.
    pub credit_percent: Option<String>,
    /// How many members were settled.
    pub members: Option<i64>,
    /// How many of them died; absent if 1 to 19 did, or survived.
    pub deaths: Option<i64>,
    /// How many of them survived; absent where the deaths are.
    pub survivors: Option<i64>,
    /// The death pot; absent if less than 20 left something to it.
    pub pot_cents: Option<Cents>,
    /// The credit in per cent of the pot; absent where the pot is.
    pub pot_share_percent: Option<String>,
    /// The place of the settlement's seal in the pool's chain.
    pub seal_number: Option<i64>,
    /// The seal's digest, in hex.
    pub head: Option<String>,
    /// Where the proof of the member's line is.
    #[cfg_attr(
        feature = "schema",
        schemars(example = "/v1/pools/0b7c…/settlements/2025-03/proof")
    )]
    pub proof: String,
    /// What earlier settlements of the period had brought, and why they were replaced.
    pub corrections: Vec<Correction>,
    /// All this in a sentence, in the language of the answer.
    #[serde(default)]
    pub in_words: String,
}

/// One of the member's accounts in an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnPosting {
    /// `member`, `estate`, or `payout` for what is on its way.
    pub account: String,
    /// `EUR` or an ISIN.
    pub asset_id: String,
    /// Cents, or 10^-9 of a security.
    pub amount_minor: i64,
    /// The account's balance after the entry.
    pub balance_after_minor: i64,
}

/// An entry of the journal, as far as it is the member's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Transaction {
    /// The entry.
    pub entry_id: i64,
    /// What it records.
    pub kind: EntryKind,
    /// The broker's name of it, such as `TAX_COLLECTION`, if it came from the broker.
    pub upvest_type: Option<String>,
    /// The day from which it counts.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: String,
    /// The period of the settlement that it belongs to.
    pub settlement_period: Option<Month>,
    /// The entry that it takes back.
    pub reverses: Option<i64>,
    /// The entry that takes it back.
    pub reversed_by: Option<i64>,
    /// Why it takes one back.
    pub reason: Option<String>,
    /// What it moved.
    pub postings: Vec<OwnPosting>,
}

/// Who said what a position is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ValuedBy {
    /// The broker.
    Broker,
    /// The operator of the pool.
    Operator,
}

/// A security that a member holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Position {
    /// Which.
    pub isin: String,
    /// How much, in 10^-9.
    pub quantity_units: i64,
    /// What it was worth at its last valuation; absent if that was of another quantity.
    pub value_cents: Option<Cents>,
    /// The price of one in euro at that valuation.
    #[cfg_attr(feature = "schema", schemars(example = "101.35"))]
    pub price: Option<String>,
    /// The day of that valuation.
    #[serde(with = "crate::calendar::option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<CalendarDate>"))]
    pub valued_on: Option<Date>,
    /// How many days ago that was.
    pub age_days: Option<i64>,
    /// When the broker took the price.
    pub priced_at: Option<String>,
    /// Who valued.
    pub valued_by: Option<ValuedBy>,
}

/// What a member holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Holdings {
    /// Cash by the journal.
    pub cash_cents: Cents,
    /// Securities.
    pub positions: Vec<Position>,
}

/// A document that a member can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberDocument {
    /// The year.
    pub year: i32,
    /// Its first month.
    pub from: Month,
    /// Its last month that is over; the document ends with the last that is valued.
    pub to: Month,
    /// Whether the year is over.
    pub complete: bool,
    /// Where the document is, in German and in English.
    #[serde(default)]
    pub pdf: Vec<String>,
}
