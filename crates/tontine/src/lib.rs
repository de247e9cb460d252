//! The sharing of a death pot.
//!
//! A pool's members stand at risk with a balance s and a probability q of dying
//! in the period. The balances of those who die form the death pot D; it is
//! shared among the survivors as longevity credits. The rule here is *nominal
//! gain with group gain* (Fullmer & Sabin, "Individual Tontine Accounts",
//! Journal of Accounting and Finance 19(8), 2019; Winter & Planchet, European
//! Actuarial Journal 12, 2022, section 2):
//!
//! - weight w = q/(1−q) · s, the nominal gain of a survivor,
//! - group gain Γ = D / Σ_survivors w,
//! - credit = Γ · w.
//!
//! All of it in integers: odds with 28 decimals, 256-bit products, and
//! [`money::apportion`] for the last cents. The credits sum to the pot, always.

mod group_gain;
mod nominal_gain;
mod pool;

pub use group_gain::GroupGain;
pub use nominal_gain::nominal_gain;
pub use pool::{MAX_PARTICIPANTS, Outcome, Participant, PoolError, Sharing};
