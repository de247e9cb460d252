//! Members and what was reported of them.

use money::Cents;
use mortality::Sex;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use super::{Holdings, MemberSettlement};
use crate::Month;
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;
use crate::command::Beneficiary;

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
    /// The membership has ended.
    Closed,
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
    /// The last day of the membership, if it has ended.
    #[serde(with = "crate::calendar::option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<CalendarDate>"))]
    pub closed_on: Option<Date>,
    /// Cash by the journal.
    pub cash_cents: Cents,
}

/// To whom a member's estate goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Beneficiaries {
    /// Whose.
    pub member_id: Uuid,
    /// How often they were named; 0 for never.
    pub version: i64,
    /// Who gets which share.
    pub beneficiaries: Vec<Beneficiary>,
}

/// How far the report of a death is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DeathState {
    /// Reported: no period from that of the death on is settled before it is confirmed
    /// or withdrawn.
    Reported,
    /// Confirmed: it counts.
    Confirmed,
    /// Withdrawn: it does not.
    Withdrawn,
}

/// A death as it was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Death {
    /// The id of the report.
    pub death_id: Uuid,
    /// The pool.
    pub pool_id: Uuid,
    /// Who died.
    pub member_id: Uuid,
    /// When.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub died_on: Date,
    /// The month of the death: its settlement shares what the member leaves.
    pub month: Month,
    /// How far the report is.
    pub state: DeathState,
    /// When it was reported.
    pub reported_at: String,
    /// When it was confirmed.
    pub confirmed_at: Option<String>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<String>,
    /// Why it was withdrawn.
    pub withdrawn_because: Option<String>,
}

/// The member's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Account {
    /// The member.
    #[serde(flatten)]
    pub member: Member,
    /// What the member holds, with its last values.
    pub held: Holdings,
    /// What each settled month brought, the newest first, at most 12.
    pub settlements: Vec<MemberSettlement>,
}
