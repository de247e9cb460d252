//! Two funds whose prices walk.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

/// The funds' ISINs; no such securities exist.
pub(crate) const FUNDS: [&str; 2] = ["IE00RETIRE01", "LU00RETIRE02"];

/// Prices in cents per share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Market {
    pub price_cents: [i64; 2],
}

impl Market {
    pub(crate) const fn start() -> Self {
        Self {
            price_cents: [10_000, 5_000],
        }
    }

    /// A month later: shares between −5 % and +6 %, bonds between −1 % and +1.2 %.
    pub(crate) fn month_later(self, rng: &mut ChaCha8Rng) -> Self {
        let moved = |price: i64, permille: i64| price + price * permille / 1000;
        Self {
            price_cents: [
                moved(self.price_cents[0], rng.random_range(-50..=60)),
                moved(self.price_cents[1], rng.random_range(-10..=12)),
            ],
        }
    }

    /// The value of `units` (10^−9 shares) of a fund, rounded half to even.
    pub(crate) fn value_cents(self, fund: usize, units: i64) -> i64 {
        let exact = i128::from(units) * i128::from(self.price_cents[fund]);
        let scale = 1_000_000_000_i128;
        let (whole, rest) = (exact.div_euclid(scale), exact.rem_euclid(scale));
        let up = rest * 2 > scale || (rest * 2 == scale && whole % 2 == 1);
        i64::try_from(whole + i128::from(up)).unwrap_or(i64::MAX)
    }

    /// How many units `cents` buy, rounded down to a millionth of a share.
    pub(crate) fn units_for(self, fund: usize, cents: i64) -> i64 {
        let millionths = i128::from(cents) * 1_000_000 / i128::from(self.price_cents[fund]);
        i64::try_from(millionths * 1_000).unwrap_or(i64::MAX)
    }
}
