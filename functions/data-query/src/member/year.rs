//! The statement of a year, and what a letter about it says.

use ledger::record::ExplainedCredit;
use ledger::{Month, Statement, YearStatement};
use performance::History;
use serde::Deserialize;
use web::routes::Data;
use web::{Call, Code, Host, Problem, Reply};

use super::{Asked, last_month, read};

/// What the database says of a year.
#[derive(Deserialize)]
pub(super) struct Year {
    /// The name of the pool.
    pub(super) pool: String,
    pub(super) booked_until: Option<String>,
    months: Vec<Statement>,
    pub(super) credits: Vec<ExplainedCredit>,
    pub(super) performance: History,
}

pub(super) fn statement(
    host: &dyn Host,
    call: &Call<Data>,
    asked: Asked,
) -> Result<Reply, Problem> {
    let (statement, _) = of_path(host, call, asked)?;
    Reply::json(&statement)
}

/// The year of the path, as far as it is over and valued: it closes. Not valued at all, it
/// is whole and has no closing balance.
pub(super) fn of_path(
    host: &dyn Host,
    call: &Call<Data>,
    asked: Asked,
) -> Result<(YearStatement, Year), Problem> {
    let nothing = || Problem::new(Code::NotFound);
    let text = call.parameters.get(asked.parameter).ok_or_else(nothing)?;
    let plain = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let year: i32 = match plain {
        true => text.parse().map_err(|_| nothing())?,
        false => return Err(nothing()),
    };
    let month = |number| Month::new(year, number).map_err(|_| nothing());
    let (first, last) = (month(1)?, month(12)?.min(last_month(call.today())?));
    if last < first {
        return Err(nothing());
    }
    let document = store::member_year(&*host.database()?, asked.member_id, first, last)?;
    let mut year: Year = read(document)?;
    let valued = year.months.iter().rposition(|m| m.closing_cents.is_some());
    if let Some(valued) = valued {
        year.months.truncate(valued + 1);
        let end = year.months[valued].period.last_day();
        year.credits.retain(|credit| credit.last_day <= end);
    }
    let statement = YearStatement::of(std::mem::take(&mut year.months))
        .map_err(|error| Problem::internal(error.to_string()))?;
    Ok((statement, year))
}
