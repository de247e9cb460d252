//! Decimal text from outside, to integers in minor units.

use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of a euro amount.
pub const CENT_SCALE: u32 = 2;
/// Decimals of a quantity of a security. Brokers trade fractions of a share;
/// nine digits leave room for 9·10^9 whole shares in 64 bits.
pub const UNIT_SCALE: u32 = 9;

/// Why decimal text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a plain decimal number (`-12.5`): no exponent, no sign `+`, no spaces.
    #[error("not a decimal number")]
    Syntax,
    /// More decimals than the asset has.
    #[error("more than {0} decimals")]
    TooManyDecimals(u32),
    /// The value does not fit 64 bits in minor units, or has more than 28 digits.
    #[error("the number is too large")]
    OutOfRange,
}

/// Parses decimal text (up to 28 significant digits, any number of trailing
/// zeros) as an integer multiple of 10^−`scale`. Exact, or an error.
///
/// # Errors
/// See [`AmountError`].
pub fn parse_minor(text: &str, scale: u32) -> Result<i64, AmountError> {
    let value = parse_decimal(text)?.normalize();
    if value.scale() > scale {
        return Err(AmountError::TooManyDecimals(scale));
    }
    let shift = 10_i128.pow(scale - value.scale());
    value
        .mantissa()
        .checked_mul(shift)
        .and_then(|minor| i64::try_from(minor).ok())
        .ok_or(AmountError::OutOfRange)
}

/// Parses decimal text and rounds it half to even to 10^−`scale`: the one
/// rounding of amounts, used where a broker values a position with more digits
/// than a cent has.
///
/// # Errors
/// [`AmountError::Syntax`] and [`AmountError::OutOfRange`].
pub fn round_half_even(text: &str, scale: u32) -> Result<i64, AmountError> {
    let rounded =
        parse_decimal(text)?.round_dp_with_strategy(scale, RoundingStrategy::MidpointNearestEven);
    parse_minor(&rounded.to_string(), scale)
}

fn parse_decimal(text: &str) -> Result<Decimal, AmountError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let well_formed = digits.len() <= 128
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1;
    if !well_formed {
        return Err(AmountError::Syntax);
    }
    // Trailing zeros carry no value but count against the 28 digits.
    let significant = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    };
    Decimal::from_str_exact(significant).map_err(|_| AmountError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_or_refused() {
        for (text, scale, expected) in [
            ("0", 2, Ok(0)),
            ("-0.00", 2, Ok(0)),
            ("12.34", 2, Ok(1234)),
            ("-12.3", 2, Ok(-1230)),
            ("1000.000000000000000000000000000", 2, Ok(100_000)),
            ("0.000000001", 9, Ok(1)),
            ("9223372036.854775807", 9, Ok(i64::MAX)),
            ("9223372036.854775808", 9, Err(AmountError::OutOfRange)),
            ("12.345", 2, Err(AmountError::TooManyDecimals(2))),
            (
                "123456789012345678901234567890",
                2,
                Err(AmountError::OutOfRange),
            ),
            ("", 2, Err(AmountError::Syntax)),
            ("-", 2, Err(AmountError::Syntax)),
            (".5", 2, Err(AmountError::Syntax)),
            ("5.", 2, Err(AmountError::Syntax)),
            ("1e3", 2, Err(AmountError::Syntax)),
            ("+1", 2, Err(AmountError::Syntax)),
            (" 1", 2, Err(AmountError::Syntax)),
            ("1_000", 2, Err(AmountError::Syntax)),
            ("1.2.3", 2, Err(AmountError::Syntax)),
            ("NaN", 2, Err(AmountError::Syntax)),
            ("٣", 2, Err(AmountError::Syntax)),
        ] {
            assert_eq!(parse_minor(text, scale), expected, "{text:?}");
        }
    }

    #[test]
    fn rounding_goes_to_the_even_neighbour() {
        for (text, expected) in [
            ("0.005", 0),
            ("0.015", 2),
            ("0.025", 2),
            ("-0.015", -2),
            ("1.0149999999999999999999999", 101),
            ("1.0150000000000000000000001", 102),
        ] {
            assert_eq!(round_half_even(text, 2), Ok(expected), "{text}");
        }
    }
}
