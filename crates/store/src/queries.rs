//! Reads, through the views. The database builds the document, with the fields of
//! the type in [`ledger::record`] that the function names; a component passes it on
//! as it is.

use ledger::Month;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{API_SCHEMA, Database, DatabaseError, Parameter};

/// The most months of one list of statements.
pub const MAX_STATEMENT_MONTHS: u32 = 24;

/// The text of a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document(pub String);

/// A page of a list: what comes after an id, and at most how much.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest {
    /// The last id of the page before.
    pub after: Option<Uuid>,
    /// At most this many items.
    pub limit: u32,
}

impl PageRequest {
    /// `$1` and `$2`. The nil id is before every other; one more than asked for
    /// tells whether there is a next page.
    pub(crate) fn parameters(self) -> [Parameter<'static>; 2] {
        [
            Parameter::Uuid(self.after.unwrap_or(Uuid::nil())),
            Parameter::Integer(i64::from(self.limit)),
        ]
    }
}

/// The members of a [`ledger::record::Page`] after `items`, over a table `page`
/// with columns `id` and `position`.
const NEXT: &str = "'next', case when count(*) > $2::bigint \
                    then max(id::text) filter (where position = $2::bigint) end";

/// A `Pool`.
///
/// # Errors
/// See [`DatabaseError`].
pub fn pool(database: &dyn Database, pool_id: Uuid) -> Result<Option<Document>, DatabaseError> {
    let statement =
        format!("select to_json(r)::text from {API_SCHEMA}.pool_record r where r.pool_id = $1");
    document(database, &statement, &[Parameter::Uuid(pool_id)])
}

/// The month that a pool settles next. `None` if there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn next_period(database: &dyn Database, pool_id: Uuid) -> Result<Option<Month>, DatabaseError> {
    let statement = format!(
        "select to_json(r.next_period)::text from {API_SCHEMA}.pool_record r where r.pool_id = $1"
    );
    let period = document(database, &statement, &[Parameter::Uuid(pool_id)])?;
    period.map(|period| read(&period)).transpose()
}

/// A member's statements from the month `first` to the month `last`: a `Page` of
/// `Statement`. `None` if there is no such member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn statements(
    database: &dyn Database,
    member_id: Uuid,
    first: Month,
    last: Month,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select json_build_object('items', ( \
             select json_agg(to_json(s) order by s.period) \
             from {API_SCHEMA}.statements(array[$1::uuid], $2::text::date, $3::text::date) s), 'next', null)::text \
         from {API_SCHEMA}.member_record where member_id = $1"
    );
    let (first, last) = (first.first_day().to_string(), last.first_day().to_string());
    let months = [first.as_str(), &last].map(Parameter::Text);
    document(
        database,
        &statement,
        &[Parameter::Uuid(member_id), months[0], months[1]],
    )
}

/// The statements of a page of a pool's members for a month: a `Page` of
/// `Statement`. `None` if there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn pool_statements(
    database: &dyn Database,
    pool_id: Uuid,
    period: Month,
    page: PageRequest,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "with page as ( \
             select member_id as id, row_number() over (order by member_id) as position \
             from {API_SCHEMA}.member_record where pool_id = $3 and member_id > $1 \
             order by member_id limit $2::bigint + 1) \
         select (select json_build_object('items', ( \
             select coalesce(json_agg(to_json(s) order by s.member_id), '[]') \
             from {API_SCHEMA}.statements( \
                 (select array_agg(id) from page where position <= $2::bigint), \
                 $4::text::date, $4::text::date) s), {NEXT}) from page)::text \
         from {API_SCHEMA}.pool_record where pool_id = $3"
    );
    let [after, limit] = page.parameters();
    let first_day = period.first_day().to_string();
    let own = [Parameter::Uuid(pool_id), Parameter::Text(&first_day)];
    document(database, &statement, &[after, limit, own[0], own[1]])
}

/// A pool's settlements, the newest first, at most 120: a `Page` of `Settlement`.
/// `None` if there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn settlements(
    database: &dyn Database,
    pool_id: Uuid,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select json_build_object('items', ( \
             select coalesce(json_agg(to_json(s) order by s.period desc, s.revision desc), '[]') \
             from (select * from {API_SCHEMA}.settlement_record \
                 where pool_id = $1 order by period desc, revision desc limit 120) s), 'next', null)::text \
         from {API_SCHEMA}.pool_record where pool_id = $1"
    );
    document(database, &statement, &[Parameter::Uuid(pool_id)])
}

/// The newest `Settlement` of a period, with the `SettlementProgress` of one that is to
/// replace it; or the `SettlementProgress` of the first.
///
/// # Errors
/// See [`DatabaseError`].
pub fn settlement(
    database: &dyn Database,
    pool_id: Uuid,
    period: Month,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "with settled as ( \
             select to_jsonb(r) as document from {API_SCHEMA}.settlement_record r \
             where r.pool_id = $1 and r.period = $2 order by r.revision desc limit 1 \
         ), running as ( \
             select jsonb_build_object('settlement_id', r.settlement_id, 'state', r.state, \
                 'frozen', r.members_frozen, 'members', r.members) as document \
             from {API_SCHEMA}.settlement_run_record r where r.pool_id = $1 and r.period = $2 \
         ) \
         select coalesce( \
             (select s.document || coalesce((select jsonb_build_object('in_progress', \
                 r.document) from running r), '{{}}') from settled s), \
             (select r.document from running r))::text \
         where exists (select from settled) or exists (select from running)"
    );
    let period = period.to_string();
    let parameters = [Parameter::Uuid(pool_id), Parameter::Text(&period)];
    document(database, &statement, &parameters)
}

/// All versions of a pool's rules, the newest first: a `Page` of `RulesVersion`.
/// `None` if there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn rules(database: &dyn Database, pool_id: Uuid) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select json_build_object('items', json_agg(json_build_object( \
             'rules_version', r.rules_version, 'from_period', to_char(r.from_period, 'YYYY-MM'), \
             'rules', r.rules, 'recorded_at', r.recorded_at, 'recorded_by', r.recorded_by) \
             order by r.rules_version desc), 'next', null)::text \
         from {API_SCHEMA}.pool_rules_record r where r.pool_id = $1 having count(*) > 0"
    );
    document(database, &statement, &[Parameter::Uuid(pool_id)])
}

/// The `Beneficiaries` of a member. `None` if the pool has no such member.
///
/// # Errors
/// See [`DatabaseError`].
pub fn beneficiaries(
    database: &dyn Database,
    pool_id: Uuid,
    member_id: Uuid,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select json_build_object('member_id', r.member_id, 'version', r.version, \
             'beneficiaries', r.beneficiaries)::text \
         from {API_SCHEMA}.beneficiary_record r where r.pool_id = $1 and r.member_id = $2"
    );
    let parameters = [Parameter::Uuid(pool_id), Parameter::Uuid(member_id)];
    document(database, &statement, &parameters)
}

/// A view of which a pool's rows are listed in the order of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// `Member`s.
    Members,
    /// `Death`s.
    Deaths,
    /// `Payout`s.
    Payouts,
}

/// A page of a view: a `Page`. `None` if there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn list(
    database: &dyn Database,
    listed: Listed,
    pool_id: Uuid,
    page: PageRequest,
) -> Result<Option<Document>, DatabaseError> {
    let (view, id) = match listed {
        Listed::Members => ("member_record", "member_id"),
        Listed::Deaths => ("death_record", "death_id"),
        Listed::Payouts => ("payout_record", "payout_id"),
    };
    let statement = format!(
        "with page as ( \
             select {id} as id, to_json(r) as item, row_number() over (order by {id}) as position \
             from {API_SCHEMA}.{view} r where pool_id = $3 and {id} > $1 \
             order by {id} limit $2::bigint + 1) \
         select (select json_build_object('items', coalesce( \
             json_agg(item order by position) filter (where position <= $2::bigint), '[]'), {NEXT}) \
             from page)::text \
         from {API_SCHEMA}.pool_record where pool_id = $3"
    );
    let [after, limit] = page.parameters();
    let pool_id = Parameter::Uuid(pool_id);
    document(database, &statement, &[after, limit, pool_id])
}

/// How many webhook events there are by type and state: a `Page` of `EventCount`.
///
/// # Errors
/// See [`DatabaseError`].
pub fn event_counts(database: &dyn Database) -> Result<Document, DatabaseError> {
    let statement = format!(
        "select json_build_object('items', coalesce( \
             json_agg(to_json(c) order by c.event_type, c.state, c.reason), '[]'), 'next', null)::text \
         from {API_SCHEMA}.webhook_event_count c"
    );
    the(database, &statement, &[])
}

/// The document of a statement that gives one row or none.
pub(crate) fn document(
    database: &dyn Database,
    statement: &str,
    parameters: &[Parameter<'_>],
) -> Result<Option<Document>, DatabaseError> {
    let rows = database.texts(statement, parameters)?;
    Ok(rows.into_iter().next().map(Document))
}

/// The document of a statement that gives one row.
pub(crate) fn the(
    database: &dyn Database,
    statement: &str,
    parameters: &[Parameter<'_>],
) -> Result<Document, DatabaseError> {
    document(database, statement, parameters)?
        .ok_or_else(|| DatabaseError::Failed("the statement gave no row".to_owned()))
}

/// What a document says, where a component has to know.
pub(crate) fn read<T: DeserializeOwned>(document: &Document) -> Result<T, DatabaseError> {
    serde_json::from_slice(document.0.as_bytes())
        .map_err(|error| DatabaseError::Failed(format!("a row is not as expected: {error}")))
}
