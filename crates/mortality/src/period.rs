//! The length of a settlement period.

use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Period {
    /// One month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

impl Period {
    /// Its months: 1, 3 or 12.
    #[must_use]
    pub const fn months(self) -> u8 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// The part of a year, for actuarial functions.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "an actuarial function's input")]
    pub fn in_years(self) -> f64 {
        f64::from(self.months()) / 12.0
    }

    /// How many of them a year has: 12, 4 or 1.
    #[must_use]
    pub const fn per_year(self) -> u8 {
        12 / self.months()
    }
}
