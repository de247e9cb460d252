//! Deaths.

use ledger::command::{Nothing, ReportDeath, WithdrawDeath};
use web::routes::Ledger;
use web::{Call, Host, Problem, Reply, parse_json};

/// Reports a death.
pub(crate) fn report(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: ReportDeath = parse_json(&call.body)?;
    command.validate(call.today())?;
    let document = store::report_death(&*host.database()?, key, pool_id, &command)?;
    Ok(Reply::created(document))
}

/// Confirms a death.
pub(crate) fn confirm(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, death_id, hash) = (call.id(0)?, call.id(1)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let Nothing {} = parse_json(&call.body)?;
    let document = store::confirm_death(&*host.database()?, key, pool_id, death_id)?;
    Ok(Reply::created(document))
}

/// Withdraws the report of a death.
pub(crate) fn withdraw(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, death_id, hash) = (call.id(0)?, call.id(1)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: WithdrawDeath = parse_json(&call.body)?;
    command.validate()?;
    let database = host.database()?;
    let document = store::withdraw_death(&*database, key, pool_id, death_id, &command.reason)?;
    Ok(Reply::created(document))
}
