//! Limits to what one member can gain or lose.

use ethnum::U256;
use fairness::{Stake, position, sort_positions};
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::PoolError;
use crate::divide::parts;
use crate::stake::cents;

/// Caps, each of them optional. What a cap takes from a member goes to the
/// others by their weights, as far as theirs allow, and what nobody can take is
/// carried to the next period: see docs/decisions/caps.md.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Caps {
    /// The most of the pot that one member gets, in millionths of the pot.
    #[cfg_attr(feature = "schema", schemars(range(max = 1_000_000), example = 10_000))]
    pub max_share_ppm: Option<u32>,
    /// The most that a member's credit is, in millionths of the member's stake.
    #[cfg_attr(
        feature = "schema",
        schemars(range(max = 9_007_199_254_740_991_u64), example = 500_000)
    )]
    pub max_gain_ppm: Option<u64>,
    /// The most of a balance that stands at risk, in cents. The rest belongs to
    /// the estate and counts for no rule.
    #[cfg_attr(feature = "schema", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub max_stake_cents: Option<u64>,
}

const MILLION: u128 = 1_000_000;

impl Caps {
    /// No caps.
    pub const NONE: Self = Self {
        max_share_ppm: None,
        max_gain_ppm: None,
        max_stake_cents: None,
    };

    /// The most cents that each can be credited with, rounded down; nothing if
    /// credits are not capped.
    pub(crate) fn limits(&self, pot: Cents, stakes: &[Stake]) -> Option<Vec<u64>> {
        if self.max_share_ppm.is_none() && self.max_gain_ppm.is_none() {
            return None;
        }
        let pot = pot.get().unsigned_abs();
        let part = |amount: u64, ppm: u64| {
            let limit = u128::from(amount) * u128::from(ppm) / MILLION;
            u64::try_from(limit).unwrap_or(u64::MAX).min(pot)
        };
        let of_pot = self.max_share_ppm.map_or(pot, |ppm| part(pot, ppm.into()));
        let limit = |stake: &Stake| {
            let of_stake = self.max_gain_ppm.map_or(pot, |ppm| part(stake.cents, ppm));
            of_stake.min(of_pot)
        };
        Some(stakes.iter().map(limit).collect())
    }
}

/// Shares `pot` by weights so that nobody gets more than their limit, and says
/// what nobody could take.
///
/// Water filling: who reaches the limit first, with the smallest limit for their
/// weight, is served first; the rest share what is left by their weights.
/// Exact: of the members below their limit, each is within one cent of the share
/// in what is left.
pub(crate) fn within_caps(
    pot: Cents,
    mut weights: Vec<U256>,
    limits: &[u64],
) -> Result<(Vec<Cents>, Cents), PoolError> {
    let mut order: Vec<u32> = (0..).take(weights.len()).collect();
    order.retain(|i| weights[position(*i)] > U256::ZERO);
    // limit/weight without a division: 53 bits and at most 203.
    let product = |a: &u32, b: &u32| U256::from(limits[position(*a)]) * weights[position(*b)];
    sort_positions(&mut order, &|a, b| {
        product(a, b).cmp(&product(b, a)).then(a.cmp(b))
    });

    let mut weight_sum: U256 = weights.iter().fold(U256::ZERO, |sum, w| sum + *w);
    let mut left = pot.get().unsigned_abs();
    let mut full = 0;
    for i in order.iter().map(|i| position(*i)) {
        if U256::from(limits[i]) * weight_sum >= U256::from(left) * weights[i] {
            break;
        }
        left -= limits[i];
        weight_sum -= weights[i];
        full += 1;
    }
    order.truncate(full);
    for i in &order {
        weights[position(*i)] = U256::ZERO;
    }
    let (mut credits, carried_out) = if weight_sum == U256::ZERO {
        (vec![Cents::ZERO; weights.len()], cents(left))
    } else {
        (parts(cents(left), &weights)?, Cents::ZERO)
    };
    for i in order.iter().map(|i| position(*i)) {
        credits[i] = cents(limits[i]);
    }
    Ok((credits, carried_out))
}
