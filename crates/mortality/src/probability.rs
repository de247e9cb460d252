//! A probability of dying, exact to 28 decimals.

use std::fmt;
use std::str::FromStr;

use ethnum::U256;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A probability in [0, 1) as an integer multiple of 10^−28, the resolution that
/// keeps a share of a pot of 10^15 cents exact far below a cent.
///
/// As text and in JSON: a decimal string such as `"0.01543007"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Probability(u128);

/// The text is not a decimal number in [0, 1) with at most 28 decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a probability: a decimal number from 0 to below 1 with at most 28 decimals")]
pub struct InvalidProbability;

/// Decimals of a probability and of odds.
const SCALE: u32 = 28;
/// One, in multiples of 10^−28.
pub(crate) const ONE: u128 = 10_u128.pow(SCALE);

impl Probability {
    /// Never.
    pub const ZERO: Self = Self(0);
    /// The largest probability that enters odds, 1 − 10^−9: a certain death has
    /// no finite odds, so a table's end is capped here.
    pub const ODDS_CAP: Self = Self(ONE - 10_u128.pow(SCALE - 9));

    /// The fraction `numerator / denominator`, rounded down to 28 decimals.
    ///
    /// Both may have up to 128 bits. A fraction of 1 or more becomes
    /// [`Probability::ODDS_CAP`], as a table's end does.
    ///
    /// # Panics
    /// If the denominator is zero: no caller has one.
    #[must_use]
    pub fn from_ratio(numerator: u128, denominator: u128) -> Self {
        assert!(denominator > 0, "a probability needs a denominator");
        if numerator >= denominator {
            return Self::ODDS_CAP;
        }
        let scaled = U256::from(numerator) * U256::from(ONE) / U256::from(denominator);
        Self(scaled.as_u128())
    }

    /// The one conversion of a float: the exact binary value of `x` in [0, 1),
    /// rounded down to 28 decimals. Values outside the range go to its nearer
    /// end, NaN to zero.
    #[must_use]
    pub fn from_float(x: f64) -> Self {
        if x.is_nan() || x <= 0.0 {
            return Self::ZERO;
        }
        if x >= 1.0 {
            return Self::ODDS_CAP;
        }
        // x = mantissa · 2^-shift with 53 bits of mantissa, IEEE 754.
        let bits = x.to_bits();
        let exponent = u32::try_from(bits >> 52).unwrap_or(0);
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, shift) = match exponent {
            0 => (fraction, 1074),
            e => (fraction | (1 << 52), 1075 - e),
        };
        if shift > 200 {
            return Self::ZERO;
        }
        Self(((U256::from(mantissa) * U256::from(ONE)) >> shift).as_u128())
    }

    /// The nearest float, for actuarial functions only.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "an actuarial function's input")]
    pub fn to_float(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// The value in multiples of 10^−28.
    #[must_use]
    pub const fn scaled(self) -> u128 {
        self.0
    }

    /// The probability of dying in this period or, having survived it, in the next
    /// with the probability `next`: 1 − (1−p)(1−q), rounded up to 28 decimals.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let alive = U256::from(ONE - self.0) * U256::from(ONE - next.0) / U256::from(ONE);
        Self((ONE - alive.as_u128()).min(ONE - 1))
    }

    /// The odds q/(1 − q) in multiples of 10^−28, rounded down; at most 10^37,
    /// because q is capped at [`Probability::ODDS_CAP`].
    #[must_use]
    pub fn odds(self) -> u128 {
        let q = self.min(Self::ODDS_CAP).0;
        (U256::from(q) * U256::from(ONE) / U256::from(ONE - q)).as_u128()
    }
}

impl FromStr for Probability {
    type Err = InvalidProbability;

    fn from_str(text: &str) -> Result<Self, InvalidProbability> {
        let plain = text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_digit())
            && text.ends_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let value = plain
            .then(|| Decimal::from_str_exact(text).ok())
            .flatten()
            .filter(|value| *value < Decimal::ONE)
            .ok_or(InvalidProbability)?;
        let mantissa = u128::try_from(value.mantissa()).map_err(|_| InvalidProbability)?;
        Ok(Self(mantissa * 10_u128.pow(SCALE - value.scale())))
    }
}

/// The shortest decimal text: `0.01543007`.
impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:028}", self.0);
        let digits = digits.trim_end_matches('0');
        f.pad(&match digits {
            "" => "0".to_owned(),
            _ => format!("0.{digits}"),
        })
    }
}

impl TryFrom<String> for Probability {
    type Error = InvalidProbability;
    fn try_from(text: String) -> Result<Self, InvalidProbability> {
        text.parse()
    }
}

impl From<Probability> for String {
    fn from(q: Probability) -> Self {
        q.to_string()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Probability {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Probability".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^(0|0\.[0-9]{1,28})$",
            "description": "A probability from 0 to below 1, as decimal text.",
            "examples": ["0.01543007"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn q(text: &str) -> Probability {
        text.parse().expect("a probability")
    }

    #[test]
    fn text_is_exact_or_refused() {
        for text in ["0", "0.5", "0.01543007", "0.0000000000000000000000000001"] {
            assert_eq!(q(text).to_string(), text);
        }
        assert_eq!(q("0.500").to_string(), "0.5");
        for bad in [
            "1",
            "1.0",
            "-0.1",
            "",
            ".5",
            "0.",
            "NaN",
            "inf",
            "1e-3",
            "0,5",
            " 0.5",
            "2",
            "0.00000000000000000000000000001",
        ] {
            assert_eq!(bad.parse::<Probability>(), Err(InvalidProbability), "{bad}");
        }
    }

    #[test]
    fn odds_of_a_tenth_are_a_ninth() {
        assert_eq!(q("0.1").odds(), ONE / 9);
        assert_eq!(q("0.5").odds(), ONE);
        assert_eq!(Probability::ZERO.odds(), 0);
    }

    #[test]
    fn a_certain_death_is_capped() {
        assert_eq!(Probability::from_ratio(7, 7), Probability::ODDS_CAP);
        assert_eq!(Probability::ODDS_CAP.odds(), 999_999_999 * ONE);
        assert_eq!(q("0.9999999999").odds(), Probability::ODDS_CAP.odds());
    }

    #[test]
    fn a_float_becomes_its_exact_binary_value() {
        assert_eq!(Probability::from_float(0.5), q("0.5"));
        assert_eq!(
            Probability::from_float(0.1),
            q("0.1000000000000000055511151231")
        );
        assert_eq!(
            Probability::from_float(f64::MIN_POSITIVE),
            Probability::ZERO
        );
        assert_eq!(Probability::from_float(-0.1), Probability::ZERO);
        assert_eq!(Probability::from_float(f64::NAN), Probability::ZERO);
        assert_eq!(Probability::from_float(1.0), Probability::ODDS_CAP);
    }

    #[test]
    fn one_period_then_the_next() {
        assert_eq!(q("0.1").then(q("0.2")), q("0.28"));
        assert_eq!(q("0.1").then(Probability::ZERO), q("0.1"));
        let surely = Probability(ONE - 1);
        assert_eq!(surely.then(surely), surely);
    }

    proptest! {
        #[test]
        fn text_and_back(scaled in 0..ONE) {
            let original = Probability(scaled);
            prop_assert_eq!(q(&original.to_string()), original);
        }

        #[test]
        fn higher_probability_never_has_lower_odds(a in 0..ONE, b in 0..ONE) {
            prop_assert!(a > b || Probability(a).odds() <= Probability(b).odds());
        }
    }
}
