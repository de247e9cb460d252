//! What was booked.

use money::Cents;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::EntryKind;
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;
use crate::command::PayoutAccount;

/// A batch that was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Booked {
    /// The id of the batch: the source of entry n is `command:<batch>:<n>`.
    pub batch_id: Uuid,
    /// What was booked.
    pub kind: EntryKind,
    /// How many entries.
    pub entries: i64,
    /// The id of the first; the others follow.
    pub first_entry_id: i64,
    /// Their sum.
    pub sum_cents: Cents,
}

/// How many valuations were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Valued {
    /// The number.
    pub recorded: i64,
}

/// How far a payout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PayoutState {
    /// Set aside, and waiting for the broker.
    Requested,
    /// Paid.
    Confirmed,
    /// Given back.
    Voided,
}

/// A payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Payout {
    /// Its id.
    pub payout_id: Uuid,
    /// The pool.
    pub pool_id: Uuid,
    /// Whose account.
    pub member_id: Uuid,
    /// Which account.
    pub account: PayoutAccount,
    /// How much.
    pub amount_cents: Cents,
    /// The day from which it has left the account.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub requested_on: Date,
    /// The day on which the broker paid.
    #[serde(with = "crate::calendar::option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<CalendarDate>"))]
    pub paid_on: Option<Date>,
    /// The broker's transaction, if it was named.
    pub upvest_transaction_id: Option<Uuid>,
    /// How far it is.
    pub state: PayoutState,
    /// When it was requested.
    pub requested_at: String,
    /// When it was confirmed.
    pub confirmed_at: Option<String>,
    /// When it was voided.
    pub voided_at: Option<String>,
    /// Why it was voided.
    pub voided_because: Option<String>,
}
