//! The broker's deliveries: believed or not, stored before the answer, applied once.

mod effects;
mod fields;
mod load;
mod metrics;
mod openssl;
mod order;
mod quarantine;
mod reasons;
mod rejections;
mod sources;
mod states;
mod stored_keys;
mod texts;
mod together;
mod withdrawals;

use std::str::FromStr;

use ledger::record::{BrokerObject, EventCount, Gap, Member, Page};
use serde_json::{Value, json};
use simulator::{Answer, DevKeys};
use time::UtcDateTime;
use upvest_signature::{SignatureParameters, sign};
use uuid::Uuid;

use crate::harness::{App, Caller, Database, Rows, cash, event, problem, text};

const PATH: &str = "/v1/webhooks/upvest";

fn package(events: &[Value]) -> Vec<u8> {
    json!({"payload": events}).to_string().into_bytes()
}

fn now_s() -> i64 {
    UtcDateTime::now().unix_timestamp()
}

fn send(app: &App, headers: &[(String, Vec<u8>)], body: &[u8]) -> Answer {
    app.client
        .send("POST", PATH, headers, body)
        .expect("an answer")
}

/// What a refused delivery answers; nothing of it may be stored.
fn refused(app: &App, headers: &[(String, Vec<u8>)], body: &[u8]) -> (u16, String) {
    let rows = rows(app);
    let (status, code, _) = problem(&send(app, headers, body));
    assert_eq!(self::rows(app), rows, "nothing is half-written");
    (status, code)
}

/// The rows of all tables but those about refusals.
fn rows(app: &App) -> Rows {
    let mut rows = app.database.rows();
    rows.retain(|table, _| !table.starts_with("webhook_rejection"));
    rows
}

/// The value of a sample, as a scraper reads it.
fn sample<T: FromStr>(app: &App, name: &str) -> Option<T> {
    let answer = app.get("/v1/webhooks/metrics", Caller::Analyst);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    let value = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
    text(&answer).lines().find_map(value)
}

/// What is counted of a reason.
fn counted(app: &App, reason: &str) -> u64 {
    let name = format!("retire_webhook_rejections_total{{reason=\"{reason}\"}}");
    sample(app, &name).unwrap_or_else(|| panic!("{reason} is not counted"))
}

/// How many events are in a state, by the metrics.
fn in_state(app: &App, state: &str) -> Option<i64> {
    sample(app, &format!("retire_webhook_events{{state=\"{state}\"}}"))
}

fn counts(app: &App) -> Vec<(String, String, Option<String>, i64)> {
    let page: Page<EventCount> = app
        .get("/v1/data/webhook-events/counts", Caller::Operator)
        .json()
        .expect("counts");
    page.items
        .into_iter()
        .map(|c| (c.event_type, c.state, c.reason, c.events))
        .collect()
}

fn group(number: u128) -> Uuid {
    Uuid::from_u128(number + (1 << 64))
}

/// A movement of a member's money that is for something.
fn moved(number: u128, kind: &str, cents: i64, on: &str, to: (&str, Uuid)) -> Value {
    let mut event = cash(group(number), kind, cents, on);
    event["object"]["references"] = json!([{"type": to.0, "id": to.1}]);
    event
}

fn gaps(app: &App) -> Vec<Gap> {
    let answer = app.get("/v1/webhooks/gaps?after_hours=0", Caller::Operator);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    answer.json::<Page<Gap>>().expect("gaps").items
}

fn objects(app: &App, category: &str) -> Vec<BrokerObject> {
    let path = format!("/v1/webhooks/objects?category={category}");
    let answer = app.get(&path, Caller::Operator);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    answer.json::<Page<BrokerObject>>().expect("objects").items
}

#[test]
fn a_signed_delivery_is_stored_and_answered_200() {
    let app = App::start();
    let body = package(&[event("ORDER.NEW", &json!({"id": Uuid::new_v4()}))]);
    let answer = app.client.try_deliver(&body).expect("an answer");
    assert_eq!(
        (answer.status, text(&answer).as_str()),
        (200, r#"{"events":1,"fresh":1}"#)
    );
    assert_eq!(app.database.count("webhook_event"), 1);
}

#[test]
fn forged_and_unsigned_deliveries_are_refused() {
    let app = App::start();
    let rejected = (401, "signature-rejected".to_owned());
    let body = package(&[event("ORDER.NEW", &json!({}))]);
    let good = app.client.signed_headers(&body, now_s()).expect("signed");
    assert_eq!(refused(&app, &[], &body), rejected, "unsigned");
    for header in ["signature", "signature-input", "digest"] {
        let without: Vec<_> = good
            .iter()
            .filter(|(name, _)| name != header)
            .cloned()
            .collect();
        assert_eq!(refused(&app, &without, &body), rejected, "without {header}");
    }
    let mut other_body = body.clone();
    other_body[body.len() - 2] ^= 1;
    assert_eq!(refused(&app, &good, &other_body), rejected, "another body");

    let stranger = DevKeys::generate()
        .expect("randomness")
        .upvest_key()
        .expect("a key");
    let parameters = SignatureParameters {
        created_s: now_s(),
        expires_s: now_s() + 60,
        nonce: "n",
    };
    let forged = sign(&stranger, PATH, &body, parameters);
    assert_eq!(refused(&app, &forged, &body), rejected, "an unknown key");
    let elsewhere = sign(
        &crate::harness::KEYS.upvest_key().expect("a key"),
        "/v1/other",
        &body,
        parameters,
    );
    assert_eq!(
        refused(&app, &elsewhere, &body),
        rejected,
        "signed for another path"
    );
    assert_eq!(send(&app, &good, &body).status, 200, "the original is fine");
}

#[test]
fn deliveries_out_of_time_are_refused() {
    let app = App::start();
    let body = package(&[event("ORDER.NEW", &json!({}))]);
    let rejected = (401, "signature-rejected".to_owned());
    for (offset_s, expected) in [
        (-400, Some(&rejected)),
        (60, Some(&rejected)),
        (-20, None),
        (5, None),
    ] {
        let headers = app
            .client
            .signed_headers(&body, now_s() + offset_s)
            .expect("signed");
        match expected {
            Some(expected) => assert_eq!(&refused(&app, &headers, &body), expected, "{offset_s}"),
            None => assert_eq!(send(&app, &headers, &body).status, 200, "{offset_s}"),
        }
    }
}

/// Upvest repeats deliveries; the id of the event is the guard.
#[test]
fn a_replayed_delivery_changes_nothing() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let group = Uuid::from_u128(1 + (1 << 64));
    let body = package(&[cash(group, "TOPUP", 123_45, "2025-06-02")]);
    let headers = app.client.signed_headers(&body, now_s()).expect("signed");
    assert_eq!(
        text(&send(&app, &headers, &body)),
        r#"{"events":1,"fresh":1}"#
    );
    let rows = app.database.rows();
    for _ in 0..3 {
        assert_eq!(
            text(&send(&app, &headers, &body)),
            r#"{"events":1,"fresh":0}"#
        );
    }
    assert_eq!(app.database.rows(), rows);
    assert_eq!(balance(&app, member), 123_45);
}

/// The same transaction under another event id is still one transaction.
#[test]
fn a_transaction_is_booked_once() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let first = cash(Uuid::from_u128(1 + (1 << 64)), "TOPUP", 10_00, "2025-06-02");
    let mut second = first.clone();
    second["id"] = json!(Uuid::new_v4());
    app.deliver(&[first]);
    app.deliver(&[second]);
    assert_eq!(balance(&app, member), 10_00);
}

fn balance(app: &App, member: Uuid) -> i64 {
    let member: Member = app
        .get(&format!("/v1/data/members/{member}"), Caller::Operator)
        .json()
        .expect("a member");
    member.cash_cents.get()
}

/// What cannot be read is stored, quarantined, and answered 200: a refusal would
/// hold back every later delivery.
#[test]
fn odd_events_are_quarantined_and_do_not_touch_their_neighbours() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let group = Uuid::from_u128(1 + (1 << 64));
    let mut huge = cash(group, "TOPUP", 1, "2025-06-02");
    huge["object"]["delta"]["amount"] = json!("9".repeat(63));
    let odd = [
        json!(7),
        json!({"type": "ORDER.NEW"}),
        event("NEW_CATEGORY.WITH_VALUE", &json!({"a": [1, {"b": null}]})),
        event("CASH_TRANSACTION.EXECUTED", &json!({})),
        huge,
        cash(group, "UNKNOWN_KIND", 1_00, "2025-06-02"),
        event(
            "REPORT.CREATED",
            &json!({"text": "\u{0}\u{1f600} ' \" \\ </script>"}),
        ),
        event(
            "ORDER.NEW",
            &json!({"id": Uuid::new_v4(), "side": "\u{0}", "quantity": "\u{0}'"}),
        ),
        cash(group, "TOPUP", 55_00, "2025-06-02"),
    ];
    let answer = app.client.try_deliver(&package(&odd)).expect("an answer");
    assert_eq!(
        (answer.status, text(&answer).as_str()),
        (200, r#"{"events":9,"fresh":9}"#)
    );
    assert_eq!(balance(&app, member), 55_00);
    let of = |event_type: &str, state: &str, reason: Option<&str>| {
        let found = counts(&app)
            .into_iter()
            .find(|(t, s, r, _)| t == event_type && s == state && r.as_deref() == reason);
        found.map_or(0, |(.., events)| events)
    };
    assert_eq!(of("UNREADABLE", "quarantined", Some("malformed-event")), 2);
    assert_eq!(of("NEW_CATEGORY.WITH_VALUE", "stored", None), 1);
    assert_eq!(
        of(
            "CASH_TRANSACTION.EXECUTED",
            "quarantined",
            Some("malformed-object")
        ),
        1
    );
    assert_eq!(
        of(
            "CASH_TRANSACTION.EXECUTED",
            "quarantined",
            Some("amount-out-of-range")
        ),
        1
    );
    assert_eq!(
        of(
            "CASH_TRANSACTION.EXECUTED",
            "quarantined",
            Some("unknown-kind")
        ),
        1
    );
    assert_eq!(of("CASH_TRANSACTION.EXECUTED", "applied", None), 1);
    assert_eq!(of("REPORT.CREATED", "stored", None), 1);
    assert_eq!(of("ORDER.NEW", "applied", None), 1);
}

#[test]
fn the_raw_text_of_an_event_is_kept_exactly() {
    let app = App::start();
    let raw = r#"{ "id":"8962b496-8d42-4560-bfab-10490dd1a721",  "type":"ORDER.NEW","object":{"n":1.0e2,"s":"\u0000\ud83d\ude00"} }"#;
    let body = format!(r#"{{"payload":[{raw}]}}"#);
    assert_eq!(
        app.client
            .try_deliver(body.as_bytes())
            .expect("an answer")
            .status,
        200
    );
    let mut admin = app.database.admin();
    let kept: String = admin
        .query_one("select raw from retire.webhook_event", &[])
        .expect("a row")
        .get(0);
    assert_eq!(kept, raw);
}

#[test]
fn bodies_that_are_no_package() {
    let app = App::start();
    for body in ["{}", "[]", r#"{"test":true}"#, r#"{"payload":"x"}"#] {
        let answer = app.client.try_deliver(body.as_bytes()).expect("an answer");
        assert_eq!(
            answer.status, 200,
            "{body}: a test call of any shape is fine"
        );
    }
    assert_eq!(app.database.count("webhook_event"), 4);
    let answer = app
        .client
        .try_deliver(br#"{"payload":[]}"#)
        .expect("an answer");
    assert_eq!(text(&answer), r#"{"events":0,"fresh":0}"#);
    for body in ["", "{", "payload=1"] {
        let headers = app
            .client
            .signed_headers(body.as_bytes(), now_s())
            .expect("signed");
        assert_eq!(
            refused(&app, &headers, body.as_bytes()),
            (400, "malformed-json".to_owned()),
            "{body}"
        );
    }
}

#[test]
fn a_delivery_over_the_limit_is_refused() {
    let app = App::start_with(
        Database::create(),
        None,
        &[("upvest_max_body_bytes", "2000")],
    );
    let body = package(&[event("ORDER.NEW", &json!({"pad": "x".repeat(2_000)}))]);
    let headers = app.client.signed_headers(&body, now_s()).expect("signed");
    assert_eq!(
        refused(&app, &headers, &body),
        (413, "body-too-large".to_owned())
    );
}

/// A whole megabyte with thousands of events.
#[test]
fn a_large_package_is_taken_whole() {
    let app = App::start();
    let events: Vec<Value> = (0..4_000)
        .map(|i| event("ORDER.NEW", &json!({"i": i})))
        .collect();
    let body = package(&events);
    assert!(body.len() > 700_000);
    let answer = app.client.try_deliver(&body).expect("an answer");
    assert_eq!(text(&answer), r#"{"events":4000,"fresh":4000}"#);
    assert_eq!(app.database.count("webhook_event"), 4_000);
}

/// The path that Upvest was told may differ from the one that arrives.
#[test]
fn the_registered_path_is_configurable() {
    let app = App::start_with(
        Database::create(),
        None,
        &[("upvest_path", "/hooks/upvest")],
    );
    let body = package(&[event("ORDER.NEW", &json!({}))]);
    let parameters = SignatureParameters {
        created_s: now_s(),
        expires_s: now_s() + 60,
        nonce: "n",
    };
    let key = crate::harness::KEYS.upvest_key().expect("a key");
    let registered = sign(&key, "/hooks/upvest", &body, parameters);
    assert_eq!(send(&app, &registered, &body).status, 200);
    let own = sign(&key, PATH, &body, parameters);
    assert_eq!(refused(&app, &own, &body).0, 401);
}
