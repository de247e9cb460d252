//! The rates of a basis, ready for use.

use crate::closing::MAX_AGE;
use crate::improvement::Improvement;
use crate::law::Law;
use crate::life::Life;
use crate::rate::Rate;
use crate::{ExactAge, FractionalAge, Period, Probability, Sex};

/// Yearly rates by sex and age up to [`MAX_AGE`], closed, blended and improved as
/// their basis says: the one interface of tables and laws.
#[derive(Clone, Debug)]
pub struct Rates {
    first_age: u32,
    /// From `first_age` to [`MAX_AGE`].
    female: Vec<Rate>,
    male: Vec<Rate>,
    improvement: Improvement,
    fractional_age: FractionalAge,
    /// Of women and of men, if they hold without a blend or an improvement.
    laws: Option<(Law, Law)>,
}

/// The basis has no rate for the age: it is below a table's first or above 130.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the basis has rates for the ages {first_age} to {MAX_AGE}")]
pub struct AgeOutsideTable {
    /// The first age that has a rate.
    pub first_age: u32,
}

impl Rates {
    pub(crate) fn new(
        first_age: u32,
        female: Vec<Rate>,
        male: Vec<Rate>,
        improvement: Improvement,
        fractional_age: FractionalAge,
    ) -> Self {
        Self {
            first_age,
            female,
            male,
            improvement,
            fractional_age,
            laws: None,
        }
    }

    pub(crate) fn with_laws(self, female: Law, male: Law) -> Self {
        Self {
            laws: Some((female, male)),
            ..self
        }
    }

    /// The first age that has a rate; the last is [`MAX_AGE`].
    #[must_use]
    pub const fn first_age(&self) -> u32 {
        self.first_age
    }

    /// The probability of dying within the year of age that follows the birthday
    /// `age`, at the mortality of the calendar year `year`.
    ///
    /// # Errors
    /// [`AgeOutsideTable`].
    pub fn yearly(&self, sex: Sex, age: u32, year: i32) -> Result<Probability, AgeOutsideTable> {
        self.rate(sex, age, year).map(Rate::probability)
    }

    /// The probability of dying within a period that begins at the exact age
    /// `age`, at the mortality of the calendar year `year` in which it begins.
    ///
    /// A period that reaches over a birthday is put together from the rest of the
    /// one year of age and the beginning of the next.
    ///
    /// # Errors
    /// [`AgeOutsideTable`].
    pub fn dying(
        &self,
        sex: Sex,
        age: ExactAge,
        period: Period,
        year: i32,
    ) -> Result<Probability, AgeOutsideTable> {
        self.rate(sex, age.years(), year)?;
        if let Some(law) = self.law(sex) {
            let dying = law.dying(age.in_years(), period.in_years());
            return Ok(Probability::from_float(dying));
        }
        let (mut years, mut month, mut left) = (age.years(), age.months(), period.months());
        let mut dying = Probability::ZERO;
        while left > 0 {
            let length = left.min(12 - month);
            let yearly = self.yearly(sex, years.min(MAX_AGE), year)?;
            dying = dying.then(self.fractional_age.months(yearly, month, length));
            left -= length;
            years += 1;
            month = 0;
        }
        Ok(dying)
    }

    /// The future of a life of the exact age `age` in the calendar year `year`.
    /// Each further year of age is read in the next calendar year.
    ///
    /// # Errors
    /// [`AgeOutsideTable`].
    pub fn life(&self, sex: Sex, age: ExactAge, year: i32) -> Result<Life, AgeOutsideTable> {
        self.rate(sex, age.years(), year)?;
        if let Some(law) = self.law(sex) {
            return Ok(Life::by_law(law, age));
        }
        let yearly = (age.years()..=MAX_AGE).zip(year..);
        let rates = yearly.map(|(age, year)| self.rate(sex, age, year));
        let rates: Vec<Rate> = rates.collect::<Result<_, _>>()?;
        Ok(Life::by_rates(&rates, age, self.fractional_age))
    }

    fn rate(&self, sex: Sex, age: u32, year: i32) -> Result<Rate, AgeOutsideTable> {
        let rates = match sex {
            Sex::Female => &self.female,
            Sex::Male => &self.male,
        };
        age.checked_sub(self.first_age)
            .and_then(|index| rates.get(usize::try_from(index).ok()?))
            .map(|rate| rate.times(self.improvement.factor(age, year)))
            .ok_or(AgeOutsideTable {
                first_age: self.first_age,
            })
    }

    fn law(&self, sex: Sex) -> Option<Law> {
        self.laws.map(|(female, male)| match sex {
            Sex::Female => female,
            Sex::Male => male,
        })
    }
}
