//! Settlements.

use money::Cents;
use mortality::Probability;
use serde::{Deserialize, Serialize};
use time::Date;
use tontine::Outcome;
use uuid::Uuid;

use crate::Month;
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;
use crate::settlement::{Exception, Fate};

/// Whether a settlement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SettlementState {
    /// It holds.
    Settled,
    /// A later one replaced it.
    Replaced,
    /// Computed and not recorded: a dry run.
    Computed,
}

/// A settlement in sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Settlement {
    /// Its id.
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
    /// Whether it holds.
    pub state: SettlementState,
    /// The number of the pool's rules that were used.
    pub rules_version: i64,
    /// What happened to the pot.
    pub outcome: Outcome,
    /// The name of the rule that shared: the pool's, or its fallback.
    pub applied_rule: Option<String>,
    /// Members at risk.
    pub members_at_risk: i64,
    /// Members who died in the period, those who were not at risk included.
    pub deaths: i64,
    /// Carried in from the period before.
    pub carried_in_cents: Cents,
    /// The amount to share.
    pub pot_cents: Cents,
    /// The sum of the longevity credits.
    pub credits_cents: Cents,
    /// Carried to the next period.
    pub carried_out_cents: Cents,
    /// The pot over the survivors' nominal gains.
    #[cfg_attr(feature = "schema", schemars(example = "0.997812345678"))]
    pub group_gain: String,
    /// Its place in the pool's chain of seals.
    pub seal_number: Option<i64>,
    /// The digest of its seal, in hex.
    pub head: Option<String>,
    /// When it was recorded.
    pub recorded_at: String,
    /// How far the settlement is that will replace it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_progress: Option<SettlementProgress>,
}

/// How far a settlement is that is made in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RunState {
    /// The members' inputs are being read; nothing is booked into the period any more.
    Freezing,
    /// All inputs are read.
    Frozen,
    /// All lines are computed and sealed; nothing is posted.
    Computed,
}

/// A settlement on its way. Send the same command again for the next step; the last
/// answer is the settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettlementProgress {
    /// The id that the settlement will have.
    pub settlement_id: Uuid,
    /// How far it is.
    pub state: RunState,
    /// Members whose inputs are read.
    pub frozen: i64,
    /// Of how many.
    pub members: i64,
}

/// What proves a member's line of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proof {
    /// The settlement.
    pub settlement_id: Uuid,
    /// The seal, to the byte. Its SHA-256 is `head`; it holds `root`.
    pub seal: String,
    /// The head of the pool's chain at this settlement, in hex.
    pub head: String,
    /// The member's line, to the byte. SHA-256 of a zero octet and these is the leaf.
    pub line: String,
    /// The line's place among the leaves.
    pub leaf_index: u64,
    /// How many leaves there are.
    pub leaves: u64,
    /// The hashes from the leaf to the root (RFC 9162, section 2.1.3), in hex.
    pub path: Vec<String>,
    /// The root of the settlement's lines, in hex.
    pub root: String,
}

/// What keeps a period from being settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenExceptions {
    /// The month with which the period begins.
    pub period: Month,
    /// How many members take part.
    pub members: u64,
    /// How many exceptions there are.
    pub open: u64,
    /// The first 1,000.
    pub exceptions: Vec<Exception>,
}

/// What a settlement meant for one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberSettlement {
    /// Who.
    pub member_id: Uuid,
    /// The month with which the period begins.
    pub period: Month,
    /// Which settlement of the period this is, from 1.
    pub revision: i64,
    /// What became of the member.
    pub fate: Fate,
    /// The balance at risk: cash and valued securities before the credit.
    pub at_risk_cents: Cents,
    /// The probability of dying in the month; absent for members not at risk.
    pub q: Option<Probability>,
    /// The longevity credit.
    pub credit_cents: Cents,
}
