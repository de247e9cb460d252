//! What an erasure took, and what it left.

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;

/// A member of whom nobody knows any more who it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Erased {
    /// The id, a pseudonym: it stays.
    pub member_id: Uuid,
    /// When.
    pub erased_at: String,
    /// The day of the last booking, if there was one.
    #[serde(with = "crate::calendar::option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<CalendarDate>"))]
    pub last_booked_on: Option<Date>,
    /// For how many years after that year the books had to be kept.
    pub retention_years: u32,
    /// What went.
    pub erased: Vec<ErasedData>,
    /// What stays, under the pseudonym, and why.
    pub kept: Vec<KeptData>,
}

/// A category of data that went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErasedData {
    /// Its name.
    pub data: String,
    /// How many rows had it.
    pub rows: i64,
}

/// A category of data that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptData {
    /// Its name.
    pub data: String,
    /// How many rows have it.
    pub rows: i64,
    /// The legal ground.
    pub ground: String,
}
