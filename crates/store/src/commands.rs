//! Commands: one statement each, with the caller's key inside.

use ledger::command::{
    CloseMember, EnrolMember, OpenPool, ReportDeath, SetBeneficiaries, SetRules,
};
use serde::Serialize;
use time::UtcDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::queries::{document, the};
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
    let (body, rules) = (json(command)?, json(&command.rules)?);
    let own = [pool_id, Parameter::Text(&body), Parameter::Text(&rules)];
    run(database, "open_pool", key, &own, "$5, $6, $7")
}

/// Records the next version of a pool's rules: a `RulesVersion`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `period-settled`, `invalid-field`.
pub fn set_rules(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    command: &SetRules,
) -> Result<Document, DatabaseError> {
    let (first_day, rules) = (
        command.from_period.first_day().to_string(),
        json(&command.rules)?,
    );
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Text(&first_day),
        Parameter::Text(&rules),
    ];
    run(database, "set_rules", key, &own, "$5, $6::text::date, $7")
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

/// Ends a membership: a `Member`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `not-found`, `member-closed`,
/// `death-already-reported`, `period-settled`, `account-not-empty`.
pub fn close_member(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    member_id: Uuid,
    command: &CloseMember,
) -> Result<Document, DatabaseError> {
    let closed_on = command.closed_on.to_string();
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Uuid(member_id),
        Parameter::Text(&closed_on),
    ];
    run(
        database,
        "close_member",
        key,
        &own,
        "$5, $6, $7::text::date",
    )
}

/// Names a member's beneficiaries anew: `Beneficiaries`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `not-found`.
pub fn set_beneficiaries(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    member_id: Uuid,
    command: &SetBeneficiaries,
) -> Result<Document, DatabaseError> {
    let body = json(&command.beneficiaries)?;
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Uuid(member_id),
        Parameter::Text(&body),
    ];
    run(database, "set_beneficiaries", key, &own, "$5, $6, $7")
}

/// Reports a death: a `Death`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `unknown-member`,
/// `death-before-enrolment`, `death-before-first-period`, `member-closed`,
/// `death-already-reported`.
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

/// Confirms a death: a `Death`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `not-found`, `death-withdrawn`,
/// `death-already-confirmed`.
pub fn confirm_death(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    death_id: Uuid,
) -> Result<Document, DatabaseError> {
    let own = [Parameter::Uuid(pool_id), Parameter::Uuid(death_id)];
    run(database, "confirm_death", key, &own, "$5, $6")
}

/// Withdraws the report of a death: a `Death`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `not-found`, `death-withdrawn`.
pub fn withdraw_death(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    death_id: Uuid,
    reason: &str,
) -> Result<Document, DatabaseError> {
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Uuid(death_id),
        Parameter::Text(reason),
    ];
    run(database, "withdraw_death", key, &own, "$5, $6, $7")
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

/// What the key was answered before, if it was.
///
/// # Errors
/// See [`DatabaseError`]; refusal: `idempotency-key-reused`.
pub fn first_reply(
    database: &dyn Database,
    key: CommandKey<'_>,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select reply::text from {API_SCHEMA}.first_reply($1, $2, $3) reply where reply is not null"
    );
    let parameters = [key.actor, key.key, key.request_hash].map(Parameter::Text);
    document(database, &statement, &parameters)
}

/// A time as text for PostgreSQL.
pub(crate) fn rfc3339(time: UtcDateTime) -> String {
    // Every time of this calendar has such a form.
    time.format(&Rfc3339).unwrap_or_default()
}

pub(crate) fn json(value: &impl Serialize) -> Result<String, DatabaseError> {
    serde_json::to_string(value).map_err(|error| DatabaseError::Failed(error.to_string()))
}
