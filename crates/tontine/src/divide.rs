//! From weights to credits: the part that all rules have in common.

use ethnum::U256;
use fairness::Stake;
use money::{ApportionError, Cents, apportion};

use crate::caps::{Caps, within_caps};
use crate::stake::Division;
use crate::{GroupGain, MAX_PARTICIPANTS, Outcome, PoolError};

/// Who is paid by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paid {
    /// Who is alive at the end of the period.
    Survivors,
    /// Who was alive at its start; the estates of those who died.
    Everybody,
}

/// The amount to share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pot {
    pub amount: Cents,
    /// Whether the stakes of the dead are in it.
    pub forfeited: bool,
}

impl Pot {
    /// The stakes of the dead and what was carried in. If nobody is there to be
    /// paid, the stakes stay with the estates.
    pub fn of(stakes: &[Stake], paid: Paid, carried_in: Cents) -> Result<Self, PoolError> {
        if carried_in.is_negative() {
            return Err(PoolError::PotOutOfRange);
        }
        let forfeited = paid == Paid::Everybody || stakes.iter().any(|stake| !stake.died);
        let released: u128 = stakes
            .iter()
            .filter(|stake| stake.died && forfeited)
            .map(|stake| u128::from(stake.cents))
            .sum();
        i64::try_from(released)
            .ok()
            .and_then(|cents| Cents::new(cents).ok())
            .and_then(|released| released.plus(carried_in).ok())
            .map(|amount| Self { amount, forfeited })
            .ok_or(PoolError::PotOutOfRange)
    }
}

/// Shares a pot by weights. Who is not to be paid has none.
///
/// `foreseen` is the amount, in cents · 10^−28, over which the pot is the group
/// gain.
pub(crate) fn divide(
    pot: Pot,
    stakes: &[Stake],
    weights: Vec<U256>,
    foreseen: U256,
    caps: &Caps,
) -> Result<Division, PoolError> {
    let with_weight = weights.iter().filter(|w| **w > U256::ZERO).count();
    let outcome = match with_weight {
        _ if !pot.forfeited => Outcome::EveryoneDied,
        _ if pot.amount == Cents::ZERO => Outcome::NothingToShare,
        0 => Outcome::NoWeight,
        1 => Outcome::SoleSurvivor,
        _ => Outcome::Shared,
    };
    if !matches!(outcome, Outcome::Shared | Outcome::SoleSurvivor) {
        return Ok(Division {
            outcome,
            pot: pot.amount,
            credits: vec![Cents::ZERO; stakes.len()],
            cut: Vec::new(),
            carried_out: pot.amount,
            group_gain: GroupGain::default(),
            forfeited: pot.forfeited,
        });
    }
    let uncapped = parts(pot.amount, &weights)?;
    let (credits, cut, carried_out) = match caps.limits(pot.amount, stakes) {
        None => (uncapped, Vec::new(), Cents::ZERO),
        Some(limits) => {
            let (credits, left) = within_caps(pot.amount, weights, &limits)?;
            let cut = uncapped.iter().zip(&credits);
            let cut = cut.map(|(without, with)| without.minus(*with).unwrap_or_default());
            let cut = cut.map(|cut| cut.max(Cents::ZERO)).collect();
            (credits, cut, left)
        }
    };
    Ok(Division {
        outcome,
        pot: pot.amount,
        credits,
        cut,
        carried_out,
        group_gain: GroupGain::of(pot.amount, foreseen),
        forfeited: pot.forfeited,
    })
}

/// [`apportion`] where there is weight.
pub(crate) fn parts(total: Cents, weights: &[U256]) -> Result<Vec<Cents>, PoolError> {
    apportion(total, weights).map_err(|error| match error {
        ApportionError::NegativeTotal => PoolError::PotOutOfRange,
        ApportionError::NoWeight | ApportionError::WeightsTooLarge => {
            unreachable!("there is weight, and {MAX_PARTICIPANTS} weights fit in 203 bits")
        }
    })
}
