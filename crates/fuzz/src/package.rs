//! The body of a delivery.

use serde::de::IgnoredAny;
use serde_json::Value;
use upvest_events::{Effect, Event, ObjectState, Quarantine, read_event, read_package};

/// The most octets of a text that is kept of an object.
const MAX_TEXT_LEN: usize = 140;
/// The most octets of an event's type.
const MAX_TYPE_LEN: usize = 100;
/// 2^53 − 1: what fits a number of JavaScript.
const MAX_CENTS: i64 = 9_007_199_254_740_991;

/// `data`: the body.
///
/// # Panics
/// A body that is JSON is refused, or one that is not is read; an event is lost, or read
/// otherwise when it is read alone; an amount has more digits than the ledger; what is
/// understood cannot be stored.
pub fn package(data: &[u8]) {
    let json = std::str::from_utf8(data)
        .is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    let events = read_package(data);
    assert_eq!(events.is_ok(), json, "is it JSON");
    let Ok(events) = events else { return };
    assert_eq!(read_package(data).as_ref(), Ok(&events), "read again");
    if let [event] = &events[..]
        && event.effect == Err(Quarantine::MalformedPackage)
    {
        assert_eq!(event.raw.as_bytes(), data.trim_ascii(), "the whole body");
        return;
    }
    complete(data, &events);
    for event in &events {
        assert_eq!(&read_event(event.raw), event, "read alone");
        envelope(event);
        if let Ok(effect) = &event.effect {
            bounded(effect);
            storable(effect);
        }
    }
}

/// Every event of the list is there, in its order, byte for byte.
fn complete(data: &[u8], events: &[Event<'_>]) {
    let mut at = 0;
    for event in events {
        let start = event.raw.as_ptr() as usize - data.as_ptr() as usize;
        assert!(at <= start, "events that overlap");
        at = start + event.raw.len();
        assert_eq!(&data[start..at], event.raw.as_bytes());
    }
    // Numbers without end and lists in lists are not read by this.
    let Ok(whole) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let listed = match &whole {
        Value::Array(fields) => fields.first(),
        _ => whole.get("payload"),
    };
    let listed = listed.and_then(Value::as_array).expect("a list");
    assert_eq!(listed.len(), events.len(), "events");
    for (value, event) in listed.iter().zip(events) {
        assert_eq!(
            Ok(value),
            serde_json::from_str(event.raw).as_ref().map_err(|_| ())
        );
    }
}

fn envelope(event: &Event<'_>) {
    assert!(event.event_type.len() <= MAX_TYPE_LEN, "the type's length");
    let upper = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b"._".contains(&b);
    assert!(event.event_type.bytes().all(upper), "the type's letters");
    assert!(
        event.subjects.is_sorted_by(|a, b| a < b),
        "each subject once"
    );
    let text = event.raw.to_ascii_lowercase();
    for subject in &event.subjects {
        assert!(text.contains(&subject.to_string()), "a subject of nothing");
    }
}

/// No amount is larger than the ledger's, no text longer than the tables'.
fn bounded(effect: &Effect) {
    let cents = |n: i64| assert!((-MAX_CENTS..=MAX_CENTS).contains(&n), "{n} cents");
    match effect {
        Effect::User { state, .. }
        | Effect::AccountGroup { state, .. }
        | Effect::Account { state, .. } => state.iter().for_each(state_of),
        Effect::Object { state } => state_of(state),
        Effect::CashTransaction { amount_cents, .. } => cents(amount_cents.get()),
        Effect::CashBalance { balance_cents, .. } => cents(balance_cents.get()),
        Effect::SecurityTransaction { isin, .. } | Effect::PositionSnapshot { isin, .. } => {
            assert_eq!(isin.len(), 12, "{isin}");
        }
        Effect::Valuation { positions, .. } => {
            assert!(positions.is_sorted_by(|a, b| a.isin < b.isin), "positions");
            for position in positions {
                assert_eq!(position.isin.len(), 12, "{}", position.isin);
                cents(position.value_cents.get());
            }
        }
        Effect::None => {}
    }
}

fn state_of(state: &ObjectState) {
    let texts = [
        &state.amount,
        &state.quantity,
        &state.instrument,
        &state.side,
    ];
    for text in texts.into_iter().flatten() {
        assert!((1..=MAX_TEXT_LEN).contains(&text.len()), "{text:?}");
        assert!(!text.contains(char::is_control), "{text:?}");
    }
}

/// It can be written as JSON, and PostgreSQL takes that: no character is zero.
fn storable(effect: &Effect) {
    let json = serde_json::to_string(effect).expect("JSON");
    assert!(!json.contains("\\u0000"), "{json}");
}
