//! Nominal gain with group gain.

use ethnum::U256;
use money::{ApportionError, Cents, apportion};

use crate::{GroupGain, MAX_PARTICIPANTS, Outcome, Participant, PoolError, Sharing};

/// Shares the balances of the dead, and the pot carried from the last period,
/// among the survivors by nominal gain w = q/(1−q) · s.
///
/// The order of `participants` has no influence on anybody's credit. A rate of
/// (nearly) 1 enters the odds as [`mortality::Probability::ODDS_CAP`].
///
/// Ex ante fair in the limit of a large pool; in a finite pool the relative bias
/// of member i is about −σ_i + Σσ² with σ the shares (Winter & Planchet 2022,
/// section 4).
///
/// # Errors
/// See [`PoolError`].
pub fn nominal_gain<I: Ord>(
    participants: &[Participant<I>],
    carried_in: Cents,
) -> Result<Sharing, PoolError> {
    let order = checked_order(participants)?;
    let everyone_died = participants.iter().all(|p| p.died);
    let released = participants
        .iter()
        .filter(|p| p.died && !everyone_died)
        .map(|p| p.at_risk);
    let pot = Cents::total(released.chain([carried_in])).map_err(|_| PoolError::PotOutOfRange)?;

    let weights: Vec<U256> = order.iter().map(|i| weight(&participants[*i])).collect();
    let weight_sum: U256 = weights.iter().fold(U256::ZERO, |sum, w| sum + *w);
    let with_weight = weights.iter().filter(|w| **w > U256::ZERO).count();

    let outcome = match (everyone_died, with_weight) {
        (true, _) => Outcome::EveryoneDied,
        (false, _) if pot == Cents::ZERO => Outcome::NothingToShare,
        (false, 0) => Outcome::NoWeight,
        (false, 1) => Outcome::SoleSurvivor,
        (false, _) => Outcome::Shared,
    };
    let shared = matches!(outcome, Outcome::Shared | Outcome::SoleSurvivor);
    let mut credits = vec![Cents::ZERO; participants.len()];
    if shared {
        let parts = apportion(pot, &weights).map_err(|error| match error {
            ApportionError::NegativeTotal => PoolError::PotOutOfRange,
            ApportionError::NoWeight | ApportionError::WeightsTooLarge => {
                unreachable!("there is weight, and {MAX_PARTICIPANTS} weights of 176 bits fit")
            }
        })?;
        for (i, part) in order.iter().zip(parts) {
            credits[*i] = part;
        }
    }
    Ok(Sharing {
        outcome,
        pot,
        credits,
        carried_out: if shared { Cents::ZERO } else { pot },
        group_gain: if shared {
            GroupGain::of(pot, weight_sum)
        } else {
            GroupGain::default()
        },
    })
}

/// Nominal gain in cents · 10^−28; nothing for the dead.
fn weight<I>(participant: &Participant<I>) -> U256 {
    if participant.died {
        return U256::ZERO;
    }
    // 123 bits of odds and 53 of balance.
    U256::from(participant.q.odds()) * U256::from(participant.at_risk.get().unsigned_abs())
}

/// The positions of the participants in the order of their ids.
fn checked_order<I: Ord>(participants: &[Participant<I>]) -> Result<Vec<usize>, PoolError> {
    match participants.len() {
        0 => return Err(PoolError::Empty),
        n if n > MAX_PARTICIPANTS => return Err(PoolError::TooMany),
        _ => {}
    }
    if let Some(index) = participants.iter().position(|p| p.at_risk.is_negative()) {
        return Err(PoolError::NegativeBalance { index });
    }
    let mut order: Vec<usize> = (0..participants.len()).collect();
    order.sort_unstable_by(|a, b| (&participants[*a].id, a).cmp(&(&participants[*b].id, b)));
    let twice = order
        .windows(2)
        .find(|pair| participants[pair[0]].id == participants[pair[1]].id);
    match twice {
        Some(pair) => Err(PoolError::DuplicateMember { index: pair[1] }),
        None => Ok(order),
    }
}
