//! Opening a pool, and its rules.

use mortality::{Basis, Period};
use serde::{Deserialize, Serialize};
use tontine::{Caps, Rule};

use super::{InvalidField, invalid};
use crate::Month;

/// The rules of a pool, versioned: a settlement records the version it used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PoolRules {
    /// Where the rates of dying come from.
    pub basis: Basis,
    /// How long a period is.
    pub cadence: Period,
    /// What one member gets or stakes at most.
    #[serde(default)]
    pub caps: Caps,
    /// How a death pot is shared.
    pub sharing_rule: Rule,
}

/// Open a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenPool {
    /// What people call it: 1 to 100 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 100)))]
    pub name: String,
    /// The currency of cash, credits and statements.
    pub currency: Currency,
    /// The month with which the first period begins.
    pub first_period: Month,
    /// The rules from the first period on.
    pub rules: PoolRules,
}

/// The currencies that a pool can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Currency {
    /// Euro.
    #[serde(rename = "EUR")]
    Eur,
}

impl OpenPool {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let length = self.name.chars().count();
        if !(1..=100).contains(&length) || self.name.contains(char::is_control) {
            return invalid("/name", "must have 1 to 100 printable characters");
        }
        Ok(())
    }
}

/// Change the rules of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetRules {
    /// The month from which they hold: for the first period that begins in it or
    /// later. No period that is settled, or being settled, may lie after it.
    pub from_period: Month,
    /// The rules.
    pub rules: PoolRules,
}
