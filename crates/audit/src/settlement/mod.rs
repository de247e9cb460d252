//! A settlement: its seal, its lines computed again, and what it moved in the journal.

mod close;
mod holdings;
mod lines;
mod member;
mod moves;
mod open;
mod recompute;
mod row;

pub(crate) use lines::Lines;
pub(crate) use moves::require_standing;
pub(crate) use open::Open;
