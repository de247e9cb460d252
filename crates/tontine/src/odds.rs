//! Nominal gains, with the odds of each rate computed once.

use ethnum::U256;
use fairness::{Stake, position};
use mortality::Probability;

/// The odds of the rates seen last. A pool has far fewer rates than members, and
/// the division of 256 bits for each member would be most of the work.
struct Odds {
    seen: Vec<(Probability, u128)>,
    shift: u32,
}

impl Odds {
    /// For so many members: as many places, 4,096 at most.
    fn new(members: usize) -> Self {
        let bits = (members.max(1).ilog2() + 1).min(12);
        Self {
            seen: vec![(Probability::ZERO, 0); 1 << bits],
            shift: u64::BITS - bits,
        }
    }

    /// [`Probability::odds`].
    fn of(&mut self, q: Probability) -> u128 {
        let scaled = q.scaled();
        // Multiplicative hashing (Knuth, volume 3, section 6.4) of both words.
        let words = (scaled as u64) ^ ((scaled >> 64) as u64).rotate_left(32);
        let hash = words.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        let place = &mut self.seen[position(hash as u32)];
        if place.0 != q {
            *place = (q, q.odds());
        }
        place.1
    }
}

/// Nominal gain q/(1−q)·s of those who live, in cents · 10^−28, 123 bits of odds
/// and 53 of cents; nothing for the dead.
pub(crate) fn survivors_nominal_gains(stakes: &[Stake]) -> Vec<U256> {
    let mut odds = Odds::new(stakes.len());
    let weight = |stake: &Stake| match stake.died {
        true => U256::ZERO,
        false => U256::from(odds.of(stake.q)) * U256::from(stake.cents),
    };
    stakes.iter().map(weight).collect()
}
