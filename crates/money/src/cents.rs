//! [`Cents`]: a signed amount in the minor unit of its currency.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// A signed amount of money in minor units (1/100 of a euro).
///
/// The magnitude is at most 2^53 − 1: every amount survives a JSON reader that
/// knows only doubles, and the product of an amount and a weight fits 256 bits
/// (see [`crate::apportion`]). 90 trillion euro are enough for a pension pool.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "i64", into = "i64")]
pub struct Cents(i64);

/// The amount is beyond ±(2^53 − 1) cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the amount is beyond ±9007199254740991 cents")]
pub struct OutOfRange;

impl Cents {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount, 2^53 − 1 cents.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// An amount of `cents`.
    ///
    /// # Errors
    /// [`OutOfRange`] beyond ±(2^53 − 1).
    pub const fn new(cents: i64) -> Result<Self, OutOfRange> {
        if cents.unsigned_abs() <= Self::MAX.0.unsigned_abs() {
            Ok(Self(cents))
        } else {
            Err(OutOfRange)
        }
    }

    /// The number of cents.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether this is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub const fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        // Two amounts of 53 bits cannot overflow 64.
        Self::new(self.0 + other.0)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub const fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        Self::new(self.0 - other.0)
    }

    /// The sum of many amounts.
    ///
    /// # Errors
    /// [`OutOfRange`] if the total, not a partial sum, is out of range.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, OutOfRange> {
        let wide: i128 = amounts.into_iter().map(|c| i128::from(c.0)).sum();
        i64::try_from(wide)
            .map_err(|_| OutOfRange)
            .and_then(Self::new)
    }
}

impl TryFrom<i64> for Cents {
    type Error = OutOfRange;
    fn try_from(cents: i64) -> Result<Self, OutOfRange> {
        Self::new(cents)
    }
}

impl From<Cents> for i64 {
    fn from(amount: Cents) -> Self {
        amount.0
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Cents {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cents".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "minimum": -Self::MAX.0,
            "maximum": Self::MAX.0,
            "description": "An amount in minor units: 1234 is 12.34 euro.",
            "examples": [1234],
        })
    }
}

/// `-1234` cents are shown as `-12.34`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, abs) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        f.pad(&format!("{sign}{}.{:02}", abs / 100, abs % 100))
    }
}

/// A sum of wide integers, for totals that may exceed one amount's range.
impl Sum<Cents> for i128 {
    fn sum<I: Iterator<Item = Cents>>(iter: I) -> Self {
        iter.map(|c| Self::from(c.0)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_ends_at_two_to_the_53() {
        assert_eq!(Cents::new(9_007_199_254_740_991), Ok(Cents::MAX));
        assert_eq!(Cents::new(9_007_199_254_740_992), Err(OutOfRange));
        assert_eq!(Cents::new(i64::MIN), Err(OutOfRange));
        assert_eq!(Cents::MAX.plus(Cents(1)), Err(OutOfRange));
        assert_eq!(
            Cents(-9_007_199_254_740_991).minus(Cents(1)),
            Err(OutOfRange)
        );
    }

    #[test]
    fn a_total_may_pass_through_values_out_of_range() {
        let amounts = [Cents::MAX, Cents::MAX, Cents(-Cents::MAX.0)];
        assert_eq!(Cents::total(amounts), Ok(Cents::MAX));
        assert_eq!(Cents::total([Cents::MAX, Cents(1)]), Err(OutOfRange));
    }

    #[test]
    fn json_is_an_integer_within_the_range() {
        assert_eq!(serde_json::from_str::<Cents>("-5").ok(), Some(Cents(-5)));
        for bad in ["1.5", "\"5\"", "9007199254740992", "1e3", "null"] {
            assert!(serde_json::from_str::<Cents>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn display_has_two_decimals() {
        assert_eq!(Cents(-1).to_string(), "-0.01");
        assert_eq!(Cents(123_456).to_string(), "1234.56");
        assert_eq!(format!("{:>8}", Cents(5)), "    0.05");
    }
}
