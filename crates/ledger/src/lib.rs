//! The language of the ledger, and the decisions that need no database.
//!
//! Commands arrive as the types of [`command`] and are checked there. What the
//! journal records has a kind ([`EntryKind`]), and each kind has its place on a
//! member's [`Statement`]. [`settlement`] turns the members at risk in a
//! [`Term`] into the death pot and its credits. [`record`] holds what readers
//! get to see.
//!
//! No I/O, no clock, no SQL.

pub mod calendar;
pub mod command;
mod entry;
mod month;
pub mod reconciliation;
pub mod record;
pub mod settlement;
mod statement;
mod term;
mod year;

pub use entry::EntryKind;
pub use month::{InvalidMonth, Month};
pub use statement::{Correction, CorrectionReason, Statement};
pub use term::Term;
pub use year::{InvalidYear, YearStatement};
