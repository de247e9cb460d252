//! Bodies, headers and queries that should not be.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};
use simulator::Answer;

use crate::harness::{App, Caller, KEYS, header, pool_command, problem, text};

fn post(app: &App, path: &str, content_type: &str, body: &[u8]) -> Answer {
    let token = KEYS.token("operator-1", "operator", 1).expect("keys");
    let headers = [
        header("authorization", &format!("Bearer {token}")),
        header("content-type", content_type),
        header("idempotency-key", "k"),
    ];
    app.client
        .send("POST", path, &headers, body)
        .expect("an answer")
}

#[test]
fn a_malformed_body_is_answered_with_the_place() {
    let app = App::start();
    let rows = app.database.rows();
    for (body, status, code, pointer) in [
        ("", 400, "malformed-json", Some("")),
        ("{", 400, "malformed-json", Some("")),
        (r#"{"name":"a""#, 400, "malformed-json", Some("")),
        (
            r#"{"name":"a","currency":"EUR","first_period":"2025-06","rules":{"cadence":}}"#,
            400,
            "malformed-json",
            Some("/rules/cadence"),
        ),
        ("\u{feff}{}", 400, "malformed-json", Some("")),
        (r#"{"name":7}"#, 422, "invalid-field", Some("/name")),
        (r#"{"nam":"a"}"#, 422, "invalid-field", Some("/nam")),
        (
            r#"{"name":"a","name":"b"}"#,
            422,
            "invalid-field",
            Some("/name"),
        ),
        (
            r#"{"name":"a","currency":"USD"}"#,
            422,
            "invalid-field",
            Some("/currency"),
        ),
        (
            r#"{"name":"a","currency":"EUR","first_period":"2025-13"}"#,
            422,
            "invalid-field",
            Some("/first_period"),
        ),
        (
            r#"{"name":"a","currency":"EUR","first_period":"2025-06"}"#,
            422,
            "invalid-field",
            Some("/rules"),
        ),
        (r#"[]"#, 422, "invalid-field", Some("")),
    ] {
        let answer = post(&app, "/v1/pools", "application/json", body.as_bytes());
        let (s, c, p) = problem(&answer);
        assert_eq!(
            (s, c.as_str(), p.as_deref()),
            (status, code, pointer),
            "{body}"
        );
    }
    let invalid_utf8 = post(
        &app,
        "/v1/pools",
        "application/json",
        b"{\"name\":\"\xff\"}",
    );
    assert_eq!(problem(&invalid_utf8).0, 400);
    let deep = "[".repeat(10_000);
    assert_eq!(
        problem(&post(
            &app,
            "/v1/pools",
            "application/json",
            deep.as_bytes()
        ))
        .0,
        422
    );
    assert_eq!(app.database.rows(), rows, "nothing is half-written");
}

#[test]
fn the_pool_of_a_calculation_is_checked_to_the_field() {
    let app = App::start();
    let share = |body: &Value| {
        let answer = app.send("POST", "/v1/tontine/credits", Caller::Analyst, Some(body));
        let (status, code, pointer) = problem(&answer);
        assert_eq!(status, 422, "{}", text(&answer));
        match code.as_str() {
            "invalid-field" => pointer.unwrap_or_default(),
            code => format!("{code} {}", pointer.unwrap_or_default()),
        }
    };
    let member = |change: (&str, Value)| {
        let mut member = json!({"id": "A", "q": "0.1", "at_risk_cents": 100, "died": false});
        member[change.0] = change.1;
        json!({
            "rule": "nominal_gain",
            "members": [{"id": "B", "q": "0.1", "at_risk_cents": 1}, member],
        })
    };
    assert_eq!(
        share(&json!({"rule": "nominal_gain", "members": []})),
        "/members"
    );
    assert_eq!(share(&member(("q", json!("1")))), "/members/1/q");
    assert_eq!(share(&member(("q", json!("-0.1")))), "/members/1/q");
    assert_eq!(share(&member(("q", json!("NaN")))), "/members/1/q");
    assert_eq!(share(&member(("q", json!(0.1)))), "/members/1/q");
    assert_eq!(
        share(&member(("at_risk_cents", json!(-1)))),
        "/members/1/at_risk_cents"
    );
    assert_eq!(
        share(&member(("at_risk_cents", json!(1.5)))),
        "too-many-decimals /members/1/at_risk_cents"
    );
    assert_eq!(
        share(&member(("at_risk_cents", json!("100")))),
        "/members/1/at_risk_cents"
    );
    assert_eq!(
        share(&member(("at_risk_cents", json!(9_007_199_254_740_992_i64)))),
        "amount-out-of-range /members/1/at_risk_cents"
    );
    assert_eq!(share(&member(("id", json!("B")))), "/members/1/id");
    assert_eq!(share(&member(("id", json!("")))), "/members/1/id");
    assert_eq!(
        share(&member(("id", json!("x".repeat(65))))),
        "/members/1/id"
    );
    assert_eq!(share(&member(("age", json!(70)))), "/members/1/age");
    let many: Vec<Value> = (0..10_001)
        .map(|i| json!({"id": i.to_string(), "q": "0", "at_risk_cents": 1}))
        .collect();
    assert_eq!(
        share(&json!({"rule": "nominal_gain", "members": many})),
        "/members"
    );
    let thirty_digits = format!(
        r#"{{"rule":"nominal_gain","members":[{{"id":"A","q":"0.1","at_risk_cents":{}}}]}}"#,
        "9".repeat(30)
    );
    let answer = post(
        &app,
        "/v1/tontine/credits",
        "application/json",
        thirty_digits.as_bytes(),
    );
    let beyond = (
        422,
        "amount-out-of-range".to_owned(),
        Some("/members/0/at_risk_cents".to_owned()),
    );
    assert_eq!(problem(&answer), beyond);
}

/// What nobody reads is refused, however deep it is.
#[test]
fn an_unknown_field_is_refused_within_a_choice() {
    let app = App::start();
    let opened = |place: &str, choice: &Value| {
        let mut command = pool_command();
        *command.pointer_mut(place).expect("a place") = choice.clone();
        let answer = app.command("/v1/pools", &command);
        let (status, _, pointer) = problem(&answer);
        assert_eq!(status, 422, "{choice}");
        pointer.unwrap_or_default()
    };
    let blend = json!({"by_share": {"male_share": "0.5", "female_share": "0.5"}});
    assert!(opened("/rules/basis/blend", &blend).ends_with("/female_share"));
    let blend = json!({"by_lx": {"male_share": "0.5", "start_age": 60, "end_age": 70}});
    assert!(opened("/rules/basis/blend", &blend).ends_with("/end_age"));
    let share = |rule: &Value| {
        let body = json!({
            "rule": rule, "members": [{"id": "A", "q": "0.1", "at_risk_cents": 1}],
        });
        let answer = app.send("POST", "/v1/tontine/credits", Caller::Analyst, Some(&body));
        problem(&answer).2.unwrap_or_default()
    };
    let rule = json!({"fair_transfer_plan": {"infeasible": "cap_stake", "cap": 1}});
    assert!(share(&rule).ends_with("/cap"), "{}", share(&rule));
    let rule = json!({"equitable_weights": {"fallback": "overlay_fund", "then": "stop"}});
    assert!(share(&rule).ends_with("/then"), "{}", share(&rule));
}

#[test]
fn a_body_over_the_limit_is_refused_announced_or_not() {
    let app = App::start();
    let rows = app.database.rows();
    let long = vec![b' '; 16 * 1024 + 1];
    let answer = post(&app, "/v1/pools", "application/json", &long);
    assert_eq!(problem(&answer).1, "body-too-large");
    assert_eq!(answer.status, 413);

    let token = KEYS.token("operator-1", "operator", 1).expect("keys");
    let mut stream = TcpStream::connect(app.address).expect("connected");
    let head = format!(
        "POST /v1/pools HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let chunk = format!("{:x}\r\n{}\r\n", 8192, " ".repeat(8192));
    for _ in 0..4 {
        // The server may have answered and closed before the last piece.
        let _ = stream.write_all(chunk.as_bytes());
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("read");
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(app.database.rows(), rows);
}

/// A client that announces more than it sends leaves nothing behind.
#[test]
fn a_body_that_is_cut_short_changes_nothing() {
    let app = App::start();
    let rows = app.database.rows();
    let token = KEYS.token("operator-1", "operator", 1).expect("keys");
    let body = pool_command().to_string();
    let mut stream = TcpStream::connect(app.address).expect("connected");
    let head = format!(
        "POST /v1/pools HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nidempotency-key: k\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len() + 10
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(body.as_bytes()).expect("sent");
    stream.shutdown(std::net::Shutdown::Write).expect("shut");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("read");
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
        "{answer}"
    );
    assert_eq!(app.database.rows(), rows);
}

#[test]
fn only_json_is_read() {
    let app = App::start();
    let body = pool_command().to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
    ] {
        let answer = post(&app, "/v1/pools", content_type, body.as_bytes());
        assert_eq!(
            problem(&answer).1,
            "unsupported-media-type",
            "{content_type}"
        );
    }
    let answer = post(
        &app,
        "/v1/pools",
        "Application/JSON; charset=utf-8",
        body.as_bytes(),
    );
    assert_eq!(answer.status, 201);
}

#[test]
fn a_command_needs_a_plain_idempotency_key() {
    let app = App::start();
    let token = KEYS.token("operator-1", "operator", 1).expect("keys");
    let body = pool_command().to_string();
    let long = "k".repeat(101);
    for key in [None, Some(""), Some("a b"), Some("ä"), Some(long.as_str())] {
        let mut headers = vec![
            header("authorization", &format!("Bearer {token}")),
            header("content-type", "application/json"),
        ];
        headers.extend(key.map(|key| header("idempotency-key", key)));
        let answer = app
            .client
            .send("POST", "/v1/pools", &headers, body.as_bytes())
            .expect("an answer");
        assert_eq!(problem(&answer).1, "idempotency-key-missing", "{key:?}");
    }
    assert_eq!(app.database.count("pool"), 0);
}

#[test]
fn queries_are_checked() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 100_00);
    let statements = format!("/v1/data/members/{member}/statements");
    let members = format!("/v1/data/pools/{}/members", pool.pool_id);
    for (path, parameter) in [
        (format!("{members}?limit=0"), "limit"),
        (format!("{members}?limit=501"), "limit"),
        (format!("{members}?limit=x"), "limit"),
        (format!("{members}?after=x"), "after"),
        (format!("{members}?limit=1&limit=2"), "limit"),
        (format!("{members}?order=name"), "order"),
        (format!("{members}?%27;drop%20table"), "';drop table"),
        (format!("{statements}?to=2025-06"), "from"),
        (format!("{statements}?from=2025-06"), "to"),
        (format!("{statements}?from=2025-06&to=2025-05"), "to"),
        (format!("{statements}?from=2023-01&to=2025-01"), "to"),
        (format!("{statements}?from=1&to=2"), "from"),
        (
            format!("/v1/data/pools/{}/statements", pool.pool_id),
            "period",
        ),
        (format!("{members}?limit={}", "1".repeat(3_000)), ""),
    ] {
        let answer = app.get(&path, Caller::Operator);
        let document: Value = answer.json().expect("JSON");
        assert_eq!(
            (answer.status, &document["code"]),
            (400, &json!("invalid-parameter")),
            "{path}"
        );
        assert_eq!(document["parameter"], parameter, "{path}");
    }
    for path in [
        "/v1/pools/x",
        "/v1/pools/5703f08f8ef757418e856070f88c7834",
        "/v1/data/members/%27",
    ] {
        assert_eq!(app.get(path, Caller::Operator).status, 404, "{path}");
    }
}
