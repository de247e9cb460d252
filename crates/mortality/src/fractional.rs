//! What is assumed about deaths within a year of age.

use serde::{Deserialize, Serialize};

use crate::Probability;

/// The assumption that turns a yearly rate into the rates of its twelve months.
/// Always passed, never a default: it is recorded with each settlement.
///
/// Formulas: Bowers et al., *Actuarial Mathematics*, section 3.6 (with s = k/12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FractionalAge {
    /// Uniform distribution of deaths: (q/12) / (1 − kq/12).
    Uniform,
    /// Constant force of mortality: 1 − (1−q)^(1/12).
    ConstantForce,
    /// Balducci: (q/12) / (1 − (1 − (k+1)/12) q).
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
        assert!(month < 12, "a year has twelve months");
        let (q_scaled, k) = (q.scaled(), u128::from(month));
        let one = ONE_SCALED;
        match self {
            Self::Uniform => Probability::from_ratio(q_scaled, 12 * one - k * q_scaled),
            Self::Balducci => Probability::from_ratio(q_scaled, 12 * one - (11 - k) * q_scaled),
            Self::ConstantForce => Probability::from_float(constant_force(q.to_float())),
        }
    }
}

const ONE_SCALED: u128 = 10_u128.pow(28);

/// 1 − (1−q)^(1/12) without cancellation for small q.
#[allow(
    clippy::float_arithmetic,
    reason = "an actuarial function, through libm"
)]
fn constant_force(q: f64) -> f64 {
    -libm::expm1(libm::log1p(-q) / 12.0)
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
