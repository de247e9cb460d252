//! The sharing of a death pot, and how fair it is.
//!
//! A pool's members stand at risk with a balance s and a probability q of dying
//! in the period. The balances of those who die form the death pot D; it is
//! shared as longevity credits by a [`Rule`], made ready for the pool by a
//! [`Plan`]:
//!
//! ```
//! # use money::Cents;
//! # use tontine::{Caps, Participant, Plan, Rule};
//! # let member = |id, q: &str, cents, died| Participant {
//! #     id,
//! #     q: q.parse().unwrap(),
//! #     at_risk: Cents::new(cents).unwrap(),
//! #     died,
//! # };
//! let pool = [
//!     member("a", "0.02", 100_000, true),
//!     member("b", "0.03", 100_000, false),
//!     member("c", "0.04", 100_000, false),
//! ];
//! let plan = Plan::new(Rule::OverlayFund, Caps::NONE, &pool)?;
//! let sharing = plan.share(Cents::ZERO)?;
//! assert_eq!(sharing.credits, [22_222, 33_333, 44_445].map(|n| Cents::new(n).unwrap()));
//! assert_eq!(plan.fairness().worst, 0.0);
//! # Ok::<(), tontine::SharingError>(())
//! ```
//!
//! From the weights on everything is integer: odds with 28 decimals, 256-bit
//! products, and [`money::apportion`] for the last cents. The credits and what
//! is carried out sum to the pot, always. Floats are in the crate `fairness`: they
//! find the weights of two rules, and the figures of fairness.

mod caps;
mod divide;
mod fixed_point;
mod group_gain;
mod nominal_gain;
mod odds;
mod plan;
mod pool;
mod rule;
mod stake;
mod transfer_plan;

pub use caps::Caps;
pub use fairness::{Fairness, FairnessMethod, Largest, NoEquitableWeights, Solution};
pub use group_gain::GroupGain;
pub use nominal_gain::nominal_gain;
pub use plan::Plan;
pub use pool::{MAX_PARTICIPANTS, Outcome, Participant, PoolError, Sharing, SharingError};
pub use rule::{Fallback, Infeasible, Refusal, Rule};
