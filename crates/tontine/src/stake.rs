//! The participants as the rules see them: in the order of their ids, without
//! them.

use fairness::{Stake, position, sort_positions};
use money::Cents;

use crate::{MAX_PARTICIPANTS, Participant, PoolError, Sharing};

/// The participants' positions in the order of their ids.
pub(crate) type Order = Vec<u32>;

/// Checks a pool and orders it.
pub(crate) fn checked_order<I: Ord>(participants: &[Participant<I>]) -> Result<Order, PoolError> {
    let Some(count) = u32::try_from(participants.len())
        .ok()
        .filter(|_| participants.len() <= MAX_PARTICIPANTS)
    else {
        return Err(PoolError::TooMany);
    };
    if count == 0 {
        return Err(PoolError::Empty);
    }
    if let Some(index) = participants.iter().position(|p| p.at_risk.is_negative()) {
        return Err(PoolError::NegativeBalance { index });
    }
    let mut order: Order = (0..count).collect();
    // A pool from a database comes sorted: then there is nothing to do.
    if participants.is_sorted_by(|a, b| a.id < b.id) {
        return Ok(order);
    }
    let id = |i: &u32| &participants[position(*i)].id;
    sort_positions(&mut order, &|a, b| (id(a), a).cmp(&(id(b), b)));
    let twice = order.windows(2).find(|pair| id(&pair[0]) == id(&pair[1]));
    match twice {
        Some(pair) => Err(PoolError::DuplicateMember {
            index: position(pair[1]),
        }),
        None => Ok(order),
    }
}

/// The stakes in `order`, each at most `max_cents`.
pub(crate) fn stakes<I>(
    participants: &[Participant<I>],
    order: &Order,
    max_cents: u64,
) -> Vec<Stake> {
    let stake = |i: &u32| {
        let participant = &participants[position(*i)];
        Stake {
            q: participant.q,
            cents: participant.at_risk.get().unsigned_abs().min(max_cents),
            died: participant.died,
        }
    };
    order.iter().map(stake).collect()
}

/// An amount from the number of cents of a stake or of a part of a pot, which
/// have 53 bits.
pub(crate) fn cents(n: u64) -> Cents {
    i64::try_from(n)
        .ok()
        .and_then(|n| Cents::new(n).ok())
        .unwrap_or(Cents::MAX)
}

/// A pot divided, in the order of the ids.
pub(crate) struct Division {
    pub outcome: crate::Outcome,
    pub pot: Cents,
    pub credits: Vec<Cents>,
    pub cut: Vec<Cents>,
    pub carried_out: Cents,
    pub group_gain: crate::GroupGain,
    /// Whether the stakes of the dead went into the pot.
    pub forfeited: bool,
}

/// The division, in the order of the participants.
pub(crate) fn in_given_order<I>(
    participants: &[Participant<I>],
    order: &Order,
    stakes: &[Stake],
    division: &Division,
) -> Sharing {
    let nothing = vec![Cents::ZERO; participants.len()];
    let mut sharing = Sharing {
        outcome: division.outcome,
        pot: division.pot,
        credits: nothing.clone(),
        carried_out: division.carried_out,
        group_gain: division.group_gain,
        stakes: nothing.clone(),
        to_estates: nothing.clone(),
        cut: nothing,
    };
    for (at, (i, stake)) in order.iter().zip(stakes).enumerate() {
        let i = position(*i);
        sharing.credits[i] = division.credits[at];
        sharing.stakes[i] = cents(stake.cents);
        if stake.died {
            let kept = if division.forfeited { stake.cents } else { 0 };
            let balance = participants[i].at_risk.get().unsigned_abs();
            sharing.to_estates[i] = cents(balance - kept);
        }
        if let Some(cut) = division.cut.get(at) {
            sharing.cut[i] = *cut;
        }
    }
    sharing
}
