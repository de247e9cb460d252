//! What operators book.

use ledger::EntryKind;
use ledger::command::{
    BookItems, ConfirmPayout, RecordValuations, RequestPayout, ReverseEntry, VoidPayout,
};
use web::routes::Ledger;
use web::{Call, Host, Problem, Reply, parse_json};

/// Books contributions.
pub(crate) fn contributions(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    book(host, call, EntryKind::Contribution)
}

/// Books fees.
pub(crate) fn fees(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    book(host, call, EntryKind::Fee)
}

fn book(host: &dyn Host, call: &Call<Ledger>, kind: EntryKind) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: BookItems = parse_json(&call.body)?;
    command.validate(call.today())?;
    let document = store::book_items(&*host.database()?, key, pool_id, kind, &command)?;
    Ok(Reply::created(document))
}

/// Takes a booking back.
pub(crate) fn reverse(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: ReverseEntry = parse_json(&call.body)?;
    command.validate(call.today())?;
    let document = store::reverse_entry(&*host.database()?, key, pool_id, &command)?;
    Ok(Reply::created(document))
}

/// Sets money aside for a payout.
pub(crate) fn request_payout(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: RequestPayout = parse_json(&call.body)?;
    command.validate(call.today())?;
    let document = store::request_payout(&*host.database()?, key, pool_id, &command)?;
    Ok(Reply::created(document))
}

/// Confirms a payout.
pub(crate) fn confirm_payout(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, payout_id, hash) = (call.id(0)?, call.id(1)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: ConfirmPayout = parse_json(&call.body)?;
    command.validate(call.today())?;
    let database = host.database()?;
    let document = store::confirm_payout(&*database, key, pool_id, payout_id, &command)?;
    Ok(Reply::created(document))
}

/// Voids a payout.
pub(crate) fn void_payout(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, payout_id, hash) = (call.id(0)?, call.id(1)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: VoidPayout = parse_json(&call.body)?;
    command.validate()?;
    let database = host.database()?;
    let document = store::void_payout(&*database, key, pool_id, payout_id, &command.reason)?;
    Ok(Reply::created(document))
}

/// Records valuations.
pub(crate) fn valuations(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: RecordValuations = parse_json(&call.body)?;
    command.validate(call.today())?;
    let document = store::record_valuations(&*host.database()?, key, pool_id, &command)?;
    Ok(Reply::created(document))
}
