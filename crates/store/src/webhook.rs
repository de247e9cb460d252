//! What the receiver of webhooks stores, reads and decides.

use serde::{Deserialize, Serialize};
use time::UtcDateTime;
use upvest_events::{Effect, Event};
use uuid::Uuid;

use crate::commands::{json, rfc3339, run};
use crate::queries::{PageRequest, document, read, the};
use crate::{API_SCHEMA, CommandKey, Database, DatabaseError, Document, Parameter};

/// The most events whose text is removed at a time.
const PURGE_LIMIT: i64 = 50_000;

/// A delivery that was verified.
#[derive(Clone, Debug)]
pub struct Delivery<'a> {
    /// The key that verified it.
    pub key_id: &'a str,
    /// The profile by which it was verified, such as `draft-06`.
    pub profile: &'a str,
    /// Its events.
    pub events: Vec<KeptEvent<'a>>,
}

/// An event with its text, as it is kept.
#[derive(Clone, Debug)]
pub struct KeptEvent<'a> {
    /// What it says.
    pub event: &'a Event<'a>,
    /// Its text in base64, encrypted, with the name of the key; `None` keeps the text.
    pub sealed: Option<(String, String)>,
}

#[derive(Serialize)]
struct DeliveryRow<'a> {
    key_id: &'a str,
    profile: &'a str,
    events: Vec<EventRow<'a>>,
}

#[derive(Serialize)]
struct EventRow<'a> {
    event_id: Uuid,
    event_type: &'a str,
    webhook_id: Option<Uuid>,
    created_at_ns: Option<i64>,
    fingerprint: Uuid,
    subjects: &'a [Uuid],
    raw: Option<&'a str>,
    sealed: Option<&'a str>,
    sealed_with: Option<&'a str>,
    reason: Option<String>,
    effect: Option<&'a Effect>,
}

#[derive(Deserialize)]
struct Ingested {
    fresh: u64,
}

/// Stores the events of a delivery and applies those that are new. Gives their number.
///
/// # Errors
/// See [`DatabaseError`]; it never refuses.
pub fn ingest(
    database: &dyn Database,
    delivery: &Delivery<'_>,
    now: UtcDateTime,
) -> Result<u64, DatabaseError> {
    let events = delivery.events.iter().map(|kept| {
        let (event, sealed) = (kept.event, kept.sealed.as_ref());
        EventRow {
            event_id: event.event_id,
            event_type: &event.event_type,
            webhook_id: event.webhook_id,
            created_at_ns: event.created_at_ns,
            fingerprint: event.fingerprint,
            subjects: &event.subjects,
            raw: sealed.is_none().then_some(event.raw),
            sealed: sealed.map(|(octets, _)| octets.as_str()),
            sealed_with: sealed.map(|(_, key_id)| key_id.as_str()),
            reason: event.effect.as_ref().err().map(ToString::to_string),
            effect: event.effect.as_ref().ok(),
        }
    });
    let delivery = json(&DeliveryRow {
        key_id: delivery.key_id,
        profile: delivery.profile,
        events: events.collect(),
    })?;
    let statement = format!("select {API_SCHEMA}.ingest($1, $2::text::timestamptz)::text");
    let now = rfc3339(now);
    let parameters = [Parameter::Text(&delivery), Parameter::Text(&now)];
    let ingested: Ingested = read(&the(database, &statement, &parameters)?)?;
    Ok(ingested.fresh)
}

/// A page of the events in quarantine: a `Page` of `QuarantinedEvent`.
///
/// # Errors
/// See [`DatabaseError`].
pub fn quarantine(database: &dyn Database, page: PageRequest) -> Result<Document, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.quarantine_page($1, $2)::text");
    the(database, &statement, &page.parameters())
}

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EventText {
    /// What is recorded of it: a `WebhookEvent` without its text.
    pub event: serde_json::Map<String, serde_json::Value>,
    /// The digest of what it says.
    pub fingerprint: Uuid,
    /// Its text, if it is kept plain.
    pub raw: Option<String>,
    /// Its text in base64, if it is kept encrypted.
    pub sealed: Option<String>,
    /// The name of the key.
    pub sealed_with: Option<String>,
    /// When the text was removed.
    pub purged_at: Option<String>,
    /// The registration that it was sent for.
    pub webhook_id: Option<Uuid>,
    /// The key that verified it.
    pub key_id: String,
    /// The profile by which it was verified.
    pub profile: Option<String>,
}

/// An event with its text. `None` if there is no such event.
///
/// # Errors
/// See [`DatabaseError`].
pub fn event_text(
    database: &dyn Database,
    event_id: Uuid,
) -> Result<Option<EventText>, DatabaseError> {
    let statement =
        format!("select t::text from {API_SCHEMA}.webhook_event_text($1) as t where t is not null");
    let found = document(database, &statement, &[Parameter::Uuid(event_id)])?;
    found.map(|found| read(&found)).transpose()
}

/// Applies an event in quarantine as it is read now (`None`: its text is gone): a
/// `QuarantinedEvent`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `not-found`, `event-not-quarantined`, `event-purged`.
pub fn retry_event(
    database: &dyn Database,
    key: CommandKey<'_>,
    event_id: Uuid,
    event: Option<&Event<'_>>,
) -> Result<Document, DatabaseError> {
    let (reason, effect) = match event.map(|event| &event.effect) {
        Some(Ok(effect)) => (String::new(), json(effect)?),
        Some(Err(reason)) => (reason.to_string(), String::new()),
        None => (String::new(), String::new()),
    };
    let own = [
        Parameter::Uuid(event_id),
        Parameter::Text(&reason),
        Parameter::Text(&effect),
    ];
    run(database, "retry_event", key, &own, "$5, $6, $7")
}

/// Leaves an event in quarantine as it is, with a note: a `QuarantinedEvent`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `not-found`, `event-not-quarantined`.
pub fn dismiss_event(
    database: &dyn Database,
    key: CommandKey<'_>,
    event_id: Uuid,
    note: &str,
) -> Result<Document, DatabaseError> {
    let own = [Parameter::Uuid(event_id), Parameter::Text(note)];
    run(database, "dismiss_event", key, &own, "$5, $6")
}

/// Removes the text of events that arrived before a time, or that concern a member; some
/// thousand at a time: `Purged`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-member`.
pub fn purge_events(
    database: &dyn Database,
    key: CommandKey<'_>,
    before: UtcDateTime,
    member_id: Option<Uuid>,
) -> Result<Document, DatabaseError> {
    let before = rfc3339(before);
    let member_id = member_id.map(|id| id.to_string());
    let own = [
        Parameter::Text(&before),
        Parameter::Text(member_id.as_deref().unwrap_or_default()),
        Parameter::Integer(PURGE_LIMIT),
    ];
    let placeholders = "$5::text::timestamptz, nullif($6::text, '')::uuid, $7";
    run(database, "purge_events", key, &own, placeholders)
}

/// What should have come from the broker for `after_hours` and did not: a `Page` of `Gap`.
///
/// # Errors
/// See [`DatabaseError`].
pub fn gaps(
    database: &dyn Database,
    now: UtcDateTime,
    after_hours: u32,
    page: PageRequest,
) -> Result<Document, DatabaseError> {
    let statement =
        format!("select {API_SCHEMA}.gap_page($3::text::timestamptz, $4, $1, $2)::text");
    let now = rfc3339(now);
    let [after, limit] = page.parameters();
    let hours = Parameter::Integer(i64::from(after_hours));
    the(
        database,
        &statement,
        &[after, limit, Parameter::Text(&now), hours],
    )
}

/// The broker's objects of a category, or of all (empty): a `Page` of `BrokerObject`.
///
/// # Errors
/// See [`DatabaseError`].
pub fn broker_objects(
    database: &dyn Database,
    category: &str,
    page: PageRequest,
) -> Result<Document, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.object_page($3, $1, $2)::text");
    let [after, limit] = page.parameters();
    the(
        database,
        &statement,
        &[after, limit, Parameter::Text(category)],
    )
}
