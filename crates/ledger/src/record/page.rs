//! Lists.

use serde::{Deserialize, Serialize};

use crate::Statement;

/// How many webhook events of a type are in which state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventCount {
    /// The event type, such as `CASH_TRANSACTION.EXECUTED`.
    pub event_type: String,
    /// `applied`, `waiting` (for the member or the original of its transaction), `stored`
    /// (no effect on the ledger), `quarantined` or `dismissed`.
    pub state: String,
    /// Why, if it could not be applied.
    pub reason: Option<String>,
    /// How many.
    pub events: i64,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "PageOf{T}"))]
pub struct Page<T> {
    /// The items in the order of their ids.
    pub items: Vec<T>,
    /// The value of `after` for the next page; absent on the last.
    pub next: Option<String>,
}

/// A page of statements.
pub type StatementPage = Page<Statement>;
