//! What an operator sees of deliveries that were refused.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{PATH, now_s, package, refused, send};
use crate::harness::{App, Caller, Database, Proxy, event, header, problem};

const ROUTE: &str = "/v1/webhooks/rejections";

fn listed(app: &App) -> Vec<Value> {
    let answer = app.get(ROUTE, Caller::Operator);
    assert_eq!(answer.status, 200);
    let page: Value = answer.json().expect("a page");
    assert_eq!(page["next"], Value::Null);
    page["items"].as_array().expect("items").clone()
}

/// The first live delivery that is refused shows why: its base beside the headers.
#[test]
fn a_refused_delivery_is_shown_to_an_operator() {
    let app = App::start();
    assert_eq!(listed(&app), [Value::Null; 0]);
    let body = package(&[event("USER.CREATED", &json!({"first_name": "Erika"}))]);
    let mut headers = app.client.signed_headers(&body, now_s()).expect("signed");
    headers.extend([
        header("authorization", "Bearer hidden"),
        header("cookie", "session=hidden"),
        header("x-forwarded-for", "192.0.2.7"),
    ]);
    for (name, value) in &mut headers {
        if name == "accept" {
            *value = b"text/html".to_vec();
        }
    }
    assert_eq!(refused(&app, &headers, &body).0, 401);
    let [shown] = &listed(&app)[..] else {
        panic!("one");
    };
    assert_eq!(shown["reason"], "bad-signature");
    assert_eq!(
        (&shown["method"], &shown["path"]),
        (&json!("POST"), &json!(PATH))
    );
    let base = shown["bases"][0]["base"].as_str().expect("a base");
    assert_eq!(shown["bases"][0]["profile"], "draft-06");
    let expected = format!("@method: POST\n@path: {PATH}\naccept: text/html\n");
    assert!(base.starts_with(&expected), "{base}");
    assert!(
        base.contains("\n@signature-params: (\"@method\" "),
        "{base}"
    );
    let text = shown.to_string();
    assert!(text.contains("signature-input"), "{text}");
    for hidden in ["hidden", "Erika", "192.0.2.7", "cookie", "authorization"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[test]
fn rejections_are_for_operators() {
    let app = App::start();
    for caller in [
        Caller::Member(Uuid::new_v4()),
        Caller::Analyst,
        Caller::Auditor,
    ] {
        assert_eq!(app.get(ROUTE, caller).status, 403);
    }
    assert_eq!(app.get(ROUTE, Caller::Nobody).status, 401);
    let (status, code, _) = problem(&app.get("/v1/webhooks/metrics", Caller::Nobody));
    assert_eq!((status, code.as_str()), (401, "unauthenticated"));
    let member = Caller::Member(Uuid::new_v4());
    assert_eq!(app.get("/v1/webhooks/metrics", member).status, 403);
}

/// A flood leaves twenty rows, of one reason at most one a second, and room for others.
#[test]
fn twenty_rejections_are_kept() {
    let app = App::start();
    let mut receiver = app.database.component("upvest_webhook");
    let record = format!(
        "select {}.record_rejection($1, $3, timestamptz '2025-06-01' + make_interval(secs => $2))",
        store::API_SCHEMA
    );
    let evidence = json!({"method": "POST", "path": "/", "headers": [], "bases": []}).to_string();
    let mut kept = |reason: &str, at_s: f64| -> bool {
        let row = receiver.query_one(&record, &[&reason, &at_s, &evidence]);
        row.expect("recorded").get(0)
    };
    assert!(kept("bad-signature", 0.0));
    assert!(!kept("bad-signature", 0.5));
    assert!(!kept("bad-signature", 0.999));
    assert!(kept("unknown-key", 0.5));
    assert!(kept("bad-signature", 1.0));
    for second in 2_u32..50 {
        assert!(kept("too-old", second.into()));
    }
    let rejections = listed(&app);
    assert_eq!(rejections.len(), 20);
    let times: Vec<&str> = rejections
        .iter()
        .map(|shown| shown["rejected_at"].as_str().expect("a time"))
        .collect();
    assert_eq!(times[0], "2025-06-01T00:00:49.000000Z");
    assert_eq!(times[19], "2025-06-01T00:00:30.000000Z");
    assert_eq!(super::counted(&app, "bad-signature"), 4);
    assert_eq!(super::counted(&app, "too-old"), 48);
}

/// Whatever is sent, one row and no more of it than fits.
#[test]
fn a_hostile_delivery_is_shown_in_part() {
    let app = App::start();
    let names: Vec<String> = (0..32)
        .map(|i| format!("\"x-{i}-{}\"", "n".repeat(60)))
        .collect();
    let input = format!(
        "sig1=({});keyid=\"{}\";created=1",
        names.join(" "),
        "\\\\".repeat(400)
    );
    let mut headers = vec![
        header("signature-input", &input),
        header("user-agent", &"\"".repeat(5_000)),
    ];
    for name in [
        "accept",
        "date",
        "digest",
        "content-digest",
        "accept-encoding",
    ] {
        headers.extend([
            header(name, &"\\".repeat(900)),
            header(name, &"\u{e9}".repeat(400)),
        ]);
    }
    assert_eq!(refused(&app, &headers, b"\0\xff").0, 401);
    let shown = listed(&app);
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["reason"], "missing-header");
    assert!(shown[0].to_string().len() < 33_000);
}

/// Whether a refusal can be counted changes nothing for its sender.
#[test]
fn a_refusal_without_the_database_is_a_401() {
    let database = Database::create();
    let proxy = Proxy::start(&database.address);
    let app = App::start_with(database, Some(proxy.address), &[]);
    let body = package(&[]);
    proxy.cut();
    let (status, code, _) = problem(&send(&app, &[], &body));
    assert_eq!((status, code.as_str()), (401, "signature-rejected"));
    // Whose key is unknown may be right: the sender tries again.
    let unknown = app.client.signed_headers(&body, now_s()).expect("signed");
    let unknown: Vec<_> = unknown
        .into_iter()
        .map(|(name, value)| {
            let text = String::from_utf8(value).expect("text");
            (name, text.replacen("keyid=\"", "keyid=\"x", 1).into_bytes())
        })
        .collect();
    assert_eq!(problem(&send(&app, &unknown, &body)).0, 503);
    proxy.mend();
    assert_eq!(send(&app, &[], &body).status, 401);
}
