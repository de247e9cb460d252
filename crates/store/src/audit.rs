//! What leaves the database for those who verify.

use ledger::Month;
use serde::Deserialize;
use serde_json::value::RawValue;
use time::UtcDateTime;
use uuid::Uuid;

use crate::commands::rfc3339;
use crate::queries::{document, read, the};
use crate::{API_SCHEMA, Database, DatabaseError, Parameter};

/// What proves a member's line, before the path is computed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ProofRow {
    /// The settlement.
    pub settlement_id: Uuid,
    /// The seal, to the byte.
    pub seal: String,
    /// Its digest in hex.
    pub head: String,
    /// The roots of all tiles, in hex.
    pub tiles: String,
    /// The place of the line among the leaves.
    pub leaf_index: u64,
    /// How many leaves there are.
    pub leaves: u64,
    /// The leaf hashes of the line's tile, in hex.
    pub tile: Vec<String>,
    /// The line, to the byte.
    pub line: String,
}

/// What proves a member's line of the current settlement of a period.
///
/// # Errors
/// See [`DatabaseError`].
pub fn settlement_proof(
    database: &dyn Database,
    pool_id: Uuid,
    period: Month,
    member_id: Uuid,
) -> Result<Option<ProofRow>, DatabaseError> {
    let statement = format!(
        "select p::text from {API_SCHEMA}.settlement_proof($1, $2::text::date, $3) p \
         where p is not null"
    );
    let first_day = period.first_day().to_string();
    let parameters = [
        Parameter::Uuid(pool_id),
        Parameter::Text(&first_day),
        Parameter::Uuid(member_id),
    ];
    document(database, &statement, &parameters)?
        .as_ref()
        .map(read)
        .transpose()
}

/// The seal of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SealRow {
    /// The settlement.
    pub settlement_id: Uuid,
    /// The seal, to the byte.
    pub document: String,
    /// Its digest in hex.
    pub head: String,
    /// How many lines it has.
    pub leaves: u64,
}

/// The seal of the newest settlement of a period, or of the revision that is asked for.
///
/// # Errors
/// See [`DatabaseError`].
pub fn settlement_seal(
    database: &dyn Database,
    pool_id: Uuid,
    period: Month,
    revision: Option<i64>,
) -> Result<Option<SealRow>, DatabaseError> {
    let statement = format!(
        "select to_json(s)::text from {API_SCHEMA}.settlement_seal_record s \
         where s.pool_id = $1 and s.period = $2 and $3::bigint in (0, s.revision) \
         order by s.revision desc limit 1"
    );
    let period = period.to_string();
    let parameters = [
        Parameter::Uuid(pool_id),
        Parameter::Text(&period),
        Parameter::Integer(revision.unwrap_or(0)),
    ];
    document(database, &statement, &parameters)?
        .as_ref()
        .map(read)
        .transpose()
}

#[derive(Deserialize)]
struct LeafPage {
    leaves: Vec<String>,
}

/// The lines of a settlement from `first` on, at most `limit`, to the byte.
///
/// # Errors
/// See [`DatabaseError`].
pub fn settlement_leaves(
    database: &dyn Database,
    settlement_id: Uuid,
    first: u64,
    limit: u32,
) -> Result<Vec<String>, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.settlement_leaves($1, $2, $3)::text");
    let parameters = [
        Parameter::Uuid(settlement_id),
        Parameter::Integer(i64::try_from(first).unwrap_or(i64::MAX)),
        Parameter::Integer(i64::from(limit)),
    ];
    let page: LeafPage = read(&the(database, &statement, &parameters)?)?;
    Ok(page.leaves)
}

/// A page of an export.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ExportPage {
    /// JSON lines, without a newline at the end; empty if there are none.
    pub lines: String,
    /// Where the next page of the section begins; absent after the last.
    pub next: Option<String>,
}

/// A time at which all that was recorded before can be read, and before which nothing
/// is recorded any more: RFC 3339 with microseconds.
///
/// # Errors
/// See [`DatabaseError`].
pub fn journal_time(database: &dyn Database, now: UtcDateTime) -> Result<String, DatabaseError> {
    let statement =
        format!("select to_json({API_SCHEMA}.journal_time($1::text::timestamptz))::text");
    read(&the(
        database,
        &statement,
        &[Parameter::Text(&rfc3339(now))],
    )?)
}

/// A page of a section of a pool's export as it was known at a time.
///
/// # Errors
/// See [`DatabaseError`].
pub fn export_page(
    database: &dyn Database,
    pool_id: Uuid,
    known_at: &str,
    section: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<ExportPage, DatabaseError> {
    let statement = format!(
        "select {API_SCHEMA}.export_page($1, $2::text::timestamptz, $3, nullif($4::text, ''), $5)::text"
    );
    let parameters = [
        Parameter::Uuid(pool_id),
        Parameter::Text(known_at),
        Parameter::Text(section),
        Parameter::Text(after.unwrap_or_default()),
        Parameter::Integer(i64::from(limit)),
    ];
    read(&the(database, &statement, &parameters)?)
}

/// A settlement of an export.
#[derive(Deserialize)]
struct ExportedSettlement<'a> {
    #[serde(borrow)]
    row: &'a RawValue,
}

#[derive(Deserialize)]
struct SettlementId {
    settlement_id: Uuid,
}

/// The id of the settlement on a line of an export.
#[must_use]
pub fn exported_settlement_id(line: &str) -> Option<Uuid> {
    let settlement: ExportedSettlement<'_> = serde_json::from_str(line).ok()?;
    let id: SettlementId = serde_json::from_str(settlement.row.get()).ok()?;
    Some(id.settlement_id)
}
