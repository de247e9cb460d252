//! Deaths: reported, confirmed, withdrawn.

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use super::{IN_FUTURE, InvalidField, check_words, invalid};
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;

/// Report that a member died. Only a death that was confirmed is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportDeath {
    /// Who.
    pub member_id: Uuid,
    /// When.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub died_on: Date,
}

impl ReportDeath {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if self.died_on > today {
            return invalid("/died_on", IN_FUTURE);
        }
        Ok(())
    }
}

/// Withdraw the report of a death, confirmed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WithdrawDeath {
    /// Why: 1 to 500 characters, no names.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 500)))]
    pub reason: String,
}

impl WithdrawDeath {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self) -> Result<(), InvalidField> {
        check_words(&self.reason, "/reason")
    }
}
