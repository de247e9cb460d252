//! How fair a way of sharing a death pot is, before it is known who dies, and the
//! weights that make one fair: what needs floats.
//!
//! Exact for a pool of any size, because the expectation over all outcomes is one
//! integral for all members at once: see docs/decisions/fairness-figures.md. The
//! results depend neither on the order nor on the ids of the members, and native
//! code and WebAssembly give the same bits: floats are added in one order, and
//! transcendental functions go through `libm`.

mod dominance;
mod equitable;
mod figures;
mod groups;
mod integral;
mod newton;
mod separable;
mod stake;

pub use equitable::{NoEquitableWeights, Solution, equitable_weights};
pub use figures::{
    Fairness, FairnessMethod, Largest, exactly_fair, of_corrected, of_nominal_gain, of_weights,
};
pub use separable::SeparablePlan;
pub use stake::{ONE, Stake, position, sort_positions};
