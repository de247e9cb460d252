//! Members.

use ledger::command::{CloseMember, EnrolMember, EraseMember, SetBeneficiaries};
use web::routes::Ledger;
use web::{Call, Host, Problem, Reply, parse_json};

/// Enrols a member.
pub(crate) fn enrol(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: EnrolMember = parse_json(&call.body)?;
    command.validate()?;
    let document = store::enrol_member(&*host.database()?, key, pool_id, &command)?;
    Ok(Reply::created(document))
}

/// Ends a membership.
pub(crate) fn close(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, member_id, hash) = (call.id(0)?, call.id(1)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: CloseMember = parse_json(&call.body)?;
    command.validate(call.today())?;
    let document = store::close_member(&*host.database()?, key, pool_id, member_id, &command)?;
    Ok(Reply::created(document))
}

/// Names a member's beneficiaries.
pub(crate) fn set_beneficiaries(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, member_id, hash) = (call.id(0)?, call.id(1)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: SetBeneficiaries = parse_json(&call.body)?;
    command.validate()?;
    let database = host.database()?;
    let document = store::set_beneficiaries(&*database, key, pool_id, member_id, &command)?;
    Ok(Reply::created(document))
}

/// Removes who a member was.
pub(crate) fn erase(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, member_id, hash) = (call.id(0)?, call.id(1)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: EraseMember = parse_json(&call.body)?;
    command.validate()?;
    let document = store::erase_member(&*host.database()?, key, pool_id, member_id, command)?;
    Ok(Reply::created(document))
}
