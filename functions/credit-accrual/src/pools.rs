//! Pools and their rules.

use ledger::command::{OpenPool, PoolRules, SetRules};
use web::routes::Ledger;
use web::{Call, Host, Problem, Reply, parse_json, rates};

/// Opens a pool.
pub(crate) fn open(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let hash = call.request_hash();
    let key = call.command_key(&hash)?;
    let command: OpenPool = parse_json(&call.body)?;
    command.validate()?;
    check(host, &command.rules)?;
    let document = store::open_pool(&*host.database()?, key, &command)?;
    Ok(Reply::created(document))
}

/// Changes the rules of a pool.
pub(crate) fn set_rules(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: SetRules = parse_json(&call.body)?;
    check(host, &command.rules)?;
    let document = store::set_rules(&*host.database()?, key, pool_id, &command)?;
    Ok(Reply::created(document))
}

/// Rules are recorded only if their basis gives rates.
fn check(host: &dyn Host, rules: &PoolRules) -> Result<(), Problem> {
    rates::of(
        &|id| rates::uploaded(host, id),
        &rules.basis,
        "/rules/basis",
    )
    .map(|_| ())
}
