//! What an operator does about the broker's events.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{InvalidField, check_words, invalid};

/// Leave an event in quarantine as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DismissEvent {
    /// Why: 1 to 500 characters, no names.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 500)))]
    pub note: String,
}

impl DismissEvent {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self) -> Result<(), InvalidField> {
        check_words(&self.note, "/note")
    }
}

/// Remove the text of events, by age or by member: one of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PurgeEvents {
    /// Of all that arrived so many days ago or earlier, 1 to 36,500; what waits in
    /// quarantine keeps its text.
    pub older_than_days: Option<u32>,
    /// Of all that name the member's user, account groups or accounts.
    pub member_id: Option<Uuid>,
}

impl PurgeEvents {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self) -> Result<(), InvalidField> {
        match (self.older_than_days, self.member_id) {
            (Some(1..=36_500), None) | (None, Some(_)) => Ok(()),
            (Some(_), None) => invalid("/older_than_days", "must be 1 to 36500"),
            _ => invalid("", "needs either older_than_days or member_id"),
        }
    }
}
