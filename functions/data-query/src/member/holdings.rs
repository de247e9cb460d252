//! What was booked, and what is held.

use web::routes::Data;
use web::{Call, Code, Host, Problem, Reply};

use super::Asked;

pub(super) fn transactions(
    host: &dyn Host,
    call: &Call<Data>,
    asked: Asked,
) -> Result<Reply, Problem> {
    let after = call.query("after", "is not the `next` of a page", |text| {
        text.parse().ok().filter(|entry: &i64| *entry >= 0)
    })?;
    let (after, limit) = (after.unwrap_or(0), call.limit()?);
    let found = store::member_transactions(&*host.database()?, asked.member_id, after, limit)?;
    Reply::found(found, Code::NotFound)
}

pub(super) fn positions(
    host: &dyn Host,
    call: &Call<Data>,
    asked: Asked,
) -> Result<Reply, Problem> {
    let found = store::member_positions(&*host.database()?, asked.member_id, call.today())?;
    Reply::found(found, Code::NotFound)
}
