//! The rows of an export: columns by name, no other, none missing.
//!
//! Rows are not hashed. Those of a settlement repeat what is sealed, and are compared
//! with it to the byte.

use ledger::calendar;
use money::Cents;
use mortality::{Sex, TableDocument};
use serde::{Deserialize, Serialize};
use time::Date;
use tontine::Outcome;
use uuid::Uuid;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all columns are there, not all are used")]
pub(crate) struct PoolRow {
    pub pool_id: Uuid,
    name: String,
    currency: String,
    #[serde(with = "calendar")]
    pub first_period: Date,
    recorded_at: String,
    recorded_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all columns are there, not all are used")]
pub(crate) struct TableRow {
    pub table_id: String,
    pub name: String,
    version: i64,
    pub document: TableDocument,
    recorded_at: String,
    recorded_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all columns are there, not all are used")]
pub(crate) struct RulesRow {
    pub pool_id: Uuid,
    pub rules_version: i64,
    pub mortality_table: Option<String>,
    pub closing: Option<String>,
    pub fractional_age: Option<String>,
    pub sharing_rule: Option<String>,
    recorded_at: String,
    recorded_by: String,
    pub document: Option<String>,
    #[serde(with = "calendar::option")]
    pub from_period: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all columns are there, not all are used")]
pub(crate) struct MemberRow {
    pub member_id: Uuid,
    pub pool_id: Uuid,
    upvest_user_id: Uuid,
    pub sex: Sex,
    #[serde(with = "calendar::option")]
    pub birth_date: Option<Date>,
    #[serde(with = "calendar")]
    enrolled_on: Date,
    recorded_at: String,
    recorded_by: String,
    #[serde(with = "calendar::option")]
    closed_on: Option<Date>,
    closed_at: Option<String>,
    closed_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all columns are there, not all are used")]
pub(crate) struct DeathRow {
    pub death_id: Uuid,
    pub member_id: Uuid,
    #[serde(with = "calendar")]
    pub died_on: Date,
    recorded_at: String,
    recorded_by: String,
    pub confirmed_at: Option<String>,
    confirmed_by: Option<String>,
    withdrawn_at: Option<String>,
    withdrawn_by: Option<String>,
    withdrawn_because: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all columns are there, not all are used")]
pub(crate) struct PayoutRow {
    pub payout_id: Uuid,
    pub pool_id: Uuid,
    pub member_id: Uuid,
    account_kind: String,
    amount_cents: Cents,
    #[serde(with = "calendar")]
    requested_on: Date,
    requested_at: String,
    requested_by: String,
    #[serde(with = "calendar::option")]
    paid_on: Option<Date>,
    transaction_id: Option<Uuid>,
    confirmed_at: Option<String>,
    confirmed_by: Option<String>,
    voided_at: Option<String>,
    voided_by: Option<String>,
    voided_because: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all columns are there, not all are used")]
pub(crate) struct BeneficiaryRow {
    pub member_id: Uuid,
    version: i64,
    position: i64,
    reference: String,
    share_ppm: i64,
    recorded_at: String,
    recorded_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all columns are there, not all are used")]
pub(crate) struct ValuationRow {
    pub member_id: Uuid,
    #[serde(with = "calendar")]
    valued_on: Date,
    asset_id: String,
    recorded_at: String,
    quantity_minor: i64,
    value_cents: i64,
    recorded_by: String,
}

/// In the order of the columns, so that its JSON is that of PostgreSQL.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettlementRow {
    pub settlement_id: Uuid,
    pub pool_id: Uuid,
    #[serde(with = "calendar")]
    pub period: Date,
    pub rules_version: i64,
    pub outcome: Outcome,
    pub carried_in_cents: Cents,
    pub pot_cents: Cents,
    pub credits_cents: Cents,
    pub carried_out_cents: Cents,
    pub group_gain: String,
    pub inputs_sha256: String,
    pub recorded_at: String,
    pub recorded_by: String,
    pub revision: i64,
    #[serde(with = "calendar")]
    pub last_day: Date,
    pub replaces: Option<Uuid>,
    pub applied_rule: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReversalRow {
    pub settlement_id: Uuid,
    pub replaced_by: Uuid,
    pub recorded_at: String,
}
