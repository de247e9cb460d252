//! What a member's account earned.
//!
//! - [`time_weighted`]: the return of a euro that stayed all the time, whatever was paid
//!   in and out: sub-periods between valuations, linked (GIPS 2020, provision 2.A.23).
//! - [`money_weighted`]: the rate that makes all payments and the balance at the end worth
//!   nothing (GIPS 2020, provision 2.A.24; XIRR of spreadsheets).
//! - [`report`]: both, with and without longevity credits, in sum and by month.
//!
//! Floats inside, through `libm` and in a fixed order; what comes out is decimal text.

mod history;
mod money_weighted;
mod report;
mod time_weighted;

pub use history::{DayFlow, DayValue, History};
pub use money_weighted::money_weighted;
pub use report::{MonthReturn, Performance, Rate, Returns, report};
pub use time_weighted::{Linked, NoReturn, time_weighted};
