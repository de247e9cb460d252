//! The separable fair transfer plan in integers.
//!
//! How several deaths in one period are treated is decided in
//! docs/decisions/several-deaths-in-a-transfer-plan.md.

use ethnum::U256;
use fairness::{SeparablePlan, Stake};
use money::Cents;

use crate::fixed_point::fixed_point;

/// Bits of a weight after the binary point: 28 decimals.
const WEIGHT_BITS: u32 = 93;
/// Bits of a stake after the binary point of a cent.
const STAKE_BITS: u32 = 54;

/// The weights by which a period's pot is shared: what each gets of the
/// stakes of all others who died, and of the carried pot by the plan's own
/// weights. At most 202 bits, and so has the sum.
pub(crate) fn transfer_weights(
    plan: &SeparablePlan,
    stakes: &[Stake],
    carried_in: Cents,
) -> Vec<U256> {
    let weight = |i: usize| fixed_point(plan.weights[i], WEIGHT_BITS);
    let is_dominant = |i: usize| matches!(&plan.dominant, Some((at, _)) if *at == i);
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
    if let Some((at, parts)) = &plan.dominant
        && stakes[*at].died
    {
        let stake = U256::from(stakes[*at].cents) << STAKE_BITS;
        for (weight, part) in weights.iter_mut().zip(parts) {
            *weight += fixed_point(*part, WEIGHT_BITS) * stake;
        }
    }
    weights
}
