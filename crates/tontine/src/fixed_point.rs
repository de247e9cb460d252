//! The one conversion of a weight that was found with floats.

use ethnum::U256;

/// ⌊x · 2^`bits`⌋ of the exact binary value of `x`, for x from 0 to 1; what is
/// outside goes to the nearer end, NaN to zero. From here on everything is
/// integer.
pub(crate) fn fixed_point(x: f64, bits: u32) -> U256 {
    if x.is_nan() || x <= 0.0 {
        return U256::ZERO;
    }
    if x >= 1.0 {
        return U256::ONE << bits;
    }
    // x = mantissa · 2^-shift with 53 bits of mantissa, IEEE 754.
    let exponent = u32::try_from(x.to_bits() >> 52).unwrap_or(0);
    let fraction = x.to_bits() & ((1 << 52) - 1);
    let (mantissa, shift) = match exponent {
        0 => (fraction, 1074),
        e => (fraction | (1 << 52), 1075 - e),
    };
    match shift.checked_sub(bits) {
        None | Some(0) => U256::from(mantissa) << (bits - shift.min(bits)),
        Some(right) if right < 64 => U256::from(mantissa >> right),
        Some(_) => U256::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_becomes_its_exact_binary_value_or_is_rounded_down() {
        for (x, bits, expected) in [
            (0.0, 93, U256::ZERO),
            (1.0, 93, U256::ONE << 93),
            (0.5, 93, U256::ONE << 92),
            (0.75, 2, U256::new(3)),
            (0.75, 1, U256::ONE),
            (0.1, 56, U256::new(7_205_759_403_792_794)),
            (0.1, 55, U256::new(3_602_879_701_896_397)),
            (0.1, 54, U256::new(1_801_439_850_948_198)),
            (f64::MIN_POSITIVE, 120, U256::ZERO),
            (-0.5, 93, U256::ZERO),
            (7.0, 1, U256::new(2)),
            (f64::NAN, 93, U256::ZERO),
            (f64::INFINITY, 3, U256::new(8)),
        ] {
            assert_eq!(fixed_point(x, bits), expected, "{x} {bits}");
        }
    }
}
