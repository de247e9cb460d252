//! `credit-accrual`: the ledger and the settlement of deaths.

mod settlement;

use ledger::command::{EnrolMember, OpenPool, ReportDeath};
use web::routes::{LEDGER, Ledger};
use web::{Call, Code, Head, Host, Problem, Reply, bearer, parse_json, serve as serve_routes};

#[cfg(target_arch = "wasm32")]
edge::export!(crate::serve);

/// Answers a request.
pub fn serve(host: &dyn Host, head: Head) -> Reply {
    serve_routes("credit-accrual", LEDGER, bearer, host, head, |call| {
        handle(host, call)
    })
}

fn handle(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    match call.operation {
        Ledger::OpenPool => open_pool(host, call),
        Ledger::GetPool => get_pool(host, call),
        Ledger::EnrolMember => enrol_member(host, call),
        Ledger::ReportDeath => report_death(host, call),
        Ledger::SettlePeriod => settlement::settle(host, call),
        Ledger::GetSettlement => settlement::get(host, call),
    }
}

fn open_pool(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let hash = call.request_hash();
    let key = call.command_key(&hash)?;
    let command: OpenPool = parse_json(&call.body)?;
    command.validate()?;
    let document = store::open_pool(&*host.database()?, key, &command)?;
    Ok(Reply::created(document))
}

fn get_pool(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let pool_id = call.id(0)?;
    Reply::found(store::pool(&*host.database()?, pool_id)?, Code::UnknownPool)
}

fn enrol_member(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: EnrolMember = parse_json(&call.body)?;
    command.validate()?;
    let document = store::enrol_member(&*host.database()?, key, pool_id, &command)?;
    Ok(Reply::created(document))
}

fn report_death(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: ReportDeath = parse_json(&call.body)?;
    command.validate(call.today())?;
    let document = store::report_death(&*host.database()?, key, pool_id, &command)?;
    Ok(Reply::created(document))
}
