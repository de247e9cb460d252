//! What could not be applied: listed, inspected, read again, dismissed.

use ledger::record::{InspectedEvent, Page, QuarantinedEvent, WebhookEvent};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{balance, group, in_state, sample};
use crate::harness::{App, Caller, cash, event, problem, text};

const QUARANTINE: &str = "/v1/webhooks/quarantine";

pub(super) fn listed(app: &App) -> Vec<QuarantinedEvent> {
    let page: Page<QuarantinedEvent> = app
        .get(QUARANTINE, Caller::Operator)
        .json()
        .expect("a page");
    page.items
}

/// Sends a command about an event.
pub(super) fn about(app: &App, event_id: Uuid, command: &str, body: &Value) -> (u16, Value) {
    let answer = app.command(&format!("{QUARANTINE}/{event_id}/{command}"), body);
    (answer.status, answer.json().expect("JSON"))
}

pub(super) fn inspected(app: &App, event_id: Uuid) -> InspectedEvent {
    let answer = app.get(&format!("{QUARANTINE}/{event_id}"), Caller::Operator);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    answer.json().expect("an event")
}

/// As if a build had not known something that this one does.
fn as_an_older_build_read_it(app: &App, event_id: Uuid) {
    app.database
        .admin()
        .execute(
            "update retire.webhook_event set state = 'quarantined', reason = 'unknown-kind',
             applied_at = null where event_id = $1",
            &[&event_id],
        )
        .expect("put into quarantine");
    app.database
        .admin()
        .execute(
            "delete from retire.broker_transaction where event_id = $1",
            &[&event_id],
        )
        .expect("forgotten");
}

#[test]
fn an_event_in_quarantine_is_read_again_and_applied() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let unlinked = cash(Uuid::from_u128(9), "TOPUP", 5_00, "2025-06-02");
    let id: Uuid = unlinked["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("one");
    app.deliver(&[unlinked]);
    assert_eq!(listed(&app), [], "what waits is not in quarantine");
    as_an_older_build_read_it(&app, id);
    let [entry] = &listed(&app)[..] else {
        panic!("one event");
    };
    assert_eq!(
        (entry.event_id, entry.reason.as_str(), entry.retries),
        (id, "unknown-kind", 0)
    );
    let (status, document) = about(&app, id, "retry", &json!({}));
    assert_eq!((status, document["state"].as_str()), (201, Some("applied")));
    assert_eq!(document["retries"], 1);
    assert_eq!(listed(&app), []);
    let (status, document) = about(&app, id, "retry", &json!({}));
    assert_eq!(
        (status, document["code"].as_str()),
        (409, Some("event-not-quarantined"))
    );
    app.deliver(&[crate::harness::account_group(
        Uuid::from_u128(9),
        Uuid::from_u128(1),
    )]);
    assert_eq!(balance(&app, member), 5_00, "and is posted as any other");
}

#[test]
fn a_retry_under_the_same_key_gives_the_first_answer() {
    let app = App::start();
    let odd = cash(group(1), "OF_A_LATER_RELEASE", 1_00, "2025-06-02");
    app.deliver(&[odd]);
    let id = listed(&app)[0].event_id;
    let path = format!("{QUARANTINE}/{id}/retry");
    let answers: Vec<_> = (0..3)
        .map(|_| {
            let answer = app.client.try_command(&path, "one-key", &json!({}));
            text(&answer.expect("an answer"))
        })
        .collect();
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(listed(&app)[0].retries, 1);
    assert_eq!(
        listed(&app)[0].reason,
        "unknown-kind",
        "it is still not known"
    );
}

#[test]
fn an_event_is_dismissed_with_a_note() {
    let app = App::start();
    app.deliver(&[cash(group(1), "UNKNOWN", 1_00, "2025-06-02")]);
    let id = listed(&app)[0].event_id;
    let path = format!("{QUARANTINE}/{id}/dismissal");
    for (body, pointer) in [
        (json!({"note": ""}), Some("/note")),
        (json!({}), Some("/note")),
    ] {
        let refused = problem(&app.command(&path, &body));
        assert_eq!((refused.0, refused.2.as_deref()), (422, pointer));
    }
    let (status, document) = about(&app, id, "dismissal", &json!({"note": "a test of theirs"}));
    let event: WebhookEvent = serde_json::from_value(document).expect("an event");
    assert_eq!((status, event.state.as_str()), (201, "dismissed"));
    assert_eq!(event.dismissed_because.as_deref(), Some("a test of theirs"));
    assert_eq!(event.dismissed_by.as_deref(), Some("operator-1"));
    assert_eq!(listed(&app), []);
    assert_eq!(
        about(&app, id, "dismissal", &json!({"note": "again"})).0,
        409
    );
    let (status, document) = about(&app, id, "retry", &json!({}));
    assert_eq!(
        (status, document["state"].as_str()),
        (201, Some("quarantined")),
        "who dismissed it may think again"
    );
    let nobody = Uuid::from_u128(3);
    assert_eq!(about(&app, nobody, "retry", &json!({})).0, 404);
    assert_eq!(
        about(&app, nobody, "dismissal", &json!({"note": "x"})).0,
        404
    );
}

#[test]
fn the_list_has_pages_and_no_personal_data() {
    let app = App::start();
    let events: Vec<Value> = (0..5)
        .map(|_| event("USER.CREATED", &json!({"first_name": "Ottilie"})))
        .collect();
    app.deliver(&events);
    let mut seen = Vec::new();
    let mut path = format!("{QUARANTINE}?limit=2");
    loop {
        let answer = app.get(&path, Caller::Operator);
        assert!(!text(&answer).contains("Ottilie"));
        let page: Page<QuarantinedEvent> = answer.json().expect("a page");
        seen.extend(page.items.iter().map(|event| event.event_id));
        match page.next {
            Some(next) => path = format!("{QUARANTINE}?limit=2&after={next}"),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (5, &sorted));
    let raw = inspected(&app, seen[0]).raw.expect("a text");
    assert!(raw.contains("Ottilie"), "who inspects sees the text");
    for caller in [Caller::Analyst, Caller::Auditor, Caller::Member(seen[0])] {
        let path = format!("{QUARANTINE}/{}", seen[0]);
        assert_eq!(app.get(&path, caller).status, 403);
        assert_eq!(app.get(QUARANTINE, caller).status, 403);
    }
}

/// The same id with another content is another event, and not a replay.
#[test]
fn what_comes_under_the_id_of_another_event_is_kept_beside_it() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let first = cash(group(1), "TOPUP", 10_00, "2025-06-02");
    let mut second = first.clone();
    second["object"]["delta"]["amount"] = json!("11.00");
    let mut for_another_registration = first.clone();
    for_another_registration["webhook_id"] = json!(Uuid::from_u128(4));
    assert_eq!(app.deliver(&[first, second.clone()]), 2);
    assert_eq!(app.deliver(&[for_another_registration, second]), 0);
    assert_eq!(balance(&app, member), 10_00);
    let [other] = &listed(&app)[..] else {
        panic!("one event");
    };
    assert_eq!(other.reason, "id-reused");
    let (status, document) = about(&app, other.event_id, "retry", &json!({}));
    assert_eq!(
        (status, document["reason"].as_str()),
        (201, Some("id-reused"))
    );
    assert_eq!(balance(&app, member), 10_00);
}

/// Another event about the same transaction says something else.
#[test]
fn a_transaction_that_differs_is_in_quarantine() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let first = cash(group(1), "TOPUP", 10_00, "2025-06-02");
    let mut second = first.clone();
    second["id"] = json!(Uuid::new_v4());
    second["object"]["delta"]["amount"] = json!("11.00");
    app.deliver(&[first]);
    app.deliver(&[second]);
    assert_eq!(balance(&app, member), 10_00);
    assert_eq!(listed(&app)[0].reason, "transaction-differs");
}

/// An amount that overflows an account's balance; the neighbours are booked.
#[test]
fn an_event_that_cannot_be_applied_never_holds_back_others() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let units = |amount: &str| {
        event(
            "SECURITY_TRANSACTION.EXECUTED",
            &json!({
                "id": Uuid::new_v4(), "account_group_id": group(1), "type": "ORDER_EXECUTION",
                "instrument": {"isin": "IE00B4L5Y983"}, "delta": {"amount": amount},
                "value_date": "2025-06-05T00:00:00Z",
            }),
        )
    };
    let most = "9223372036.854775807";
    app.deliver(&[
        cash(group(1), "TOPUP", 10_00, "2025-06-02"),
        units(most),
        units(most),
        cash(group(1), "TOPUP", 5_00, "2025-06-02"),
    ]);
    assert_eq!(balance(&app, member), 15_00);
    let reasons: Vec<String> = listed(&app).into_iter().map(|event| event.reason).collect();
    assert_eq!(reasons, ["not-applicable"]);
    // The same, waiting for their owner: whoever is linked is linked.
    let waiting = |amount: &str| {
        let mut event = units(amount);
        event["object"]["account_group_id"] = json!(group(2));
        event
    };
    app.deliver(&[waiting(most), waiting(most), waiting("1")]);
    let second = pool.member(2, 7_00);
    assert_eq!(balance(&app, second), 7_00);
    assert!(listed(&app).len() >= 2);
}

/// What alerts are made of.
#[test]
fn the_figures_of_events_are_counted() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 10_00);
    app.deliver(&[
        cash(group(9), "TOPUP", 1_00, "2025-06-02"),
        cash(group(1), "UNKNOWN", 1_00, "2025-06-02"),
        event("REPORT.CREATED", &json!({})),
    ]);
    let of = |name: &str| -> Option<f64> { sample(&app, name) };
    for (sample, expected) in [
        ("retire_webhook_events{state=\"applied\"}", 3.0),
        ("retire_webhook_events{state=\"stored\"}", 1.0),
        ("retire_webhook_events{state=\"quarantined\"}", 1.0),
        ("retire_webhook_events{state=\"waiting\"}", 1.0),
        ("retire_webhook_quarantined{reason=\"unknown-kind\"}", 1.0),
    ] {
        assert_eq!(of(sample), Some(expected), "{sample}");
    }
    // The events say that they were made in June 2025.
    for of_what in ["last", "last_hour"] {
        let lag = of(&format!("retire_webhook_lag_seconds{{of=\"{of_what}\"}}"));
        assert!(lag.is_some_and(|seconds| seconds > 0.0), "{lag:?}");
    }
    assert!(of("retire_webhook_oldest_waiting_seconds").is_some());
}

/// The counts by state, kept without counting, are those of the events.
#[test]
fn what_is_counted_of_states_is_what_there_is() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 10_00);
    let step = |status: &str, at: &str| {
        let mut step = event(
            &format!("ORDER.{status}"),
            &json!({"id": Uuid::from_u128(7), "account_id": group(1), "status": status}),
        );
        step["created_at"] = json!(at);
        step
    };
    let odd = || cash(group(1), "UNKNOWN", 1_00, "2025-06-02");
    let package = [
        cash(group(1), "TOPUP", 1_00, "2025-06-02"),
        event("REPORT.CREATED", &json!({})),
        event("REPORT.CREATED", &json!({})),
        odd(),
        odd(),
        odd(),
        step("FILLED", "2025-06-02T10:00:00Z"),
        step("NEW", "2025-06-02T11:00:00Z"),
    ];
    let id = |index: usize| -> Uuid {
        serde_json::from_value(package[index]["id"].clone()).expect("an id")
    };
    app.deliver(&package);
    app.deliver(&package);
    let expect = |expected: [(&str, i64); 4]| {
        for (state, events) in expected {
            let counted = (events > 0).then_some(events);
            assert_eq!(in_state(&app, state), counted, "{state}");
            let there: i64 = app
                .database
                .admin()
                .query_one(
                    "select count(*) from retire.webhook_event where state = $1",
                    &[&state],
                )
                .expect("a count")
                .get(0);
            assert_eq!(there, events, "{state}");
        }
    };
    // A member comes with two events.
    expect([
        ("applied", 4),
        ("stored", 2),
        ("quarantined", 4),
        ("dismissed", 0),
    ]);
    assert_eq!(
        about(&app, id(3), "dismissal", &json!({"note": "theirs"})).0,
        201
    );
    expect([
        ("applied", 4),
        ("stored", 2),
        ("quarantined", 3),
        ("dismissed", 1),
    ]);
    // As if a later build knew that one of them has no effect, and one has.
    let knows = |id: Uuid, state: &str| {
        let sql = "update retire.webhook_event set state = $2, reason = null, retries = 1
             where event_id = $1";
        app.database
            .admin()
            .execute(sql, &[&id, &state])
            .expect("retried");
    };
    knows(id(4), "stored");
    knows(id(5), "applied");
    expect([
        ("applied", 5),
        ("stored", 3),
        ("quarantined", 1),
        ("dismissed", 1),
    ]);
}
