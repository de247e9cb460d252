//! Reads that pass a document of the database on.

use ledger::calendar;
use store::Listed;
use time::UtcDateTime;
use time::format_description::well_known::Rfc3339;
use web::routes::Ledger;
use web::{Call, Code, Host, Problem, Reply};

/// Answers a read of a pool.
pub(crate) fn read(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let pool_id = call.id(0)?;
    let document = match call.operation {
        Ledger::ListRules => store::rules(&*host.database()?, pool_id)?,
        Ledger::GetBeneficiaries => {
            let member_id = call.id(1)?;
            let found = store::beneficiaries(&*host.database()?, pool_id, member_id)?;
            return Reply::found(found, Code::NotFound);
        }
        Ledger::ListDeaths => {
            let page = call.page()?;
            store::list(&*host.database()?, Listed::Deaths, pool_id, page)?
        }
        Ledger::ListPayouts => {
            let page = call.page()?;
            store::list(&*host.database()?, Listed::Payouts, pool_id, page)?
        }
        Ledger::ListBalances => {
            let page = call.page()?;
            let as_of = call.query(
                "as_of",
                "must be a date such as 2025-01-31",
                calendar::parse,
            )?;
            let known_at = call.query("known_at", "must be a time (RFC 3339)", |text| {
                UtcDateTime::parse(text, &Rfc3339).ok()
            })?;
            let as_of = as_of.unwrap_or(call.today());
            store::balances(&*host.database()?, pool_id, as_of, known_at, page)?
        }
        Ledger::ListJournal => {
            let after = call.query("after", "is not the `next` of a page", |text| {
                text.parse().ok().filter(|id: &i64| *id >= 0)
            })?;
            let limit = call.limit()?;
            store::journal(&*host.database()?, pool_id, after.unwrap_or(0), limit)?
        }
        Ledger::Reconcile => {
            let page = call.page()?;
            store::reconciliation(&*host.database()?, pool_id, page)?
        }
        _ => store::pool(&*host.database()?, pool_id)?,
    };
    Reply::found(document, Code::UnknownPool)
}
