//! A yearly rate as a basis keeps it: up to and including certainty.

use ethnum::U256;

use crate::Probability;
use crate::probability::ONE;

/// A probability in [0, 1] as an integer multiple of 10^−28. Certainty is kept
/// apart from a large probability, so that a life ends where a table is closed;
/// only on the way out does it become [`Probability::ODDS_CAP`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rate(u128);

impl Rate {
    /// Nobody outlives the year.
    pub(crate) const CERTAIN: Self = Self(ONE);

    /// `scaled` multiples of 10^−28, at most certainty.
    pub(crate) fn from_scaled(scaled: u128) -> Self {
        Self(scaled.min(ONE))
    }

    /// A rate of a shipped table.
    pub(crate) fn from_eight_decimals(rate: u32) -> Self {
        Self::from_scaled(u128::from(rate) * 10_u128.pow(20))
    }

    /// In multiples of 10^−28, at most 10^28.
    pub(crate) const fn scaled(self) -> u128 {
        self.0
    }

    /// As a probability, capped below 1.
    pub(crate) fn probability(self) -> Probability {
        Probability::from_ratio(self.0, ONE)
    }

    /// This rate times `factor`, which is a multiple of 10^−28 below 10^38.
    /// Certainty stays certain: it closes a table and is not an observation.
    pub(crate) fn times(self, factor: u128) -> Self {
        if self == Self::CERTAIN {
            return self;
        }
        let product = U256::from(self.0) * U256::from(factor) / U256::from(ONE);
        Self::from_scaled(product.min(U256::from(ONE)).as_u128())
    }
}

impl From<Probability> for Rate {
    fn from(q: Probability) -> Self {
        Self(q.scaled())
    }
}
