//! What an operator sees of the events, and does about them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_cipher::Sealed;
use ledger::command::{DismissEvent, Nothing, PurgeEvents};
use serde_json::Value;
use store::EventText;
use time::Duration;
use upvest_events::read_event;
use uuid::Uuid;
use web::routes::Webhook;
use web::{Call, Code, Host, Problem, Reply, parse_json};

use crate::receive::keys;

/// How long something has been missing if the caller does not say, in hours.
const GAP_HOURS: u32 = 24;
/// The most hours: ten years.
const MAX_GAP_HOURS: u32 = 87_600;

/// Lists the events in quarantine.
pub(crate) fn quarantine(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let page = call.page()?;
    Ok(Reply::ok(store::quarantine(&*host.database()?, page)?))
}

/// Shows an event with its text.
pub(crate) fn inspect(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let event_id = call.id(0)?;
    let mut kept = store::event_text(&*host.database()?, event_id)?
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let mut document = std::mem::take(&mut kept.event);
    let raw = text(host, event_id, &kept)?;
    let optional = |text: Option<String>| text.map_or(Value::Null, Value::String);
    document.extend([
        (
            "webhook_id".to_owned(),
            optional(kept.webhook_id.map(|id| id.to_string())),
        ),
        ("key_id".to_owned(), Value::String(kept.key_id)),
        ("profile".to_owned(), optional(kept.profile)),
        ("raw".to_owned(), optional(raw)),
        ("purged_at".to_owned(), optional(kept.purged_at)),
    ]);
    Reply::json(&document)
}

/// Reads an event again, and applies it.
pub(crate) fn retry(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let (event_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let Nothing {} = parse_json(&call.body)?;
    let database = host.database()?;
    let kept =
        store::event_text(&*database, event_id)?.ok_or_else(|| Problem::new(Code::NotFound))?;
    let raw = text(host, event_id, &kept)?;
    let event = raw.as_deref().map(read_event);
    let document = store::retry_event(&*database, key, event_id, event.as_ref())?;
    Ok(Reply::created(document))
}

/// Leaves an event as it is.
pub(crate) fn dismiss(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let (event_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let command: DismissEvent = parse_json(&call.body)?;
    command.validate()?;
    let document = store::dismiss_event(&*host.database()?, key, event_id, &command.note)?;
    Ok(Reply::created(document))
}

/// Removes the text of events.
pub(crate) fn purge(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let hash = call.request_hash();
    let key = call.command_key(&hash)?;
    let command: PurgeEvents = parse_json(&call.body)?;
    command.validate()?;
    let age = Duration::days(i64::from(command.older_than_days.unwrap_or(0)));
    let document = store::purge_events(
        &*host.database()?,
        key,
        call.now.saturating_sub(age),
        command.member_id,
    )?;
    Ok(Reply::created(document))
}

/// Lists what the broker should have sent and did not.
pub(crate) fn gaps(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let page = call.page()?;
    let expected = format!("must be 0 to {MAX_GAP_HOURS}");
    let hours = call.query("after_hours", &expected, |text| {
        text.parse().ok().filter(|hours| *hours <= MAX_GAP_HOURS)
    })?;
    let hours = hours.unwrap_or(GAP_HOURS);
    Ok(Reply::ok(store::gaps(
        &*host.database()?,
        call.now,
        hours,
        page,
    )?))
}

/// Lists the broker's objects.
pub(crate) fn objects(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let page = call.page()?;
    let category = call.query("category", "is not a category such as ORDER", |text| {
        let plain = text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        ((1..=50).contains(&text.len()) && plain).then(|| text.to_owned())
    })?;
    Ok(Reply::ok(store::broker_objects(
        &*host.database()?,
        category.as_deref().unwrap_or_default(),
        page,
    )?))
}

/// The text of an event. `None` if it was removed.
fn text(host: &dyn Host, event_id: Uuid, kept: &EventText) -> Result<Option<String>, Problem> {
    let (Some(sealed), Some(key_id)) = (&kept.sealed, &kept.sealed_with) else {
        return Ok(kept.raw.clone());
    };
    // PostgreSQL breaks base64 into lines.
    let plain: String = sealed.split_ascii_whitespace().collect();
    let octets = STANDARD
        .decode(plain)
        .map_err(|error| Problem::internal(error.to_string()))?;
    let sealed = Sealed {
        key_id: key_id.clone(),
        octets,
    };
    keys(host)?
        .open(kept.fingerprint, &sealed)
        .map(Some)
        .map_err(|error| Problem::internal(format!("event {event_id}: {error}")))
}
