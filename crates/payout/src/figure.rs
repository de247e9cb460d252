//! The way out: a float becomes a decimal or an amount in cents.

use std::fmt;

use money::Cents;
use serde::{Serialize, Serializer};

use crate::PayoutError;

/// A rounded result, as decimal text with all its places: `14.9395748849`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Figure {
    mantissa: i128,
    places: u32,
}

impl Figure {
    /// `x` rounded half to even to `places` decimals (at most 15).
    ///
    /// # Errors
    /// [`PayoutError::OutOfRange`] if it is not finite or above 10^30.
    pub fn of(x: f64, places: u32) -> Result<Self, PayoutError> {
        let places = places.min(15);
        Ok(Self {
            mantissa: rounded(x, places)?,
            places,
        })
    }

    /// The value in multiples of 10^−[`Self::places`].
    #[must_use]
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// How many decimals it has.
    #[must_use]
    pub const fn places(self) -> u32 {
        self.places
    }
}

/// `amount_cents` rounded half to even.
///
/// # Errors
/// [`PayoutError::OutOfRange`].
pub fn cents(amount_cents: f64) -> Result<Cents, PayoutError> {
    i64::try_from(rounded(amount_cents, 0)?)
        .ok()
        .and_then(|cents| Cents::new(cents).ok())
        .ok_or(PayoutError::OutOfRange)
}

/// The one rounding of this crate: half to even, in multiples of 10^−`places`.
#[allow(clippy::float_arithmetic, reason = "the end of an actuarial function")]
fn rounded(x: f64, places: u32) -> Result<i128, PayoutError> {
    let scaled = libm::rint(x * 10_u64.pow(places) as f64);
    if scaled.is_finite() && (-1e30..=1e30).contains(&scaled) {
        Ok(scaled as i128)
    } else {
        Err(PayoutError::OutOfRange)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.places as usize;
        let digits = format!(
            "{:0width$}",
            self.mantissa.unsigned_abs(),
            width = places + 1
        );
        let (whole, decimals) = digits.split_at(digits.len() - places);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let point = if places > 0 { "." } else { "" };
        f.pad(&format!("{sign}{whole}{point}{decimals}"))
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Figure {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Figure".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
            "description": "A rounded result, as decimal text.",
            "examples": ["14.9395748849"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_all_its_places() {
        for (x, places, text) in [
            (0.0, 0, "0"),
            (0.0, 4, "0.0000"),
            (-0.125, 2, "-0.12"),
            (0.375, 2, "0.38"),
            (14.939_574_884_9, 10, "14.9395748849"),
            (-1234.5, 0, "-1234"),
        ] {
            let figure = Figure::of(x, places).expect("finite");
            assert_eq!(figure.to_string(), text);
        }
        for x in [f64::NAN, f64::INFINITY, 1e31] {
            assert_eq!(Figure::of(x, 0), Err(PayoutError::OutOfRange));
        }
    }

    #[test]
    fn cents_end_at_their_range() {
        assert_eq!(cents(0.5), Ok(Cents::ZERO));
        assert_eq!(cents(9_007_199_254_740_991.0), Ok(Cents::MAX));
        assert_eq!(cents(9_007_199_254_740_992.0), Err(PayoutError::OutOfRange));
        assert_eq!(cents(f64::NAN), Err(PayoutError::OutOfRange));
    }
}
