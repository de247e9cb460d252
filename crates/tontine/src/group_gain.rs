//! The group gain Γ.

use std::fmt;

use ethnum::U256;
use money::Cents;

/// The pot over the sum of the survivors' weights: 1 if as much was released by
/// deaths as the rates foresaw. An integer multiple of 10^−12, rounded down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupGain(U256);

const DECIMALS: u32 = 12;

impl GroupGain {
    /// `pot` over `weight_sum`, where weights are cents times odds of 28 decimals.
    /// Zero if there is no weight.
    pub(crate) fn of(pot: Cents, weight_sum: U256) -> Self {
        if weight_sum == U256::ZERO {
            return Self::default();
        }
        // 53 bits for the pot, 133 for 10^40.
        let scale = U256::from(10_u128.pow(28)) * U256::from(10_u128.pow(DECIMALS));
        Self(U256::from(pot.get().unsigned_abs()) * scale / weight_sum)
    }
}

/// Decimal text with twelve decimals: `2.564373808032`.
impl fmt::Display for GroupGain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = U256::from(10_u128.pow(DECIMALS));
        f.pad(&format!("{}.{:012}", self.0 / one, self.0 % one))
    }
}
