//! What a member stands at risk with.

use std::cmp::Ordering;

use ethnum::U256;
use mortality::Probability;

/// What a member stands at risk with. Its place in a list names the member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stake {
    /// The probability of dying in the period.
    pub q: Probability,
    /// The part of the balance that is at risk, in cents; 53 bits.
    pub cents: u64,
    /// Whether the member died in the period; no figure of fairness depends on it.
    pub died: bool,
}

/// 10^28, the one of [`Probability::scaled`] and of the odds.
pub const ONE: u128 = 10_u128.pow(28);

impl Stake {
    /// What the member expects to forfeit, b = q·s, in cents · 10^−28: at most
    /// 147 bits.
    #[must_use]
    pub fn expected_forfeiture(&self) -> U256 {
        U256::from(self.q.scaled()) * U256::from(self.cents)
    }
}

/// A position that was counted in 32 bits, which every target has.
#[must_use]
pub const fn position(index: u32) -> usize {
    index as usize
}

/// Sorts positions. The order is called and not inlined, so that the code of the
/// sort is in a component once.
#[inline(never)]
pub fn sort_positions(positions: &mut [u32], order: &dyn Fn(&u32, &u32) -> Ordering) {
    positions.sort_unstable_by(order);
}
