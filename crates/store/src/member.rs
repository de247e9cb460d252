//! The member's own view, and erasure.

use ledger::Month;
use ledger::command::EraseMember;
use time::Date;
use uuid::Uuid;

use crate::commands::run;
use crate::queries::{document, read, the};
use crate::{API_SCHEMA, CommandKey, Database, DatabaseError, Document, ExportPage, Parameter};

/// What `call` gives of the member `$1`, if there is one.
fn of_member(
    database: &dyn Database,
    member_id: Uuid,
    call: &str,
    further: &[Parameter<'_>],
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select v::text from {API_SCHEMA}.member_record m \
         cross join lateral (select {API_SCHEMA}.{call} as v) d \
         where m.member_id = $1 and v is not null"
    );
    let mut parameters = vec![Parameter::Uuid(member_id)];
    parameters.extend_from_slice(further);
    document(database, &statement, &parameters)
}

/// What `call` gives of the member `$1` and the days `$2`, `$3`.
fn on_days(
    database: &dyn Database,
    member_id: Uuid,
    call: &str,
    days: &[Date],
) -> Result<Option<Document>, DatabaseError> {
    let days: Vec<String> = days.iter().map(Date::to_string).collect();
    let further: Vec<Parameter<'_>> = days.iter().map(|day| Parameter::Text(day)).collect();
    of_member(database, member_id, call, &further)
}

/// The years of which a member has documents: an array of `MemberDocument` without their
/// addresses. `None` if there is no such member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn member_years(
    database: &dyn Database,
    member_id: Uuid,
    today: Date,
) -> Result<Option<Document>, DatabaseError> {
    let call = "member_years($1, $2::text::date)";
    on_days(database, member_id, call, &[today])
}

/// The months of a member's year with all that a document of it says. `None` if there is
/// no such member, or it was none yet.
///
/// # Errors
/// See [`DatabaseError`].
pub fn member_year(
    database: &dyn Database,
    member_id: Uuid,
    first: Month,
    last: Month,
) -> Result<Option<Document>, DatabaseError> {
    let days = [first.first_day(), last.first_day()];
    let call = "member_year($1, $2::text::date, $3::text::date)";
    on_days(database, member_id, call, &days)
}

/// The longevity credits of the periods that begin in these months, the newest first: an
/// array of `ExplainedCredit`. `None` if there is no such member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn member_credits(
    database: &dyn Database,
    member_id: Uuid,
    first: Month,
    last: Month,
) -> Result<Option<Document>, DatabaseError> {
    let days = [first.first_day(), last.first_day()];
    let call = "member_credits($1, $2::text::date, $3::text::date)";
    on_days(database, member_id, call, &days)
}

/// The entries of a member's accounts after an entry: a `Page` of `Transaction`. `None` if
/// there is no such member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn member_transactions(
    database: &dyn Database,
    member_id: Uuid,
    after: i64,
    limit: u32,
) -> Result<Option<Document>, DatabaseError> {
    let further = [
        Parameter::Integer(after),
        Parameter::Integer(i64::from(limit)),
    ];
    let call = "member_transactions($1, $2::bigint, $3::bigint)";
    of_member(database, member_id, call, &further)
}

/// A member's `Account` on a day. `None` if there is no such member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn member_account(
    database: &dyn Database,
    member_id: Uuid,
    today: Date,
) -> Result<Option<Document>, DatabaseError> {
    let call = "member_account($1, $2::text::date)";
    on_days(database, member_id, call, &[today])
}

/// What a member holds: `Holdings`. `None` if there is no such member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn member_positions(
    database: &dyn Database,
    member_id: Uuid,
    today: Date,
) -> Result<Option<Document>, DatabaseError> {
    let call = "member_positions($1, $2::text::date)";
    on_days(database, member_id, call, &[today])
}

/// What a member's return from the first to the last of these months is computed from.
/// `None` if there is no such member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn member_performance(
    database: &dyn Database,
    member_id: Uuid,
    first: Month,
    last: Month,
) -> Result<Option<Document>, DatabaseError> {
    let days = [first.first_day(), last.last_day()];
    let call = "performance_inputs($1, $2::text::date, $3::text::date)";
    on_days(database, member_id, call, &days)
}

/// What a forecast of a member's income is computed from. `None` if there is no such
/// member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn forecast_inputs(
    database: &dyn Database,
    member_id: Uuid,
    today: Date,
) -> Result<Option<Document>, DatabaseError> {
    let call = "forecast_inputs($1, $2::text::date)";
    on_days(database, member_id, call, &[today])
}

/// A page of a section of what is held about a member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn member_export_page(
    database: &dyn Database,
    member_id: Uuid,
    section: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<ExportPage, DatabaseError> {
    let statement =
        format!("select {API_SCHEMA}.member_export_page($1, $2, nullif($3, ''), $4::bigint)::text");
    let parameters = [
        Parameter::Uuid(member_id),
        Parameter::Text(section),
        Parameter::Text(after.unwrap_or_default()),
        Parameter::Integer(i64::from(limit)),
    ];
    read(&the(database, &statement, &parameters)?)
}

/// Removes who a member was: `Erased`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `not-found`, `member-erased`,
/// `member-active`, `account-not-empty`, `retention-period`.
pub fn erase_member(
    database: &dyn Database,
    key: CommandKey<'_>,
    pool_id: Uuid,
    member_id: Uuid,
    command: EraseMember,
) -> Result<Document, DatabaseError> {
    let own = [
        Parameter::Uuid(pool_id),
        Parameter::Uuid(member_id),
        Parameter::Integer(i64::from(command.retention_years)),
    ];
    run(
        database,
        "erase_member",
        key,
        &own,
        "$5, $6, $7::bigint::integer",
    )
}
