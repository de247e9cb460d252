//! The broker's events and objects.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event that could not be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QuarantinedEvent {
    /// The broker's id of the event; of one that came under the id of another, an id of
    /// its own.
    pub event_id: Uuid,
    /// The type, such as `CASH_TRANSACTION.EXECUTED`.
    pub event_type: String,
    /// Why it could not be applied.
    pub reason: String,
    /// When the broker made it.
    pub created_at: Option<String>,
    /// When it arrived.
    pub received_at: String,
    /// How often it was read again.
    pub retries: i64,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WebhookEvent {
    /// The id.
    pub event_id: Uuid,
    /// The type, such as `CASH_TRANSACTION.EXECUTED`.
    pub event_type: String,
    /// `applied`, `stored` (no effect on the ledger), `quarantined` or `dismissed`.
    pub state: String,
    /// Why it could not be applied.
    pub reason: Option<String>,
    /// When the broker made it.
    pub created_at: Option<String>,
    /// When it arrived.
    pub received_at: String,
    /// How often it was read again.
    pub retries: i64,
    /// When it was dismissed.
    pub dismissed_at: Option<String>,
    /// By whom.
    pub dismissed_by: Option<String>,
    /// With which note.
    pub dismissed_because: Option<String>,
}

/// An event with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectedEvent {
    /// What became of it.
    #[serde(flatten)]
    pub event: WebhookEvent,
    /// The registration that it was sent for.
    pub webhook_id: Option<Uuid>,
    /// The key that verified it.
    pub key_id: String,
    /// The profile by which it was verified.
    pub profile: Option<String>,
    /// The exact text; it may hold personal data. Absent once it was removed.
    pub raw: Option<String>,
    /// When the text was removed.
    pub purged_at: Option<String>,
}

/// How many texts were removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Purged {
    /// The number.
    pub purged: i64,
    /// Whether there are none left; if not, send the command again under another key.
    pub complete: bool,
}

/// Something that the broker should have sent and did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gap {
    /// The id of the execution, debit, top-up or withdrawal that has no transaction, or of
    /// the transaction that waits.
    pub id: Uuid,
    /// `execution_without_transaction`, `topup_without_transaction`,
    /// `direct_debit_without_transaction`, `withdrawal_without_transaction`,
    /// `cancellation_without_original` or `account_unknown`.
    pub gap: String,
    /// Which transactions are missing: `cash`, `units`.
    pub missing: Vec<String>,
    /// The event that says so.
    pub event_id: Uuid,
    /// The account group that it concerns.
    pub account_group_id: Option<Uuid>,
    /// The member, if one is known.
    pub member_id: Option<Uuid>,
    /// The member's pool.
    pub pool_id: Option<Uuid>,
    /// When that event arrived.
    pub since: String,
}

/// An object of the broker: a user, an account, an order, a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BrokerObject {
    /// The broker's id.
    pub object_id: Uuid,
    /// What it is, such as `WITHDRAWAL`.
    pub category: String,
    /// How far it is, such as `CONFIRMED`.
    pub status: String,
    /// The broker's time of that.
    pub as_of: String,
    /// The account group that it concerns.
    pub account_group_id: Option<Uuid>,
    /// The account that it concerns.
    pub account_id: Option<Uuid>,
    /// The member, if one is known.
    pub member_id: Option<Uuid>,
    /// The member's pool.
    pub pool_id: Option<Uuid>,
    /// Who owns what the member's accounts hold: `member`, or after a settled death `pool`
    /// or `estate`.
    pub holder: Option<String>,
    /// The order of an execution, the plan of a plan's execution.
    pub parent_id: Option<Uuid>,
    /// The payout that a withdrawal names.
    pub payout_id: Option<Uuid>,
    /// The money that it is about, as the broker writes it.
    pub amount: Option<String>,
    /// How many securities, as the broker writes it.
    pub quantity: Option<String>,
    /// Which security, as the broker writes it.
    pub instrument: Option<String>,
    /// `BUY` or `SELL`.
    pub side: Option<String>,
}
