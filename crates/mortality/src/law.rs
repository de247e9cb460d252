//! Laws of mortality: formulas in the place of a table.

use serde::{Deserialize, Serialize};

use crate::{InvalidParameter, Parameter};

/// A law of mortality for the lives of one sex.
///
/// JSON: `{"gompertz": {"modal_age": "88.72", "dispersion": "10"}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Law {
    /// Gompertz (1825): the force of mortality is e^((x − m)/b) / b.
    Gompertz(Gompertz),
    /// Makeham (1860): a constant added to Gompertz's force.
    GompertzMakeham(GompertzMakeham),
}

/// Gompertz's law in the parametrisation of Milevsky & Salisbury 2015.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "GompertzFields", into = "GompertzFields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "GompertzFields"))]
pub struct Gompertz {
    modal_age: Parameter,
    dispersion: Parameter,
}

/// The Gompertz–Makeham law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "GompertzMakehamFields", into = "GompertzMakehamFields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "GompertzMakehamFields"))]
pub struct GompertzMakeham {
    constant: Parameter,
    gompertz: Gompertz,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GompertzFields {
    /// m, the age at which most die: 20 to 150.
    modal_age: Parameter,
    /// b, the years in which the force grows by e: 1 to 50.
    dispersion: Parameter,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GompertzMakehamFields {
    /// λ, the force that does not depend on age: 0 to 1.
    constant: Parameter,
    /// m, the age at which most die: 20 to 150.
    modal_age: Parameter,
    /// b, the years in which the force grows by e: 1 to 50.
    dispersion: Parameter,
}

impl Gompertz {
    /// The law with the modal age m, 20 to 150, and the dispersion b, 1 to 50.
    ///
    /// # Errors
    /// [`InvalidParameter`].
    pub fn new(modal_age: Parameter, dispersion: Parameter) -> Result<Self, InvalidParameter> {
        Ok(Self {
            modal_age: modal_age.within(20.0, 150.0)?,
            dispersion: dispersion.within(1.0, 50.0)?,
        })
    }
}

impl GompertzMakeham {
    /// The law with the constant force λ, 0 to 1, added to `gompertz`.
    ///
    /// # Errors
    /// [`InvalidParameter`].
    pub fn new(constant: Parameter, gompertz: Gompertz) -> Result<Self, InvalidParameter> {
        Ok(Self {
            constant: constant.within(0.0, 1.0)?,
            gompertz,
        })
    }
}

impl Law {
    /// The probability of being alive after `years`, at the exact age `age`:
    /// exp(−λt − e^((x − m)/b) (e^(t/b) − 1)).
    #[must_use]
    pub fn survival(self, age: f64, years: f64) -> f64 {
        libm::exp(self.log_survival(age, years))
    }

    /// The probability of dying within `years`, without cancellation.
    #[must_use]
    #[allow(
        clippy::float_arithmetic,
        reason = "an actuarial function, through libm"
    )]
    pub fn dying(self, age: f64, years: f64) -> f64 {
        -libm::expm1(self.log_survival(age, years))
    }

    #[allow(
        clippy::float_arithmetic,
        reason = "an actuarial function, through libm"
    )]
    fn log_survival(self, age: f64, years: f64) -> f64 {
        let (constant, gompertz) = match self {
            Self::Gompertz(gompertz) => (0.0, gompertz),
            Self::GompertzMakeham(makeham) => (makeham.constant.to_float(), makeham.gompertz),
        };
        let dispersion = gompertz.dispersion.to_float();
        let level = libm::exp((age - gompertz.modal_age.to_float()) / dispersion);
        -(constant * years) - level * libm::expm1(years / dispersion)
    }
}

impl TryFrom<GompertzFields> for Gompertz {
    type Error = InvalidParameter;
    fn try_from(fields: GompertzFields) -> Result<Self, InvalidParameter> {
        Self::new(fields.modal_age, fields.dispersion)
    }
}

impl From<Gompertz> for GompertzFields {
    fn from(law: Gompertz) -> Self {
        Self {
            modal_age: law.modal_age,
            dispersion: law.dispersion,
        }
    }
}

impl TryFrom<GompertzMakehamFields> for GompertzMakeham {
    type Error = InvalidParameter;
    fn try_from(fields: GompertzMakehamFields) -> Result<Self, InvalidParameter> {
        Self::new(
            fields.constant,
            Gompertz::new(fields.modal_age, fields.dispersion)?,
        )
    }
}

impl From<GompertzMakeham> for GompertzMakehamFields {
    fn from(law: GompertzMakeham) -> Self {
        Self {
            constant: law.constant,
            modal_age: law.gompertz.modal_age,
            dispersion: law.gompertz.dispersion,
        }
    }
}
