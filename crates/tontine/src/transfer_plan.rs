//! The separable fair transfer plan.
//!
//! Sabin, "Fair Tontine Annuity", SSRN 1579932 (2010): when j dies, i gets the
//! part α_ij of j's stake, and the plan is fair if what each expects to get is
//! what each expects to forfeit, b = q·s. With α_ij = w_i/(1−w_j) it is, if
//! w_i(1−w_i) = b_i·z for one z and Σw = 1. That exists while no b exceeds the
//! sum of the others.
//!
//! How several deaths in one period are treated is decided in
//! docs/decisions/several-deaths-in-a-transfer-plan.md.

use ethnum::U256;
use money::Cents;

use crate::fixed_point::fixed_point;
use crate::stake::{ONE, Stake};

/// The weights of a plan; everybody alive at the start has one.
#[derive(Clone, Debug)]
pub(crate) struct TransferPlan {
    /// w_i.
    weights: Vec<f64>,
    /// The position of the member with more than half of the weight, if there
    /// is one, and α_i of that member's stake for everybody.
    dominant: Option<(usize, Vec<f64>)>,
}

/// Bits of a weight after the binary point: 28 decimals.
const WEIGHT_BITS: u32 = 93;
/// Bits of a stake after the binary point of a cent.
const STAKE_BITS: u32 = 54;

/// The member who expects to forfeit more than all others together, and the most
/// that they could stake.
pub(crate) fn too_large(stakes: &[Stake]) -> Option<(usize, u64)> {
    let b: Vec<U256> = stakes.iter().map(Stake::expected_forfeiture).collect();
    let largest = (0..b.len()).max_by_key(|i| b[*i])?;
    let all = b.iter().fold(U256::ZERO, |sum, b| sum + *b);
    let others = all - b[largest];
    if b[largest] <= others {
        return None;
    }
    // Its b is not zero, so neither is its rate. The quotient is below the stake.
    let most = others / U256::from(stakes[largest].q.scaled());
    Some((largest, most.as_u64()))
}

impl TransferPlan {
    /// Solves for the plan. For stakes of which none is [`too_large`].
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

    /// The weights by which a period's pot is shared: what each gets of the
    /// stakes of all others who died, and of the carried pot by the plan's own
    /// weights. At most 202 bits, and so has the sum.
    pub fn weights(&self, stakes: &[Stake], carried_in: Cents) -> Vec<U256> {
        let weight = |i: usize| fixed_point(self.weights[i], WEIGHT_BITS);
        let is_dominant = |i: usize| matches!(&self.dominant, Some((at, _)) if *at == i);
        // s_j/(1−w_j) of a dead member; at most twice the stake, because only a
        // dominant member has more than half of the weight.
        let per_weight = |i: usize| {
            if !stakes[i].died || is_dominant(i) {
                return U256::ZERO;
            }
            let others = (U256::ONE << WEIGHT_BITS) - weight(i);
            (U256::from(stakes[i].cents) << (WEIGHT_BITS + STAKE_BITS)) / others
        };
        let carried = U256::from(carried_in.get().unsigned_abs()) << STAKE_BITS;
        let all = (0..stakes.len()).fold(carried, |sum, i| sum + per_weight(i));
        let mut weights: Vec<U256> = (0..stakes.len())
            .map(|i| weight(i) * (all - per_weight(i)))
            .collect();
        if let Some((at, parts)) = &self.dominant
            && stakes[*at].died
        {
            let stake = U256::from(stakes[*at].cents) << STAKE_BITS;
            for (weight, part) in weights.iter_mut().zip(parts) {
                *weight += fixed_point(*part, WEIGHT_BITS) * stake;
            }
        }
        weights
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
