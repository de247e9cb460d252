//! What is assumed about deaths within a year of age.

use serde::{Deserialize, Serialize};

use crate::Probability;
use crate::probability::ONE;

/// The assumption that turns a yearly rate into the rate of a part of the year.
/// Always passed, never a default: it is recorded with each settlement.
///
/// Formulas: Bowers et al., *Actuarial Mathematics*, section 3.6, for the part
/// that begins after s of the year and lasts u of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FractionalAge {
    /// Uniform distribution of deaths: uq / (1 − sq).
    Uniform,
    /// Constant force of mortality: 1 − (1−q)^u.
    ConstantForce,
    /// Balducci: uq / (1 − (1 − s − u) q).
    Balducci,
}

impl FractionalAge {
    /// The probability of dying within the month that follows `month` completed
    /// months (0 to 11) since the last birthday, given survival to its start and
    /// the yearly rate `q`. The twelve months multiply to 1 − q.
    ///
    /// # Panics
    /// If `month` is above 11: it comes from [`crate::ExactAge`].
    #[must_use]
    pub fn monthly(self, q: Probability, month: u8) -> Probability {
        self.months(q, month, 1)
    }

    /// The probability of dying within `length` months of the year of age, given
    /// survival of its first `start` months and the yearly rate `q`.
    ///
    /// # Panics
    /// If the months reach beyond the year: who asks has cut them at the birthday.
    #[must_use]
    pub fn months(self, q: Probability, start: u8, length: u8) -> Probability {
        self.part(q, u32::from(start), u32::from(length), 12)
    }

    /// The probability of dying within the parts `start` to `start + length` of a
    /// year of age that is cut into `parts`, given survival to `start` and the
    /// yearly rate `q`. `parts` may be 12 for months or 365 for days.
    ///
    /// # Panics
    /// If the parts reach beyond the year or there are none.
    #[must_use]
    pub fn part(self, q: Probability, start: u32, length: u32, parts: u32) -> Probability {
        let rest = parts
            .checked_sub(length)
            .and_then(|rest| rest.checked_sub(start))
            .filter(|_| parts > 0);
        let Some(rest) = rest else {
            panic!("a part of a year ends within the year");
        };
        let wide = u128::from;
        // 28 decimals times 32 bits: below 2^126.
        let (numerator, whole) = (wide(length) * q.scaled(), wide(parts) * ONE);
        match self {
            Self::Uniform => Probability::from_ratio(numerator, whole - wide(start) * q.scaled()),
            Self::Balducci => Probability::from_ratio(numerator, whole - wide(rest) * q.scaled()),
            Self::ConstantForce => {
                Probability::from_float(constant_force(q.to_float(), length, parts))
            }
        }
    }

    /// The part of those who begin a year of age with the rate `q` in [0, 1) who
    /// are alive after `time` of it, 0 to 1.
    #[must_use]
    #[allow(
        clippy::float_arithmetic,
        reason = "an actuarial function, through libm"
    )]
    pub fn survival(self, q: f64, time: f64) -> f64 {
        match self {
            Self::Uniform => 1.0 - time * q,
            Self::ConstantForce => libm::exp(time * libm::log1p(-q)),
            Self::Balducci => (1.0 - q) / (1.0 - (1.0 - time) * q),
        }
    }
}

/// 1 − (1−q)^(length/parts) without cancellation for small q.
#[allow(
    clippy::float_arithmetic,
    reason = "an actuarial function, through libm"
)]
fn constant_force(q: f64, length: u32, parts: u32) -> f64 {
    -libm::expm1(libm::log1p(-q) * f64::from(length) / f64::from(parts))
}

#[cfg(test)]
#[allow(clippy::float_arithmetic, reason = "comparison with published floats")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [FractionalAge; 3] = [
        FractionalAge::Uniform,
        FractionalAge::ConstantForce,
        FractionalAge::Balducci,
    ];

    /// Textbook formulas at Destatis 2022/24 rates, computed apart from this
    /// code with 50 digits: (q, month, uniform, constant force, Balducci).
    #[test]
    fn monthly_rates_of_a_male_of_65_and_a_female_of_100() {
        for (q, month, uniform, constant, balducci) in [
            (
                "0.01543007",
                0,
                0.001285839167,
                0.001295023436,
                0.001304287307,
            ),
            (
                "0.01543007",
                5,
                0.001294159572,
                0.001295023436,
                0.001295836591,
            ),
            (
                "0.01543007",
                11,
                0.001304287307,
                0.001295023436,
                0.001285839167,
            ),
            (
                "0.37225504",
                0,
                0.031021253333,
                0.038058629697,
                0.047089927664,
            ),
            (
                "0.37225504",
                6,
                0.038115618964,
                0.038058629697,
                0.036716159807,
            ),
            (
                "0.37225504",
                11,
                0.047089927664,
                0.038058629697,
                0.031021253333,
            ),
        ] {
            let q: Probability = q.parse().expect("a probability");
            for (assumption, expected) in ALL.iter().zip([uniform, constant, balducci]) {
                let got = assumption.monthly(q, month).to_float();
                assert!(
                    (got - expected).abs() < 6e-13,
                    "{assumption:?} {q} {month}: {got}"
                );
            }
        }
    }

    proptest! {
        /// Months, quarters, days and any cut of the year agree on the year.
        #[test]
        fn the_three_assumptions_agree_over_a_year(q in 0.0_f64..0.999, cut in 1_u32..365) {
            let year = Probability::from_float(q);
            for assumption in ALL {
                let whole = assumption.part(year, 0, 365, 365).to_float();
                prop_assert!((whole - q).abs() < 1e-14, "{:?}", assumption);
                let first = assumption.part(year, 0, cut, 365);
                let both = first.then(assumption.part(year, cut, 365 - cut, 365)).to_float();
                prop_assert!((both - q).abs() < 1e-13, "{:?}", assumption);
                let end = assumption.survival(q, 1.0);
                prop_assert!((end - (1.0 - q)).abs() < 1e-14, "{:?}", assumption);
            }
        }

        #[test]
        fn the_exact_rates_and_the_survival_curve_are_one(
            q in 0.0_f64..0.999,
            start in 0_u8..12,
            length in 0_u8..12,
        ) {
            let length = length.min(12 - start);
            let year = Probability::from_float(q);
            let at = |month: u8| f64::from(month) / 12.0;
            for assumption in ALL {
                let exact = assumption.months(year, start, length).to_float();
                let alive = |month| assumption.survival(q, at(month));
                let curve = 1.0 - alive(start + length) / alive(start);
                prop_assert!((exact - curve).abs() < 1e-12, "{:?}", assumption);
            }
        }

        /// Deaths come earliest under Balducci and latest when they are uniform.
        #[test]
        fn the_first_month_is_heaviest_under_balducci(q in 0.001_f64..0.999) {
            let year = Probability::from_float(q);
            let first = ALL.map(|assumption| assumption.monthly(year, 0));
            prop_assert!(first[0] < first[1] && first[1] < first[2]);
        }
        #[test]
        fn twelve_months_multiply_to_the_year(q in 0.0_f64..0.999) {
            let year = Probability::from_float(q);
            for assumption in ALL {
                let survival: f64 = (0..12)
                    .map(|month| 1.0 - assumption.monthly(year, month).to_float())
                    .product();
                prop_assert!((survival - (1.0 - q)).abs() < 1e-13, "{:?}", assumption);
            }
        }
    }
}
