//! The payout that a group of equal members with constant relative risk aversion
//! prefers.

use mortality::{InvalidParameter, Parameter};
use serde::{Deserialize, Serialize};

/// The largest group for which the expectation over all numbers of survivors is
/// computed.
pub const MAX_OPTIMAL_MEMBERS: u32 = 10_000;

/// γ of the utility c^(1−γ)/(1−γ), logarithmic at 1: from 0.01 to 100. As decimal
/// text in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parameter", into = "Parameter")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "Parameter"))]
pub struct RiskAversion(Parameter);

impl TryFrom<Parameter> for RiskAversion {
    type Error = InvalidParameter;
    fn try_from(gamma: Parameter) -> Result<Self, InvalidParameter> {
        gamma.within(0.01, 100.0).map(Self)
    }
}

impl From<RiskAversion> for Parameter {
    fn from(gamma: RiskAversion) -> Self {
        gamma.0
    }
}

/// The optimal payout up to a constant, as a function of the probability of being
/// alive: (p · E[(n/N)^(1−γ)])^(1/γ), where N − 1 of the n − 1 others are alive.
///
/// It follows from the first-order condition of maximising the discounted utility
/// of n·d(t)/N(t) under ∫ v^t d(t) dt = 1, with the discount rate of utility equal
/// to the interest (Milevsky & Salisbury, "Optimal retirement income tontines",
/// Insurance: Mathematics and Economics 64, 2015; derived in
/// docs/decisions/optimal-tontine.md). At γ = 1 it is p: the natural tontine.
#[derive(Clone, Debug)]
pub(crate) struct OptimalShape {
    gamma: f64,
    /// ln C(n−1, k) + (γ−1) ln((k+1)/n) for k = 0 … n − 1 living others.
    log_terms: Vec<f64>,
}

impl OptimalShape {
    /// For `members` ≥ 1 of the risk aversion `gamma`.
    #[allow(
        clippy::float_arithmetic,
        reason = "an actuarial function, through libm"
    )]
    pub(crate) fn new(members: u32, gamma: RiskAversion) -> Self {
        let gamma = gamma.0.to_float();
        let log_members = libm::log(f64::from(members));
        let mut log_binomial = 0.0;
        let term = |others: u32| {
            if others > 0 {
                let (up, down) = (f64::from(members - others), f64::from(others));
                log_binomial += libm::log(up) - libm::log(down);
            }
            log_binomial + (gamma - 1.0) * (libm::log(f64::from(others + 1)) - log_members)
        };
        Self {
            gamma,
            log_terms: (0..members).map(term).collect(),
        }
    }

    /// The shape where a member is alive with the probability `alive`, 0 to 1.
    #[allow(
        clippy::float_arithmetic,
        reason = "an actuarial function, through libm"
    )]
    pub(crate) fn at(&self, alive: f64) -> f64 {
        if alive <= 0.0 {
            return 0.0;
        }
        if alive >= 1.0 {
            return 1.0;
        }
        let (log_alive, log_dead) = (libm::log(alive), libm::log1p(-alive));
        let others = self.log_terms.len() - 1;
        let term =
            |k: usize| self.log_terms[k] + k as f64 * log_alive + (others - k) as f64 * log_dead;
        // The largest term is taken out, so that none of thousands underflows.
        let largest = (0..=others).map(term).fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for k in 0..=others {
            let below = term(k) - largest;
            if below > -50.0 {
                sum += libm::exp(below);
            }
        }
        libm::exp((log_alive + largest + libm::log(sum)) / self.gamma)
    }
}
