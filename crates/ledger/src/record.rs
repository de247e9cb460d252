//! What readers get to see, and what commands answer.

use money::Cents;
use mortality::{Probability, Sex};
use serde::{Deserialize, Serialize};
use time::Date;
use tontine::Outcome;
use uuid::Uuid;

#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;
use crate::command::PoolRules;
use crate::settlement::Fate;
use crate::{Month, Statement};

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pool {
    /// Its id.
    pub pool_id: Uuid,
    /// What people call it.
    pub name: String,
    /// The first month that is settled.
    pub first_period: Month,
    /// The month that is to be settled next.
    pub next_period: Month,
    /// How many members were ever enrolled.
    pub members: i64,
    /// How many of them no death was reported of.
    pub active_members: i64,
    /// The number of the rules in force, from 1.
    pub rules_version: i64,
    /// The rules in force.
    pub rules: PoolRules,
}

/// Whether a member takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MemberState {
    /// Enrolled, no death reported.
    Active,
    /// A death was reported and is not settled yet.
    DeathReported,
    /// The death was settled: the account was left to the pool or the estate.
    Deceased,
}

/// A member as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Member {
    /// The id, a pseudonym.
    pub member_id: Uuid,
    /// The pool.
    pub pool_id: Uuid,
    /// The id at Upvest.
    pub upvest_user_id: Uuid,
    /// The sex by which the life table is read.
    pub sex: Sex,
    /// The date of birth, as enrolled or else as the broker knows it.
    #[serde(with = "crate::calendar::option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<CalendarDate>"))]
    pub birth_date: Option<Date>,
    /// From when.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub enrolled_on: Date,
    /// Whether the member takes part.
    pub state: MemberState,
    /// The day of death, if one was reported.
    #[serde(with = "crate::calendar::option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<CalendarDate>"))]
    pub died_on: Option<Date>,
    /// Cash by the journal.
    pub cash_cents: Cents,
}

/// A death as it was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Death {
    /// The id of the report.
    pub death_id: Uuid,
    /// Who died.
    pub member_id: Uuid,
    /// When.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub died_on: Date,
    /// The month whose settlement it belongs to.
    pub period: Month,
}

/// A settlement in sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Settlement {
    /// Its id.
    pub settlement_id: Uuid,
    /// The pool.
    pub pool_id: Uuid,
    /// The month.
    pub period: Month,
    /// The number of the pool's rules that were used.
    pub rules_version: i64,
    /// What happened to the pot.
    pub outcome: Outcome,
    /// Members at risk.
    pub members_at_risk: i64,
    /// Members who died in the month, those who were not at risk included.
    pub deaths: i64,
    /// Carried in from the month before.
    pub carried_in_cents: Cents,
    /// The amount to share.
    pub pot_cents: Cents,
    /// The sum of the longevity credits.
    pub credits_cents: Cents,
    /// Carried to the next month.
    pub carried_out_cents: Cents,
    /// The pot over the survivors' nominal gains.
    #[cfg_attr(feature = "schema", schemars(example = "0.997812345678"))]
    pub group_gain: String,
}

/// What a settlement meant for one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberSettlement {
    /// Who.
    pub member_id: Uuid,
    /// The month.
    pub period: Month,
    /// What became of the member.
    pub fate: Fate,
    /// The balance at risk: cash and valued securities before the credit.
    pub at_risk_cents: Cents,
    /// The probability of dying in the month; absent for members not at risk.
    pub q: Option<Probability>,
    /// The longevity credit.
    pub credit_cents: Cents,
}

/// The member's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Account {
    /// The member.
    #[serde(flatten)]
    pub member: Member,
    /// What each settled month brought, the newest first, at most 12.
    pub settlements: Vec<MemberSettlement>,
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
    /// What the pool holds itself: the securities of the dead, less what it
    /// owes for them.
    pub pool_minor: String,
    /// The death pot that is carried.
    pub pot_minor: String,
    /// The broker's counter-account: what it holds for everybody, negative.
    pub broker_minor: String,
}

/// How many webhook events of a type are in which state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventCount {
    /// The event type, such as `CASH_TRANSACTION.EXECUTED`.
    pub event_type: String,
    /// `applied`, `stored` (no effect on the ledger) or `quarantined`.
    pub state: String,
    /// Why, if quarantined.
    pub reason: Option<String>,
    /// How many.
    pub events: i64,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Page<T> {
    /// The items in the order of their ids.
    pub items: Vec<T>,
    /// The value of `after` for the next page; absent on the last.
    pub next: Option<String>,
}

/// A page of statements.
pub type StatementPage = Page<Statement>;
