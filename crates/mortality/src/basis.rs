//! A mortality basis: everything that has to be said before a rate is a rate.

use serde::{Deserialize, Serialize};

use crate::blend::Blend;
use crate::closing::MAX_AGE;
use crate::improvement::Improvement;
use crate::law::Law;
use crate::rate::Rate;
use crate::rates::Rates;
use crate::{Closing, FractionalAge, Probability, Sex, Table, UploadedTable};

/// What rates are computed from. No part of it has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Basis {
    /// A life table or a law.
    pub mortality: Mortality,
    /// Whether the sexes are kept apart.
    pub blend: Blend,
    /// How rates change with the calendar year.
    pub improvement: Improvement,
    /// How deaths spread over a year of age.
    pub fractional_age: FractionalAge,
}

/// Where yearly rates come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Mortality {
    /// A life table.
    Table {
        /// The id of a shipped table or of an uploaded one.
        #[cfg_attr(feature = "schema", schemars(example = "destatis-2022-2024"))]
        id: String,
        /// What holds beyond its last age.
        closing: Closing,
    },
    /// A formula for each sex. It needs no closing.
    Law {
        /// Of women.
        female: Law,
        /// Of men.
        male: Law,
    },
}

/// Why a basis gives no rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasisError {
    /// No table of this id is at hand.
    #[error("no such life table")]
    UnknownTable,
    /// The blend begins at an age for which the table has no rate.
    #[error("the blend begins at an age outside the table")]
    StartAge,
}

impl Basis {
    /// The rates of a law or of a shipped table.
    ///
    /// # Errors
    /// See [`BasisError`].
    pub fn rates(&self) -> Result<Rates, BasisError> {
        match &self.mortality {
            Mortality::Table { id, closing } => {
                let table = Table::by_id(id).map_err(|_| BasisError::UnknownTable)?;
                self.closed(0, &|sex, age| table.rate(sex, age, *closing))
            }
            Mortality::Law { female, male } => {
                let law = |sex| match sex {
                    Sex::Female => *female,
                    Sex::Male => *male,
                };
                let yearly = |sex, age| {
                    Rate::from(Probability::from_float(law(sex).dying(f64::from(age), 1.0)))
                };
                let rates = self.closed(0, &yearly)?;
                // A law knows the parts of a year itself, but not what a blend or
                // an improvement makes of it.
                let pure = self.blend == Blend::BySex && self.improvement == Improvement::None;
                Ok(if pure {
                    rates.with_laws(*female, *male)
                } else {
                    rates
                })
            }
        }
    }

    /// The rates of `table`, if it is the one that the basis names.
    ///
    /// # Errors
    /// See [`BasisError`].
    pub fn rates_of(&self, table: &UploadedTable) -> Result<Rates, BasisError> {
        match &self.mortality {
            Mortality::Table { id, closing } if *id == table.id() => self
                .closed(table.first_age(), &|sex, age| {
                    table.rate(sex, age, *closing)
                }),
            Mortality::Table { .. } | Mortality::Law { .. } => Err(BasisError::UnknownTable),
        }
    }

    fn closed(&self, first_age: u32, rate: &dyn Fn(Sex, u32) -> Rate) -> Result<Rates, BasisError> {
        if let Blend::ByLx { start_age, .. } = self.blend
            && !(first_age..=MAX_AGE).contains(&start_age)
        {
            return Err(BasisError::StartAge);
        }
        let column = |sex| (first_age..=MAX_AGE).map(|age| rate(sex, age)).collect();
        let (female, male): (Vec<Rate>, Vec<Rate>) = (column(Sex::Female), column(Sex::Male));
        let (female, male) = match self.blend.unisex(first_age, &female, &male) {
            Some(unisex) => (unisex.clone(), unisex),
            None => (female, male),
        };
        Ok(Rates::new(
            first_age,
            female,
            male,
            self.improvement.clone(),
            self.fractional_age,
        ))
    }
}
