//! The package and its events.

use serde::Deserialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::Effect;
use crate::ids::ids;
use crate::object::effect_of;

/// An event as it arrived, and as it is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The sender's id of the event, the guard against replays. An event without
    /// one gets an id from its text, so that it too is kept once.
    pub event_id: Uuid,
    /// `CATEGORY.VALUE`, or `UNREADABLE` if the event has no such type.
    pub event_type: String,
    /// The registration that it was sent for.
    pub webhook_id: Option<Uuid>,
    /// When the sender made it, in nanoseconds since the epoch: decides which of
    /// two states of the same thing is the newer.
    pub created_at_ns: Option<i64>,
    /// A digest of what it says: the same for an event that is sent again. Names an
    /// event that comes under the id of another.
    pub fingerprint: Uuid,
    /// The ids that occur in its object: whom and what it is about.
    pub subjects: Vec<Uuid>,
    /// The exact text of the event.
    pub raw: &'a str,
    /// What it says, or why it cannot be applied.
    pub effect: Result<Effect, Quarantine>,
}

/// Why an event cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Quarantine {
    /// Not an object with an id and a type.
    #[error("malformed-event")]
    MalformedEvent,
    /// The body has no list of events.
    #[error("malformed-package")]
    MalformedPackage,
    /// A field that the effect needs is missing or of another type.
    #[error("malformed-object")]
    MalformedObject,
    /// A number that does not fit: too many digits or decimals.
    #[error("amount-out-of-range")]
    AmountOutOfRange,
    /// Another currency than the euro.
    #[error("unknown-currency")]
    UnknownCurrency,
    /// A status that is not known.
    #[error("unknown-status")]
    UnknownStatus,
    /// A cancellation that does not say what it takes back.
    #[error("missing-reference")]
    MissingReference,
    /// A kind of transaction that is not known.
    #[error("unknown-kind")]
    UnknownKind,
    /// A user, group or account with several owners.
    #[error("several-owners")]
    SeveralOwners,
    /// A position without a value.
    #[error("unvalued-position")]
    UnvaluedPosition,
}

/// The body is not a JSON document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is not JSON")]
pub struct NotJson;

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    payload: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    id: Uuid,
    #[serde(rename = "type")]
    event_type: String,
    created_at: Option<String>,
    webhook_id: Option<Uuid>,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
}

/// Reads a delivery's body. The order is the sender's; an id may occur twice.
///
/// A body that is JSON but no package (such as a test call of another shape)
/// becomes one quarantined event.
///
/// # Errors
/// [`NotJson`].
pub fn read_package(body: &[u8]) -> Result<Vec<Event<'_>>, NotJson> {
    let whole: &RawValue = serde_json::from_slice(body).map_err(|_| NotJson)?;
    match serde_json::from_slice::<Package<'_>>(whole.get().as_bytes()) {
        Ok(package) => Ok(package
            .payload
            .into_iter()
            .map(|event| read_event(event.get()))
            .collect()),
        Err(_) => Ok(vec![unreadable(whole.get(), Quarantine::MalformedPackage)]),
    }
}

/// Reads the text of an event again, with what this build understands.
#[must_use]
pub fn read_event(raw: &str) -> Event<'_> {
    let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(raw.as_bytes()) else {
        return unreadable(raw, Quarantine::MalformedEvent);
    };
    if !is_event_type(&envelope.event_type) {
        return unreadable(raw, Quarantine::MalformedEvent);
    }
    let object = envelope.object.map_or("null", RawValue::get);
    let said = format!(
        "{}\n{}\n{object}",
        envelope.event_type,
        envelope.created_at.as_deref().unwrap_or_default()
    );
    Event {
        event_id: envelope.id,
        fingerprint: Uuid::new_v5(&envelope.id, said.as_bytes()),
        subjects: ids(object),
        effect: effect_of(&envelope.event_type, object),
        event_type: envelope.event_type,
        webhook_id: envelope.webhook_id,
        created_at_ns: envelope.created_at.as_deref().and_then(nanoseconds),
        raw,
    }
}

fn unreadable(raw: &str, reason: Quarantine) -> Event<'_> {
    Event {
        event_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, raw.as_bytes()),
        event_type: "UNREADABLE".to_owned(),
        webhook_id: None,
        created_at_ns: None,
        fingerprint: Uuid::new_v5(&Uuid::NAMESPACE_OID, raw.as_bytes()),
        subjects: ids(raw),
        raw,
        effect: Err(reason),
    }
}

/// `ACCOUNT_GROUP.CREATED`: categories and values are open, the form is not.
fn is_event_type(text: &str) -> bool {
    let word = |w: &str| {
        !w.is_empty()
            && w.bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    text.len() <= 100
        && text
            .split_once('.')
            .is_some_and(|(a, b)| word(a) && word(b))
}

/// Nanoseconds since the epoch of an RFC 3339 time.
pub(crate) fn nanoseconds(text: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos()).ok()
}
