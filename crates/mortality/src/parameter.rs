//! A number that a person states: a rate of interest, a share, a law's constant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A decimal number with at most 15 significant digits and 15 decimals, so that
/// the nearest float is found by one division and is the same everywhere.
///
/// As text and in JSON: a decimal string such as `"88.72"` or `"-0.01"`. Equal
/// numbers are equal, however many zeros they were written with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Parameter {
    /// Without trailing zeros, unless it is 0.
    mantissa: i64,
    scale: u8,
}

/// The text is not a decimal number of at most 15 digits, or it is beyond the
/// limits of its use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 15 digits in the range that is allowed here")]
pub struct InvalidParameter;

/// Both a mantissa and a power of ten of this size are exact as floats.
const DIGITS: usize = 15;

impl Parameter {
    /// Nought.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };
    /// One.
    pub const ONE: Self = Self {
        mantissa: 1,
        scale: 0,
    };

    /// The nearest float.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "an actuarial function's input")]
    pub fn to_float(self) -> f64 {
        self.mantissa as f64 / 10_u64.pow(u32::from(self.scale)) as f64
    }

    /// The exact value in multiples of 10^−15, the finest that there is; below
    /// 10^30.
    #[must_use]
    pub fn scaled(self) -> i128 {
        i128::from(self.mantissa) * 10_i128.pow(15 - u32::from(self.scale))
    }

    /// Itself, if it lies from `low` to `high`, both included.
    ///
    /// # Errors
    /// [`InvalidParameter`].
    pub fn within(self, low: f64, high: f64) -> Result<Self, InvalidParameter> {
        if (low..=high).contains(&self.to_float()) {
            Ok(self)
        } else {
            Err(InvalidParameter)
        }
    }
}

impl FromStr for Parameter {
    type Err = InvalidParameter;

    fn from_str(text: &str) -> Result<Self, InvalidParameter> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, decimals) = match digits.split_once('.') {
            Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
            Some(_) => return Err(InvalidParameter),
            None => (digits, ""),
        };
        let decimals = decimals.trim_end_matches('0');
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || text.len() > 64
            || decimals.len() > DIGITS
            || !plain(whole)
            || !plain(decimals)
        {
            return Err(InvalidParameter);
        }
        let mut mantissa = 0_i64;
        for digit in whole.bytes().chain(decimals.bytes()) {
            mantissa = mantissa * 10 + i64::from(digit - b'0');
            if mantissa >= 10_i64.pow(15) {
                return Err(InvalidParameter);
            }
        }
        Ok(Self {
            mantissa: if negative { -mantissa } else { mantissa },
            // At most 15 of them.
            scale: u8::try_from(decimals.len()).map_err(|_| InvalidParameter)?,
        })
    }
}

/// The shortest decimal text: `-0.01`.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!(
            "{:0width$}",
            self.mantissa.unsigned_abs(),
            width = scale + 1
        );
        let (whole, decimals) = digits.split_at(digits.len() - scale);
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let point = if scale > 0 { "." } else { "" };
        f.pad(&format!("{sign}{whole}{point}{decimals}"))
    }
}

impl TryFrom<String> for Parameter {
    type Error = InvalidParameter;
    fn try_from(text: String) -> Result<Self, InvalidParameter> {
        text.parse()
    }
}

impl From<Parameter> for String {
    fn from(parameter: Parameter) -> Self {
        parameter.to_string()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Parameter {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Parameter".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^-?[0-9]{1,15}(\.[0-9]+)?$",
            "description": "A decimal number of at most 15 digits, as text.",
            "examples": ["0.02"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_exact_or_refused() {
        for (text, shortest, float) in [
            ("0", "0", 0.0),
            ("-0.0", "0", 0.0),
            ("0.10", "0.1", 0.1),
            ("-0.01", "-0.01", -0.01),
            ("88.72", "88.72", 88.72),
            ("0088.720", "88.72", 88.72),
            ("999999999999999", "999999999999999", 999_999_999_999_999.0),
            ("0.000000000000001", "0.000000000000001", 1e-15),
        ] {
            let parameter: Parameter = text.parse().expect(text);
            assert_eq!(parameter.to_string(), shortest, "{text}");
            assert_eq!(parameter.to_float(), float, "{text}");
        }
        for bad in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            "+1",
            " 1",
            "1_0",
            "NaN",
            "inf",
            "--1",
            "1.2.3",
            "٣",
            "1000000000000000",
            "0.0000000000000001",
            "1.000000000000001",
        ] {
            assert_eq!(bad.parse::<Parameter>(), Err(InvalidParameter), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_float_is_the_nearest(mantissa in 0_i64..1_000_000_000_000_000, scale in 0_u8..=15) {
            let text = Parameter { mantissa, scale }.to_string();
            let parameter: Parameter = text.parse().expect("a parameter");
            prop_assert_eq!(parameter.to_float(), text.parse::<f64>().expect("a float"));
        }
    }
}
