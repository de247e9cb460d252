//! What can be read of Retire: views, their columns with type, unit, meaning and
//! sensitivity, and who sees what of them.
//!
//! One table, [`VIEWS`]. The SQL views are written from it ([`sql`]), so is the
//! catalogue that a caller gets ([`schema`]), and the page of it ([`markdown`]).

mod column;
mod markdown;
mod schema;
mod sql;
mod view;
mod views;

pub use column::{Column, Kind, Sensitivity, Shown};
pub use markdown::markdown;
pub use schema::document;
pub use sql::{relation, sql};
pub use view::{Audience, Moments, Rows, View, Within};
pub use views::VIEWS;

/// The fewest members behind a figure that is shown to others than operators and
/// auditors.
pub const SMALLEST_CELL: u32 = 20;

/// The view of this name.
#[must_use]
pub fn view(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}
