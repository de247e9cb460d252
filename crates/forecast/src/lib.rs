//! What the income of a member of a tontine may become: a seeded simulation of
//! deaths and returns.
//!
//! Each member has an individual tontine account (Fullmer & Sabin, "Individual
//! Tontine Accounts", Journal of Accounting and Finance 19(8), 2019). A year goes
//! like this:
//!
//! 1. everybody alive is paid 1/ä of the balance, in twelve equal parts over the
//!    year (set aside at its beginning, without interest);
//! 2. what is left earns the year's return, the same for all;
//! 3. the balances of those who die in the year are shared among the survivors by
//!    nominal gain, q/(1 − q) of the balance, with group gain.
//!
//! One member is watched and taken to be alive: the results are those of a member
//! of that age *if alive*, and the probability of being alive stands beside them.
//! No one joins. See docs/decisions/forecast-draws-death-times.md.
//!
//! A [`Simulation`] advances by as many paths as is asked, and answers at any time
//! from the paths so far: that is how a page draws it while it grows. The same
//! seed gives the same bytes, on every machine and whatever the steps.

mod classes;
mod deaths;
mod error;
mod pool;
mod returns;
mod run;
mod simulation;
mod snapshot;
mod terms;

pub use error::ForecastError;
pub use pool::{DescribedPool, Pool, PoolMember};
pub use returns::Returns;
pub use simulation::Simulation;
pub use snapshot::{ForecastYear, Question, Snapshot};
pub use terms::{ForecastTerms, MAX_DRAWS, MAX_INCOMES, MAX_MEMBERS};
