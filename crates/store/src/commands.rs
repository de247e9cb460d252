//! Commands: one statement each, with the caller's key inside.

use ledger::Month;
use ledger::command::{EnrolMember, OpenPool, PoolRules, ReportDeath};
use ledger::settlement::{Candidate, Draft, Fate, Valuation};
use money::Cents;
use mortality::{Probability, Sex};
use serde::{Deserialize, Serialize};
use time::UtcDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::queries::{read, the};
use crate::{API_SCHEMA, Database, DatabaseError, Document, Parameter};

/// Who sends a command, under which key: the same key with the same request
/// gives the first answer again, with another request a refusal.
#[derive(Clone, Copy, Debug)]
pub struct CommandKey<'a> {
    /// The subject of the token.
    pub actor: &'a str,
    /// The caller's `Idempotency-Key`.
    pub key: &'a str,
    /// A digest of method, path and body.
    pub request_hash: &'a str,
    /// The time that is recorded.
    pub now: UtcDateTime,
}

impl CommandKey<'_> {
    /// The id of what the command makes: the same for a repeated command.
    #[must_use]
    pub fn resource_id(&self, kind: &str) -> Uuid {
        let name = format!("{kind}\n{}\n{}", self.actor, self.key);
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }
}

/// The namespace of ids that are made from a command's key.
const NAMESPACE: Uuid = Uuid::from_u128(0x5c1e_6e4c_2d61_4b0e_9a57_0f5e_7a2b_91d3);

/// Opens a pool: a `Pool`.
///
/// # Errors
/// See [`DatabaseError`].
pub fn open_pool(
    database: &dyn Database,
    key: CommandKey<'_>,
    command: &OpenPool,
) -> Result<Document, DatabaseError> {
    let pool_id = Parameter::Uuid(key.resource_id("pool"));
    let body = json(command)?;
    run(
        database,
        "open_pool",
        key,
        &[pool_id, Parameter::Text(&body)],
        "$5, $6",
    )
}

/// Enrols a member, and posts what the broker reported of the user before: a
/// `Member`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `already-enrolled`,
/// `period-settled`.
pub fn enrol_member(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    command: &EnrolMember,
) -> Result<Document, DatabaseError> {
    let member_id = Parameter::Uuid(key.resource_id("member"));
    let body = json(command)?;
    let own = [Parameter::Uuid(pool_id), member_id, Parameter::Text(&body)];
    run(database, "enrol_member", key, &own, "$5, $6, $7")
}

/// Reports a death: a `Death`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `unknown-member`,
/// `death-before-enrolment`, `death-already-reported`, `period-settled`.
pub fn report_death(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    command: &ReportDeath,
) -> Result<Document, DatabaseError> {
    let death_id = Parameter::Uuid(key.resource_id("death"));
    let body = json(command)?;
    let own = [Parameter::Uuid(pool_id), death_id, Parameter::Text(&body)];
    run(database, "report_death", key, &own, "$5, $6, $7")
}

/// What a month's settlement is computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementBasis {
    /// The number of the rules in force.
    pub rules_version: i64,
    /// The rules in force.
    pub rules: PoolRules,
    /// The pot carried from the month before.
    pub carried_in: Cents,
    /// A digest of all of it: recording refuses if it changed since.
    pub inputs_sha256: String,
    /// The members who were not settled as dead before.
    pub candidates: Vec<Candidate>,
}

#[derive(Deserialize)]
struct BasisRow {
    rules_version: i64,
    rules: PoolRules,
    carried_in_cents: Cents,
    inputs_sha256: String,
    candidates: Vec<CandidateRow>,
}

#[derive(Deserialize)]
struct CandidateRow {
    member_id: Uuid,
    #[serde(with = "ledger::calendar::option")]
    birth_date: Option<time::Date>,
    sex: Sex,
    #[serde(with = "ledger::calendar")]
    enrolled_on: time::Date,
    #[serde(with = "ledger::calendar::option")]
    died_on: Option<time::Date>,
    cash_cents: Cents,
    securities: SecuritiesState,
    securities_cents: Option<Cents>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecuritiesState {
    Complete,
    Missing,
    QuantityDiffers,
}

/// Reads what the settlement of `period` is computed from. `None` if the month was
/// settled before.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `period-out-of-order`.
pub fn settlement_basis(
    database: &dyn Database,
    pool_id: Uuid,
    period: Month,
) -> Result<Option<SettlementBasis>, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.settlement_basis($1, $2::text::date)::text");
    let first_day = period.first_day().to_string();
    let parameters = [Parameter::Uuid(pool_id), Parameter::Text(&first_day)];
    let row: Option<BasisRow> = read(&the(database, &statement, &parameters)?)?;
    Ok(row.map(|row| SettlementBasis {
        rules_version: row.rules_version,
        rules: row.rules,
        carried_in: row.carried_in_cents,
        inputs_sha256: row.inputs_sha256,
        candidates: row.candidates.into_iter().map(candidate).collect(),
    }))
}

fn candidate(row: CandidateRow) -> Candidate {
    Candidate {
        member_id: row.member_id,
        birth_date: row.birth_date,
        sex: row.sex,
        enrolled_on: row.enrolled_on,
        died_on: row.died_on,
        cash: row.cash_cents,
        securities: match (row.securities, row.securities_cents) {
            (SecuritiesState::Complete, Some(value)) => Valuation::Complete(value),
            (SecuritiesState::QuantityDiffers, _) => Valuation::QuantityDiffers,
            (SecuritiesState::Missing | SecuritiesState::Complete, _) => Valuation::Missing,
        },
    }
}

#[derive(Serialize)]
struct DraftRow<'a> {
    rules_version: i64,
    inputs_sha256: &'a str,
    outcome: tontine::Outcome,
    carried_in_cents: Cents,
    pot_cents: Cents,
    carried_out_cents: Cents,
    group_gain: &'a str,
    lines: Vec<LineRow>,
}

#[derive(Serialize)]
struct LineRow {
    member_id: Uuid,
    fate: Fate,
    at_risk_cents: Cents,
    q: Option<Probability>,
    credit_cents: Cents,
}

/// Records a settlement with all its entries, once per pool and month: a
/// `Settlement`. If the month was settled meanwhile, that one is the answer.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `period-out-of-order`,
/// `inputs-changed`.
pub fn record_settlement(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    period: Month,
    basis: &SettlementBasis,
    draft: &Draft,
) -> Result<Document, DatabaseError> {
    let line = |line: &ledger::settlement::Line| LineRow {
        member_id: line.member_id,
        fate: line.fate,
        at_risk_cents: line.at_risk,
        q: line.q,
        credit_cents: line.credit,
    };
    let body = json(&DraftRow {
        rules_version: basis.rules_version,
        inputs_sha256: &basis.inputs_sha256,
        outcome: draft.outcome,
        carried_in_cents: draft.carried_in,
        pot_cents: draft.pot,
        carried_out_cents: draft.carried_out,
        group_gain: &draft.group_gain,
        lines: draft.lines.iter().map(line).collect(),
    })?;
    let first_day = period.first_day().to_string();
    let settlement_id = Uuid::new_v5(&pool_id, period.to_string().as_bytes());
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Text(&first_day),
        Parameter::Uuid(settlement_id),
        Parameter::Text(&body),
    ];
    run(
        database,
        "record_settlement",
        key,
        &own,
        "$5, $6::text::date, $7, $8",
    )
}

/// Calls a command function: the key's four parameters, then its own.
pub(crate) fn run(
    database: &dyn Database,
    function: &str,
    key: CommandKey<'_>,
    own: &[Parameter<'_>],
    placeholders: &str,
) -> Result<Document, DatabaseError> {
    let statement = format!(
        "select {API_SCHEMA}.{function}($1, $2, $3, $4::text::timestamptz, {placeholders})::text"
    );
    let now = rfc3339(key.now);
    let mut parameters = vec![
        Parameter::Text(key.actor),
        Parameter::Text(key.key),
        Parameter::Text(key.request_hash),
        Parameter::Text(&now),
    ];
    parameters.extend_from_slice(own);
    the(database, &statement, &parameters)
}

/// A time as text for PostgreSQL.
pub(crate) fn rfc3339(time: UtcDateTime) -> String {
    // Every time of this calendar has such a form.
    time.format(&Rfc3339).unwrap_or_default()
}

fn json(value: &impl Serialize) -> Result<String, DatabaseError> {
    serde_json::to_string(value).map_err(|error| DatabaseError::Failed(error.to_string()))
}
