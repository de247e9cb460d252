//! What operators book: one statement each, with the caller's key inside.

use ledger::EntryKind;
use ledger::command::{BookItems, ConfirmPayout, RecordValuations, RequestPayout, ReverseEntry};
use uuid::Uuid;

use crate::commands::{json, run};
use crate::{CommandKey, Database, DatabaseError, Document, Parameter};

/// Books a batch of contributions or fees, all or none: `Booked`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `unknown-member`,
/// `member-deceased`, `member-closed`, `currency-mismatch`, `period-settled`,
/// `insufficient-balance`.
pub fn book_items(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    kind: EntryKind,
    command: &BookItems,
) -> Result<Document, DatabaseError> {
    let body = json(&command.items)?;
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Text(kind.name()),
        Parameter::Uuid(key.resource_id("batch")),
        Parameter::Text(&body),
    ];
    run(database, "book_items", key, &own, "$5, $6, $7, $8")
}

/// Sets money aside for a payout: a `Payout`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `unknown-member`,
/// `currency-mismatch`, `period-settled`, `member-deceased`, `insufficient-balance`.
pub fn request_payout(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    command: &RequestPayout,
) -> Result<Document, DatabaseError> {
    let payout_id = Parameter::Uuid(key.resource_id("payout"));
    let body = json(command)?;
    let own = [Parameter::Uuid(pool_id), payout_id, Parameter::Text(&body)];
    run(database, "request_payout", key, &own, "$5, $6, $7")
}

/// Confirms a payout: a `Payout`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `not-found`, `payout-not-pending`,
/// `period-settled`, `transaction-used`, `transaction-differs`, `invalid-field`.
pub fn confirm_payout(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    payout_id: Uuid,
    command: &ConfirmPayout,
) -> Result<Document, DatabaseError> {
    let paid_on = command.paid_on.to_string();
    let transaction = command.upvest_transaction_id.map(|id| id.to_string());
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Uuid(payout_id),
        Parameter::Text(&paid_on),
        Parameter::Text(transaction.as_deref().unwrap_or_default()),
    ];
    let placeholders = "$5, $6, $7::text::date, nullif($8::text, '')::uuid";
    run(database, "confirm_payout", key, &own, placeholders)
}

/// Voids a payout: a `Payout`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `not-found`, `payout-not-pending`.
pub fn void_payout(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    payout_id: Uuid,
    reason: &str,
) -> Result<Document, DatabaseError> {
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Uuid(payout_id),
        Parameter::Text(reason),
    ];
    run(database, "void_payout", key, &own, "$5, $6, $7")
}

/// Takes an operator's booking back: the `JournalEntry` that does.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `unknown-entry`,
/// `entry-is-reversal`, `entry-reversed`, `entry-not-reversible`, `period-settled`,
/// `insufficient-balance`.
pub fn reverse_entry(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    command: &ReverseEntry,
) -> Result<Document, DatabaseError> {
    let body = json(command)?;
    let own = [Parameter::Uuid(pool_id), Parameter::Text(&body)];
    run(database, "reverse_entry", key, &own, "$5, $6")
}

/// Records what positions are worth: `Valued`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `unknown-member`.
pub fn record_valuations(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    command: &RecordValuations,
) -> Result<Document, DatabaseError> {
    let body = json(&command.items)?;
    let own = [Parameter::Uuid(pool_id), Parameter::Text(&body)];
    run(database, "record_valuations", key, &own, "$5, $6")
}
