//! Nominal gain with group gain, and the rules that are made from it.

use ethnum::U256;
use fairness::ONE;
use money::Cents;

use crate::divide::{Paid, Pot, divide};
use crate::odds::survivors_nominal_gains;
use crate::stake::{checked_order, in_given_order, stakes};
use crate::{Caps, Participant, PoolError, Sharing};

/// Shares the balances of the dead, and the pot carried from the last period,
/// among the survivors by nominal gain w = q/(1−q) · s.
///
/// The order of `participants` has no influence on anybody's credit. A rate of
/// (nearly) 1 enters the odds as [`mortality::Probability::ODDS_CAP`].
///
/// Ex ante fair in the limit of a large pool; in a finite pool the relative bias
/// of member i is about −σ_i + Σσ² with σ the shares (Winter & Planchet 2022,
/// section 4). [`crate::Plan`] says how large it is, and knows the other rules.
///
/// # Errors
/// See [`PoolError`].
pub fn nominal_gain<I: Ord>(
    participants: &[Participant<I>],
    carried_in: Cents,
) -> Result<Sharing, PoolError> {
    let order = checked_order(participants)?;
    let stakes = stakes(participants, &order, u64::MAX);
    let pot = Pot::of(&stakes, Paid::Survivors, carried_in)?;
    let weights = survivors_nominal_gains(&stakes);
    let foreseen = sum(&weights);
    let division = divide(pot, &stakes, weights, foreseen, &Caps::NONE)?;
    Ok(in_given_order(participants, &order, &stakes, &division))
}

pub(crate) fn sum(weights: &[U256]) -> U256 {
    weights.iter().fold(U256::ZERO, |sum, w| sum + *w)
}

/// The finite-pool correction of survivors' weights: proportional to
/// y = σ(1 + σ − V) with σ = w/Σw and V = Σσ², so that Σy = 1.
///
/// The correction has 28 decimals; the result at most 202 bits, and so has its
/// sum.
pub(crate) fn corrected(mut weights: Vec<U256>) -> Vec<U256> {
    let one = U256::from(ONE);
    // 108 bits of weight and 94 of correction: what is cut off is below 2^-87 of
    // the largest weight.
    let excess = (U256::BITS - sum(&weights).leading_zeros()).saturating_sub(108);
    weights.iter_mut().for_each(|w| *w >>= excess);
    let weight_sum = sum(&weights);
    if weight_sum == U256::ZERO {
        return weights;
    }
    let share = |w: U256| w * one / weight_sum;
    let squares = weights.iter().map(|w| share(*w) * share(*w));
    let v = squares.fold(U256::ZERO, |sum, square| sum + square) / one;
    weights.iter_mut().for_each(|w| *w *= one + share(*w) - v);
    weights
}
