//! A delivery of the broker, stored and applied in one statement.

use serde::{Deserialize, Serialize};
use time::UtcDateTime;
use upvest_events::{Effect, Event};
use uuid::Uuid;

use crate::commands::rfc3339;
use crate::queries::{read, the};
use crate::{API_SCHEMA, Database, DatabaseError, Parameter};

#[derive(Serialize)]
struct DeliveryRow<'a> {
    key_id: &'a str,
    events: Vec<EventRow<'a>>,
}

#[derive(Serialize)]
struct EventRow<'a> {
    event_id: Uuid,
    event_type: &'a str,
    webhook_id: Option<Uuid>,
    created_at_ns: Option<i64>,
    raw: &'a str,
    reason: Option<String>,
    effect: Option<&'a Effect>,
}

#[derive(Deserialize)]
struct Ingested {
    fresh: u64,
}

/// Stores the events of a delivery that was verified with the key `key_id`, and
/// applies those that are new. Gives their number.
///
/// # Errors
/// See [`DatabaseError`]; it never refuses.
pub fn ingest(
    database: &dyn Database,
    key_id: &str,
    events: &[Event<'_>],
    now: UtcDateTime,
) -> Result<u64, DatabaseError> {
    let events = events.iter().map(|event| EventRow {
        event_id: event.event_id,
        event_type: &event.event_type,
        webhook_id: event.webhook_id,
        created_at_ns: event.created_at_ns,
        raw: event.raw,
        reason: event.effect.as_ref().err().map(ToString::to_string),
        effect: event.effect.as_ref().ok(),
    });
    let delivery = DeliveryRow {
        key_id,
        events: events.collect(),
    };
    let delivery = serde_json::to_string(&delivery)
        .map_err(|error| DatabaseError::Failed(error.to_string()))?;
    let statement = format!("select {API_SCHEMA}.ingest($1, $2::text::timestamptz)::text");
    let now = rfc3339(now);
    let parameters = [Parameter::Text(&delivery), Parameter::Text(&now)];
    let ingested: Ingested = read(&the(database, &statement, &parameters)?)?;
    Ok(ingested.fresh)
}
