//! Settling a month: load, compute, record.

use ledger::command::SettlePeriod;
use ledger::settlement::settle as compute;
use web::routes::Ledger;
use web::{Call, Code, Host, Problem, Reply, parse_json};

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
    )?;
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
