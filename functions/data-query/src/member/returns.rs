//! What an account earned.

use performance::{History, report};
use web::routes::Data;
use web::{Call, Code, Host, Problem, Reply};

use super::{Asked, months, read};

pub(super) fn performance(
    host: &dyn Host,
    call: &Call<Data>,
    asked: Asked,
) -> Result<Reply, Problem> {
    let (first, last) = months(call)?;
    let found = store::member_performance(&*host.database()?, asked.member_id, first, last)?;
    let history: History = read(found)?;
    let report = report(&history).ok_or_else(|| {
        Problem::new(Code::NotFound).because("the account was not valued twice in these months")
    })?;
    Reply::json(&report)
}
