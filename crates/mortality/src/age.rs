//! Exact age on a date.

use time::Date;

use crate::MAX_AGE;

/// The age on a date: completed years, and completed months since the last
/// birthday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExactAge {
    years: u32,
    months: u8,
}

/// The birth date is after the date at which the age is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the birth date is in the future")]
pub struct NotYetBorn;

/// The age is above [`MAX_AGE`] or has more than eleven months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an age of at most 130 years and 11 months")]
pub struct InvalidAge;

impl ExactAge {
    /// The age of `years` and `months` since the last birthday.
    ///
    /// # Errors
    /// [`InvalidAge`] above [`MAX_AGE`] years or eleven months.
    pub const fn new(years: u32, months: u8) -> Result<Self, InvalidAge> {
        if years > MAX_AGE || months > 11 {
            return Err(InvalidAge);
        }
        Ok(Self { years, months })
    }

    /// The age on `date` of somebody born on `birth_date`.
    ///
    /// A month without the day of birth is completed when it ends: who was born
    /// on 31 January is a month old on 1 March, and who was born on 29 February
    /// has a birthday on 1 March of a common year (as BGB sections 187 and 188
    /// count).
    ///
    /// # Errors
    /// [`NotYetBorn`].
    pub fn on(date: Date, birth_date: Date) -> Result<Self, NotYetBorn> {
        if birth_date > date {
            return Err(NotYetBorn);
        }
        let months_since_zero =
            |date: Date| i64::from(date.year()) * 12 + i64::from(u8::from(date.month()));
        let begun = months_since_zero(date) - months_since_zero(birth_date);
        let completed = begun - i64::from(date.day() < birth_date.day());
        // The birth date is not after the date: not negative, and small.
        Ok(Self {
            years: u32::try_from(completed / 12).unwrap_or(0),
            months: u8::try_from(completed % 12).unwrap_or(0),
        })
    }

    /// Completed years.
    #[must_use]
    pub const fn years(self) -> u32 {
        self.years
    }

    /// Completed months since the last birthday, 0 to 11.
    #[must_use]
    pub const fn months(self) -> u8 {
        self.months
    }

    /// The age as a number of years, for actuarial functions.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "an actuarial function's input")]
    pub fn in_years(self) -> f64 {
        f64::from(self.years) + f64::from(self.months) / 12.0
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn completed_years_and_months() {
        for (birth, on, expected) in [
            (date!(1960 - 05 - 15), date!(2025 - 05 - 15), (65, 0)),
            (date!(1960 - 05 - 15), date!(2025 - 05 - 14), (64, 11)),
            (date!(1960 - 05 - 15), date!(2025 - 06 - 14), (65, 0)),
            (date!(1960 - 05 - 15), date!(2025 - 06 - 15), (65, 1)),
            (date!(1960 - 01 - 31), date!(2025 - 02 - 28), (65, 0)),
            (date!(1960 - 01 - 31), date!(2025 - 03 - 01), (65, 1)),
            (date!(1960 - 02 - 29), date!(2025 - 02 - 28), (64, 11)),
            (date!(1960 - 02 - 29), date!(2025 - 03 - 01), (65, 0)),
            (date!(1960 - 02 - 29), date!(2024 - 02 - 29), (64, 0)),
            (date!(2025 - 01 - 01), date!(2025 - 01 - 01), (0, 0)),
        ] {
            let age = ExactAge::on(on, birth).expect("born");
            assert_eq!((age.years(), age.months()), expected, "{birth} {on}");
        }
        let unborn = ExactAge::on(date!(2024 - 12 - 31), date!(2025 - 01 - 01));
        assert_eq!(unborn, Err(NotYetBorn));
    }
}
