//! What a member of a tontine is paid.
//!
//! - [`annuity_due`]: the annuity factor ä;
//! - [`Schedule`]: the natural, the optimal and the level tontine;
//! - [`payout_path`]: a member's income by year, with the probability of being
//!   alive;
//! - [`gsa_path`]: the income of a group self-annuitisation;
//! - [`self_managed`]: withdrawing without a pool, and the age of ruin;
//! - [`compare`]: the path beside a plain annuity and beside self-management;
//! - [`xirr`]: the internal rate of return.
//!
//! Floats inside, through `libm` and in a fixed order, so that native code and
//! WebAssembly give the same bits. What comes out is a [`Figure`] or an amount in
//! cents: one function rounds.

mod annuity;
mod comparison;
mod error;
mod figure;
mod gsa;
mod integral;
mod interest;
mod irr;
mod optimal;
mod path;
mod schedule;
mod self_managed;

pub use annuity::{AnnuityTerms, annuity_due};
pub use comparison::{ComparedYear, Comparison, ComparisonTerms, WithdrawalRule, compare};
pub use error::PayoutError;
pub use figure::{Figure, cents};
pub use gsa::{GsaTerms, GsaYear, gsa_path};
pub use interest::Interest;
pub use irr::{CashFlow, MAX_FLOWS, ReturnError, rate_of_return, xirr};
pub use optimal::{MAX_OPTIMAL_MEMBERS, RiskAversion};
pub use path::{PathTerms, PathYear, PayoutRule, payout_path};
pub use schedule::{Design, Schedule, ScheduleTerms, Timing};
pub use self_managed::{Ruin, SelfManaged, SelfManagedYear, Withdrawal, self_managed};
