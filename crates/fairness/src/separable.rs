//! The separable fair transfer plan.
//!
//! Sabin, "Fair Tontine Annuity", SSRN 1579932 (2010): when j dies, i gets the
//! part α_ij of j's stake, and the plan is fair if what each expects to get is
//! what each expects to forfeit, b = q·s. With α_ij = w_i/(1−w_j) it is, if
//! w_i(1−w_i) = b_i·z for one z and Σw = 1. That exists while no b exceeds the
//! sum of the others.

use ethnum::U256;

use crate::stake::{ONE, Stake};

/// The weights of a plan; everybody alive at the start has one.
#[derive(Clone, Debug, PartialEq)]
pub struct SeparablePlan {
    /// w_i, which sum to one.
    pub weights: Vec<f64>,
    /// The position of the member with more than half of the weight, if there
    /// is one, and α_i of that member's stake for everybody.
    pub dominant: Option<(usize, Vec<f64>)>,
}

impl SeparablePlan {
    /// The position of the member who expects to forfeit more than all others
    /// together, if there is one, and the most cents that they could stake.
    #[must_use]
    #[inline(never)]
    pub fn too_large(stakes: &[Stake]) -> Option<(usize, u64)> {
        let b: Vec<U256> = stakes.iter().map(Stake::expected_forfeiture).collect();
        let largest = (0..b.len()).max_by_key(|i| b[*i])?;
        let all = b.iter().fold(U256::ZERO, |sum, b| sum + *b);
        let others = all - b[largest];
        if b[largest] <= others {
            return None;
        }
        // Its b is not zero, so neither is its rate. The quotient is below the
        // stake.
        let most = others / U256::from(stakes[largest].q.scaled());
        Some((largest, most.as_u64()))
    }

    /// Solves for the plan. For stakes of which none is [too large](Self::too_large).
    #[must_use]
    #[inline(never)]
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn new(stakes: &[Stake]) -> Self {
        let one = ONE as f64;
        let b: Vec<f64> = stakes
            .iter()
            .map(|stake| stake.expected_forfeiture().as_f64() / one)
            .collect();
        // The last of the largest, as any other: equal b have equal weight.
        let largest = (0..b.len()).fold(0, |m, i| if b[i] >= b[m] { i } else { m });
        let beta = Relative::new(b, largest);
        if beta.0.is_empty() || beta.0[largest] == 0.0 {
            return Self {
                weights: beta.0,
                dominant: None,
            };
        }
        // The smaller root of the largest is u/2; the others follow from it.
        if beta.minus_roots(1.0) >= 1.0 {
            let u = bisect(|u| beta.minus_roots(u) < 1.0);
            return Self {
                weights: beta
                    .0
                    .iter()
                    .map(|b| over_largest(*b, u) * u / 2.0)
                    .collect(),
                dominant: None,
            };
        }
        // The largest takes the plus root: what the others have together is its
        // own minus root.
        let u = bisect(|u| beta.others_over_largest(u, largest) > 1.0);
        let part = |i: usize| match i == largest {
            true => 0.0,
            false => over_largest(beta.0[i], u),
        };
        let of_the_largest: Vec<f64> = (0..beta.0.len()).map(part).collect();
        let mut weights: Vec<f64> = of_the_largest.iter().map(|part| part * u / 2.0).collect();
        weights[largest] = 1.0 - u / 2.0;
        Self {
            weights,
            dominant: Some((largest, of_the_largest)),
        }
    }
}

/// b over the largest b.
struct Relative(Vec<f64>);

#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
impl Relative {
    fn new(mut b: Vec<f64>, largest: usize) -> Self {
        let unit = b.get(largest).copied().unwrap_or(0.0);
        if unit > 0.0 {
            b.iter_mut().for_each(|b| *b /= unit);
        }
        Self(b)
    }

    /// Σw with the smaller root for all; grows with u from 0 to 1.
    fn minus_roots(&self, u: f64) -> f64 {
        self.0.iter().map(|b| over_largest(*b, u) * u / 2.0).sum()
    }

    /// The minus roots of all but the largest over that of the largest; falls
    /// with u from 0 to 1.
    fn others_over_largest(&self, u: f64, largest: usize) -> f64 {
        let others = self.0.iter().enumerate().filter(|(i, _)| *i != largest);
        others.map(|(_, b)| over_largest(*b, u)).sum()
    }
}

/// The smaller root of w(1−w) = βz over that of the largest, u/2, where
/// u(2−u) = 4z. Without cancellation: 1 − βu(2−u) = (1−u)² + (1−β)u(2−u).
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
fn over_largest(beta: f64, u: f64) -> f64 {
    let y = u * (2.0 - u);
    let root = libm::sqrt((1.0 - u) * (1.0 - u) + (1.0 - beta) * y);
    beta * (2.0 - u) / (1.0 + root)
}

/// Where a monotone condition, true near 0, becomes false: between 0 and 1, to
/// the last bits.
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
fn bisect(below: impl Fn(f64) -> bool) -> f64 {
    // First the binary exponent, so that a root near 0 has as many digits.
    let mut high = 1.0;
    while high > 1e-30 && !below(high / 2.0) {
        high /= 2.0;
    }
    let mut low = high / 2.0;
    for _ in 0..54 {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}
