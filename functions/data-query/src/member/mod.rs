//! The member's own view.

mod credits;
mod documents;
mod export;
pub mod forecast;
mod holdings;
mod returns;
mod year;

use ledger::Month;
use serde::de::DeserializeOwned;
use store::Document;
use time::Date;
use uuid::Uuid;
use web::routes::{Data, MemberView};
use web::{Call, Code, Host, Problem, Reply};

/// Whose view is asked for, and which number its own first parameter of the path has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) member_id: Uuid,
    pub(crate) parameter: usize,
}

pub(crate) fn handle(
    host: &dyn Host,
    call: &Call<Data>,
    view: MemberView,
    asked: Asked,
) -> Result<Reply, Problem> {
    match view {
        MemberView::Year => year::statement(host, call, asked),
        MemberView::Credits => credits::list(host, call, asked),
        MemberView::Transactions => holdings::transactions(host, call, asked),
        MemberView::Positions => holdings::positions(host, call, asked),
        MemberView::Performance => returns::performance(host, call, asked),
        MemberView::Forecast => forecast::handle(host, call, asked),
        MemberView::Documents => documents::list(host, call, asked),
        MemberView::Document => documents::yearly_statement(host, call, asked),
        MemberView::Export => export::export(host, call, asked),
    }
}

/// What the database says.
///
/// # Errors
/// [`Code::NotFound`] if there is nothing; a fault if it is not as expected.
fn read<T: DeserializeOwned>(document: Option<Document>) -> Result<T, Problem> {
    let document = document.ok_or(Problem::new(Code::NotFound))?;
    serde_json::from_str(&document.0)
        .map_err(|error| Problem::internal(format!("a row is not as expected: {error}")))
}

/// The last month that is over.
fn last_month(today: Date) -> Result<Month, Problem> {
    let first_day = today.replace_day(1).unwrap_or(today);
    let before = first_day.previous_day().unwrap_or(first_day);
    Month::of(before).map_err(|error| Problem::internal(error.to_string()))
}

/// The most months that may be asked for.
const MAX_MONTHS: i32 = 600;

/// The months from `from` to `to`, or all of the last fifty years that are over.
fn months(call: &Call<Data>) -> Result<(Month, Month), Problem> {
    let month = |name| {
        call.query(name, "must be a month such as 2025-01", |text| {
            text.parse::<Month>().ok()
        })
    };
    let over = last_month(call.today())?;
    let last = month("to")?.unwrap_or(over).min(over);
    let day = last.first_day();
    // Of a month long ago, as far back as months go.
    let earliest = (day.year() - MAX_MONTHS / 12).max(Month::FIRST_YEAR);
    let earliest = Month::new(earliest, day.month().into());
    let earliest = earliest.map_err(|error| Problem::internal(error.to_string()))?;
    let first = month("from")?.unwrap_or(earliest);
    if first > last || first < earliest {
        let detail = format!("must be at or before `to`, for at most {MAX_MONTHS} months");
        return Err(Problem::invalid_parameter("from", detail));
    }
    Ok((first, last))
}
