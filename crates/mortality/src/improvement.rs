//! Falling mortality: a yearly factor per age band.

use ethnum::U256;
use serde::{Deserialize, Serialize};

use crate::closing::MAX_AGE;
use crate::probability::ONE;
use crate::{InvalidParameter, Parameter};

/// How mortality changes from one calendar year to the next. Always passed,
/// never a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Improvement {
    /// The rates hold for every year.
    None,
    /// q(x, year) = q(x) · (1 − f(x))^(year − base year). In the base year and
    /// before it the rates hold as they are; after 200 years they stand still.
    Yearly(YearlyImprovement),
}

/// Yearly factors by age, and the year from which they count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "Fields"))]
pub struct YearlyImprovement {
    base_year: i32,
    bands: Vec<ImprovementBand>,
}

/// The factor of the ages from `from_age` to the next band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImprovementBand {
    /// The first age of the band.
    pub from_age: u32,
    /// f: `"0.015"` if rates fall by 1.5 % a year. From −0.1 to 0.5.
    pub yearly_factor: Parameter,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Fields {
    /// The calendar year for which the rates hold as they are: 1800 to 2300.
    base_year: i32,
    /// The first from age 0, then by rising age.
    bands: Vec<ImprovementBand>,
}

/// Why factors by age are not an improvement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidImprovement {
    /// The base year is not from 1800 to 2300.
    #[error("the base year must be from 1800 to 2300")]
    BaseYear,
    /// The bands do not begin at age 0 and rise, or go beyond age 130.
    #[error("the bands must begin at age 0 and rise to at most 130")]
    Bands,
    /// A factor is not from −0.1 to 0.5.
    #[error("a yearly factor must be from -0.1 to 0.5")]
    Factor,
}

impl From<InvalidParameter> for InvalidImprovement {
    fn from(_: InvalidParameter) -> Self {
        Self::Factor
    }
}

/// The years after which improvement ends: 1.1^200 · 10^28 still fits 128 bits.
const MAX_YEARS: u32 = 200;

impl YearlyImprovement {
    /// The improvement by `bands` from `base_year` on.
    ///
    /// # Errors
    /// See [`InvalidImprovement`].
    pub fn new(base_year: i32, bands: Vec<ImprovementBand>) -> Result<Self, InvalidImprovement> {
        if !(1800..=2300).contains(&base_year) {
            return Err(InvalidImprovement::BaseYear);
        }
        let rising = bands
            .windows(2)
            .all(|two| two[0].from_age < two[1].from_age);
        let in_range = bands.iter().all(|band| band.from_age <= MAX_AGE);
        if bands.first().map(|band| band.from_age) != Some(0) || !rising || !in_range {
            return Err(InvalidImprovement::Bands);
        }
        for band in &bands {
            band.yearly_factor.within(-0.1, 0.5)?;
        }
        Ok(Self { base_year, bands })
    }
}

impl Improvement {
    /// What the rate of `age` is multiplied by in `year`, in multiples of 10^−28,
    /// each multiplication rounded down.
    pub(crate) fn factor(&self, age: u32, year: i32) -> u128 {
        let Self::Yearly(improvement) = self else {
            return ONE;
        };
        let years = year.saturating_sub(improvement.base_year);
        let mut years = u32::try_from(years).unwrap_or(0).min(MAX_YEARS);
        let band = improvement
            .bands
            .iter()
            .rev()
            .find(|band| band.from_age <= age);
        let yearly = band.map_or(Parameter::ZERO, |band| band.yearly_factor);
        // At least half and at most 1.1.
        let kept = 10_i128.pow(15) - yearly.scaled();
        let mut square = kept.unsigned_abs() * 10_u128.pow(13);
        let mut power = ONE;
        while years > 0 {
            if years & 1 == 1 {
                power = product(power, square);
            }
            years >>= 1;
            if years > 0 {
                square = product(square, square);
            }
        }
        power
    }
}

fn product(a: u128, b: u128) -> u128 {
    (U256::from(a) * U256::from(b) / U256::from(ONE)).as_u128()
}

impl TryFrom<Fields> for YearlyImprovement {
    type Error = InvalidImprovement;
    fn try_from(fields: Fields) -> Result<Self, InvalidImprovement> {
        Self::new(fields.base_year, fields.bands)
    }
}

impl From<YearlyImprovement> for Fields {
    fn from(improvement: YearlyImprovement) -> Self {
        Self {
            base_year: improvement.base_year,
            bands: improvement.bands,
        }
    }
}
