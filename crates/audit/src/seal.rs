//! The seal of a settlement.

use ledger::calendar;
use merkle::Hash;
use money::Cents;
use serde::Deserialize;
use serde_json::value::RawValue;
use time::Date;
use tontine::Outcome;
use uuid::Uuid;

/// A link of a pool's chain: what a settlement is, and what it was computed from. Its
/// text is hashed as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal<'a> {
    pub applied_rule: String,
    pub carried_in_cents: Cents,
    pub carried_out_cents: Cents,
    /// The digest of the component that computed it.
    pub engine_sha256: String,
    #[serde(with = "calendar")]
    pub first_day: Date,
    pub group_gain: String,
    pub journal: Stretch,
    #[serde(with = "calendar")]
    pub last_day: Date,
    pub lines: Leaves,
    /// Its place in the chain, from 1.
    pub number: u64,
    pub outcome: Outcome,
    pub pool_id: Uuid,
    pub pot_cents: Cents,
    /// The head before it; zeros if there is none.
    pub previous: Hash,
    pub recorded_at: String,
    pub recorded_by: String,
    pub replaces: Option<Uuid>,
    pub revision: i64,
    #[serde(borrow)]
    pub rules: &'a RawValue,
    pub rules_version: i64,
    pub settlement_id: Uuid,
}

/// What a seal says of a part of the journal: the entries with these ids, both included.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stretch {
    pub from: i64,
    pub leaves: u64,
    pub root: Hash,
    pub to: i64,
}

/// What a seal says of the lines.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaves {
    pub leaves: u64,
    pub root: Hash,
}
