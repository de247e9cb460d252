//! Verifies what a pool publishes, offline and without trust in whoever runs it.
//!
//! [`Audit`] takes a pool's export line by line. Every text that is hashed fits its
//! hash; the journal adds up; each seal is the next link of the chain and holds the
//! roots of the lines and of the journal; and every settlement is computed again from
//! its lines, the rules and the life table, down to the cent of each credit and the
//! posting that paid it. The first thing that is wrong is a [`Fault`], which names its
//! line. [`verify_proof`] verifies a single member's line.
//!
//! What no computation tells is left to whoever runs it: that the head of the chain is
//! the one that was published, and that what happened outside (a death, a payment, the
//! value of a security) is what was recorded. Rows of the pool, its members, deaths and
//! payouts are compared with what is sealed, and are not sealed themselves; nor is what
//! the journal has after the last seal.
//!
//! No I/O, no clock, no randomness.

mod audit;
mod chain;
mod finding;
mod instant;
mod journal;
mod line;
mod people;
mod proof;
mod rows;
mod rules;
mod seal;
mod settlement;

pub use audit::{Audit, Report};
pub use finding::{Fault, Finding, FormFinding, JournalFinding, RowFinding, SettlementFinding};
pub use line::{Kind, Line, Settlement};
pub use proof::{ProofFault, verify_proof};
