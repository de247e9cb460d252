//! The books: the journal, balances, and how they compare.

use uuid::Uuid;

use crate::commands::rfc3339;
use crate::queries::{PageRequest, document};
use crate::{API_SCHEMA, Database, DatabaseError, Document, Parameter};

/// A page of a pool's journal after an entry: a `Page` of `JournalEntry`. `None` if
/// there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn journal(
    database: &dyn Database,
    pool_id: Uuid,
    after: i64,
    limit: u32,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "with page as ( \
             select entry_id as id, to_json(r) as item, \
                 row_number() over (order by entry_id) as position \
             from {API_SCHEMA}.journal_record r where pool_id = $3 and entry_id > $1 \
             order by entry_id limit $2::bigint + 1) \
         select (select json_build_object('items', coalesce( \
             json_agg(item order by position) filter (where position <= $2::bigint), '[]'), \
             'next', case when count(*) > $2::bigint \
                 then max(id) filter (where position = $2::bigint)::text end) \
             from page)::text \
         from {API_SCHEMA}.pool_record where pool_id = $3"
    );
    let parameters = [
        Parameter::Integer(after),
        Parameter::Integer(i64::from(limit)),
        Parameter::Uuid(pool_id),
    ];
    document(database, &statement, &parameters)
}

/// The balances of a page of members on the day `as_of`, by what was recorded until
/// `known_at`, or by all that is: a `Page` of `Balance`. `None` if there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn balances(
    database: &dyn Database,
    pool_id: Uuid,
    as_of: time::Date,
    known_at: Option<time::UtcDateTime>,
    page: PageRequest,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select json_build_object('items', coalesce((select json_agg(to_json(b)) \
                 from {API_SCHEMA}.balances(p.pool_id, $4::text::date, \
                     nullif($5::text, '')::timestamptz, $1, $2::bigint::integer) b), '[]'), \
             'next', {API_SCHEMA}.member_page_end(p.pool_id, $1, $2::bigint::integer))::text \
         from {API_SCHEMA}.pool_record p where p.pool_id = $3"
    );
    let as_of = as_of.to_string();
    let known_at = known_at.map(rfc3339).unwrap_or_default();
    let [after, limit] = page.parameters();
    let own = [
        after,
        limit,
        Parameter::Uuid(pool_id),
        Parameter::Text(&as_of),
        Parameter::Text(&known_at),
    ];
    document(database, &statement, &own)
}

/// The differences of a page of members to what the broker last reported: a `Page` of
/// `Difference`. `None` if there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn reconciliation(
    database: &dyn Database,
    pool_id: Uuid,
    page: PageRequest,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select json_build_object('items', coalesce((select json_agg(json_build_object( \
                     'member_id', d.member_id, 'asset_id', d.asset_id, \
                     'ledger_minor', d.ledger_minor, 'expected_minor', d.expected_minor, \
                     'broker_minor', d.broker_minor, 'difference_minor', d.difference_minor, \
                     'against', d.against, 'cause', d.cause, \
                     'broker_as_of', to_char(d.broker_as_of at time zone 'utc', \
                         'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'))) \
                 from {API_SCHEMA}.reconciliation(p.pool_id, $1, $2::bigint::integer) d), '[]'), \
             'next', {API_SCHEMA}.member_page_end(p.pool_id, $1, $2::bigint::integer))::text \
         from {API_SCHEMA}.pool_record p where p.pool_id = $3"
    );
    let [after, limit] = page.parameters();
    document(
        database,
        &statement,
        &[after, limit, Parameter::Uuid(pool_id)],
    )
}

/// The sums of a pool's journal by asset: a `Page` of `TrialBalanceLine`. `None` if
/// there is no such pool.
///
/// # Errors
/// See [`DatabaseError`].
pub fn trial_balance(
    database: &dyn Database,
    pool_id: Uuid,
) -> Result<Option<Document>, DatabaseError> {
    let statement = format!(
        "select json_build_object('items', ( \
             select coalesce(json_agg(to_json(t) order by t.asset_id), '[]') \
             from (select asset_id, postings, sum_minor, members_minor, estates_minor, \
                     payouts_minor, pool_minor, pot_minor, fees_minor, broker_minor \
                 from {API_SCHEMA}.trial_balance where pool_id = $1) t), 'next', null)::text \
         from {API_SCHEMA}.pool_record where pool_id = $1"
    );
    document(database, &statement, &[Parameter::Uuid(pool_id)])
}
