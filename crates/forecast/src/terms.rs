//! What a forecast is asked for.

use payout::Interest;
use serde::{Deserialize, Serialize};

use crate::{ForecastError, Returns};

/// The most members of a pool.
pub const MAX_MEMBERS: usize = 1_000_000;
/// The most draws of a time of death: paths times members.
pub const MAX_DRAWS: u64 = 1_000_000_000;
/// The most incomes that are kept: paths times years, 8 bytes each.
pub const MAX_INCOMES: u64 = 4_000_000;

/// How long a forecast is, what it assumes and how it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForecastTerms {
    /// The same seed gives the same forecast.
    pub seed: u64,
    /// How many futures are drawn.
    pub paths: u32,
    /// How many yearly incomes, the first one included: 1 to 70.
    pub years: u32,
    /// The calendar year of the first, for bases that improve: 1900 to 2199.
    pub first_year: i32,
    /// The rate with which the pool computes ä.
    pub interest: Interest,
    /// What the pool's money earns.
    pub returns: Returns,
}

impl ForecastTerms {
    pub(crate) fn check(&self, members: usize) -> Result<(), ForecastError> {
        if self.paths == 0 {
            return Err(ForecastError::Paths);
        }
        if !(1..=70).contains(&self.years) {
            return Err(ForecastError::Years);
        }
        if !(1900..=2199).contains(&self.first_year) {
            return Err(ForecastError::FirstYear);
        }
        let paths = u64::from(self.paths);
        let members = u64::try_from(members).unwrap_or(u64::MAX);
        let too_much = paths.saturating_mul(members) > MAX_DRAWS
            || paths * u64::from(self.years) > MAX_INCOMES;
        if too_much {
            return Err(ForecastError::TooMuch);
        }
        Ok(())
    }
}
