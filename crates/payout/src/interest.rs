//! A rate of interest or of return, one for all time.

use mortality::{InvalidParameter, Parameter};
use serde::{Deserialize, Serialize};

/// A rate of interest that says how it is meant.
///
/// JSON: `{"effective": "0.02"}` or `{"force": "0.04"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stated", into = "Stated")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "Stated"))]
pub struct Interest(Stated);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum Stated {
    /// i, what one unit earns in a year: −0.5 to 1.
    Effective(Parameter),
    /// δ, the rate of continuous compounding: −0.5 to 0.7.
    Force(Parameter),
}

impl Interest {
    /// No interest.
    pub const NONE: Self = Self(Stated::Effective(Parameter::ZERO));

    /// What one unit earns in a year: −0.5 to 1.
    ///
    /// # Errors
    /// [`InvalidParameter`] beyond.
    pub fn effective(rate: Parameter) -> Result<Self, InvalidParameter> {
        rate.within(-0.5, 1.0).map(Stated::Effective).map(Self)
    }

    /// The rate of continuous compounding: −0.5 to 0.7.
    ///
    /// # Errors
    /// [`InvalidParameter`] beyond.
    pub fn force(rate: Parameter) -> Result<Self, InvalidParameter> {
        rate.within(-0.5, 0.7).map(Stated::Force).map(Self)
    }

    /// δ = ln(1 + i).
    #[must_use]
    pub fn as_force(self) -> f64 {
        match self.0 {
            Stated::Effective(rate) => libm::log1p(rate.to_float()),
            Stated::Force(rate) => rate.to_float(),
        }
    }

    /// v^t, the value now of one unit in `years`.
    #[must_use]
    #[allow(
        clippy::float_arithmetic,
        reason = "an actuarial function, through libm"
    )]
    pub fn discount(self, years: f64) -> f64 {
        libm::exp(-self.as_force() * years)
    }

    /// (1 + i)^t, what one unit becomes in `years`.
    #[must_use]
    #[allow(
        clippy::float_arithmetic,
        reason = "an actuarial function, through libm"
    )]
    pub fn growth(self, years: f64) -> f64 {
        libm::exp(self.as_force() * years)
    }
}

impl TryFrom<Stated> for Interest {
    type Error = InvalidParameter;
    fn try_from(stated: Stated) -> Result<Self, InvalidParameter> {
        match stated {
            Stated::Effective(rate) => Self::effective(rate),
            Stated::Force(rate) => Self::force(rate),
        }
    }
}

impl From<Interest> for Stated {
    fn from(interest: Interest) -> Self {
        interest.0
    }
}
