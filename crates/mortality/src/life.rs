//! The future of one life: the probability of being alive, at any time.

use crate::closing::MAX_AGE;
use crate::law::Law;
use crate::rate::Rate;
use crate::{ExactAge, FractionalAge};

/// tp_x of one life. Floats: what is computed from it is a forecast or a factor,
/// not a share.
#[derive(Clone, Debug)]
pub struct Life {
    age: ExactAge,
    curve: Curve,
}

#[derive(Clone, Debug)]
enum Curve {
    Law(Law),
    Yearly {
        /// The rates of the years of age, the first one begun.
        rates: Vec<f64>,
        /// The survivors at each birthday, from the last one on, of 1; the end is 0.
        alive: Vec<f64>,
        /// Of those, at the exact age at which the life begins here.
        alive_now: f64,
        fractional_age: FractionalAge,
    },
}

impl Life {
    pub(crate) fn by_law(law: Law, age: ExactAge) -> Self {
        Self {
            age,
            curve: Curve::Law(law),
        }
    }

    /// `rates` from the completed age on; the life ends with the first that is
    /// certain, or with the last.
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub(crate) fn by_rates(rates: &[Rate], age: ExactAge, fractional_age: FractionalAge) -> Self {
        let certain = rates.iter().position(|rate| *rate == Rate::CERTAIN);
        let years = certain.map_or(rates.len(), |last| last + 1);
        let rates: Vec<f64> = rates[..years]
            .iter()
            .map(|rate| rate.probability().to_float())
            .collect();
        let mut alive = vec![1.0];
        for (rate, before) in rates.iter().zip(0..) {
            let survivors: f64 = alive[before] * (1.0 - rate);
            alive.push(survivors);
        }
        alive[years] = 0.0;
        let begun = age.in_years() - f64::from(age.years());
        let alive_now = match rates.first() {
            Some(first) if begun > 0.0 => fractional_age.survival(*first, begun),
            _ => 1.0,
        };
        Self {
            age,
            curve: Curve::Yearly {
                rates,
                alive,
                alive_now,
                fractional_age,
            },
        }
    }

    /// The exact age at time 0.
    #[must_use]
    pub const fn age(&self) -> ExactAge {
        self.age
    }

    /// The time in years at which nobody is alive any more.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn years_left(&self) -> f64 {
        let last_birthday = match &self.curve {
            Curve::Law(_) => f64::from(MAX_AGE + 1),
            Curve::Yearly { rates, .. } => f64::from(self.age.years()) + rates.len() as f64,
        };
        last_birthday - self.age.in_years()
    }

    /// The probability of being alive after `years`: 1 at 0 and before, 0 from
    /// [`Self::years_left`] on.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn survival(&self, years: f64) -> f64 {
        if years <= 0.0 {
            return 1.0;
        }
        if years >= self.years_left() {
            return 0.0;
        }
        match &self.curve {
            Curve::Law(law) => law.survival(self.age.in_years(), years),
            Curve::Yearly {
                rates,
                alive,
                alive_now,
                fractional_age,
            } => {
                let time = self.age.in_years() - f64::from(self.age.years()) + years;
                // Not negative and below 131.
                let birthday = (time as usize).min(rates.len() - 1);
                let part = time - birthday as f64;
                if part > 0.0 {
                    let within = fractional_age.survival(rates[birthday], part);
                    alive[birthday] * within / alive_now
                } else {
                    alive[birthday] / alive_now
                }
            }
        }
    }
}
