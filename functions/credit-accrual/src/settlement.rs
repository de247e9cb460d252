//! Settling a month: load, compute, record.

use ledger::command::SettlePeriod;
use ledger::settlement::{Exception, SettlementError, settle as compute};
use serde_json::json;
use web::routes::Ledger;
use web::{Call, Code, Host, Problem, Reply, parse_json};

/// The most exceptions that a refusal lists.
const MAX_EXCEPTIONS: usize = 100;

/// Settles a month. A month that is settled already gives its settlement with 200,
/// whatever the key; a new settlement is a 201.
pub(crate) fn settle(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: SettlePeriod = parse_json(&call.body)?;
    command.validate(call.today())?;

    let database = host.database()?;
    let Some(basis) = store::settlement_basis(&*database, pool_id, command.period)? else {
        let settled = store::settlement(&*database, pool_id, command.period)?;
        return Reply::found(settled, Code::NotFound);
    };
    let draft = compute(
        command.period,
        &basis.rules,
        &basis.candidates,
        basis.carried_in,
    )
    .map_err(problem)?;
    let settlement =
        store::record_settlement(&*database, key, pool_id, command.period, &basis, &draft)?;
    Ok(Reply::created(settlement))
}

/// Reads the settlement of a month.
pub(crate) fn get(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, period) = (call.id(0)?, call.month(1)?);
    let settlement = store::settlement(&*host.database()?, pool_id, period)?;
    Reply::found(settlement, Code::NotFound)
}

fn problem(error: SettlementError) -> Problem {
    match error {
        SettlementError::Exceptions(exceptions) => {
            let listed: &[Exception] = &exceptions[..exceptions.len().min(MAX_EXCEPTIONS)];
            Problem::new(Code::OpenExceptions)
                .because(format!("{} members need attention first", exceptions.len()))
                .with("exceptions", json!(listed))
        }
        // The pool's rules were checked when they were recorded, and amounts by
        // the journal: what is left is a fault.
        other => Problem::internal(other.to_string()),
    }
}
