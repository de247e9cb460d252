//! What is written to the log.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, Caller, KEYS, account_group, cash, event};

/// One line per request and component, in JSON, with what an operator needs and
/// nothing personal.
#[test]
fn a_request_is_one_structured_line_without_personal_data() {
    let mut app = App::start();
    let pool_id = {
        let pool = app.open_pool();
        let member = pool.member(1, 100_00);
        app.get("/v1/data/me", Caller::Member(member));
        app.deliver(&[
            event("USER.CREATED", &json!({"id": Uuid::from_u128(5), "first_name": "Erika", "last_name": "Mustermann", "birth_date": "1955-12-24", "iban": "DE02120300000000202051"})),
            account_group(Uuid::from_u128(6), Uuid::from_u128(5)),
            cash(Uuid::from_u128(6), "TOPUP", 76_543_21, "2025-06-02"),
        ]);
        pool.settle("2025-06");
        app.get("/v1/data/pools?limit=x", Caller::Operator);
        app.get("/v1/data/members/Erika", Caller::Operator);
        app.get("/v1/nothing", Caller::Nobody);
        pool.pool_id
    };
    let lines = app.stop();
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    let ours: Vec<&Value> = lines
        .iter()
        .filter(|line| line["request_id"].is_string())
        .collect();
    let hosts: Vec<&Value> = lines
        .iter()
        .filter(|line| line["host"] == "local")
        .collect();
    assert_eq!(
        ours.len() + 1,
        hosts.len(),
        "the host logs all, and the one that led nowhere"
    );
    for line in &ours {
        for field in [
            "time",
            "level",
            "component",
            "method",
            "route",
            "status",
            "duration_us",
        ] {
            assert!(!line[field].is_null(), "{field}: {line}");
        }
    }
    let text = lines
        .iter()
        .map(Value::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    let token = KEYS.token("operator-1", "operator", 1).expect("keys");
    let signature = token.rsplit('.').next().expect("a part");
    // Each long enough not to come about in the ids and times that a line has.
    for secret in [
        "Erika",
        "Mustermann",
        "1955-12-24",
        "DE02120300",
        "7654321",
        "76543.21",
        "only-for-tests",
        signature,
        "Bearer",
        "1950-03-14",
        &pool_id.to_string(),
    ] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
    assert!(
        text.contains("/v1/pools/{pool}/settlements"),
        "routes, not paths"
    );
}

/// A fault is told to the caller as an id and to the log as it was.
#[test]
fn the_inside_of_a_fault_is_only_in_the_log() {
    let mut app = App::start();
    let drop = format!(
        "drop view {}.pool_record cascade; create view {0}.pool_record as select 1/0 as pool_id",
        store::API_SCHEMA
    );
    app.database.admin().batch_execute(&drop).expect("broken");
    let grant = format!(
        "grant select on {}.pool_record to retire_data_query",
        store::API_SCHEMA
    );
    app.database.admin().batch_execute(&grant).expect("broken");
    let path = format!("/v1/data/pools/{}/settlements", Uuid::nil());
    let answer = app.get(&path, Caller::Operator);
    let document: Value = answer.json().expect("JSON");
    assert_eq!(
        (answer.status, &document["code"]),
        (500, &json!("internal"))
    );
    assert_eq!(document["detail"], Value::Null);
    let id = document["request_id"].as_str().expect("an id").to_owned();
    let lines = app.stop();
    let line = lines
        .iter()
        .find(|line| line.contains(&id))
        .expect("a line");
    assert!(line.contains("\"error\":\"the statement failed"), "{line}");
}

/// A caller's plain request id is taken over, any other replaced.
#[test]
fn request_ids() {
    let app = App::start();
    let with = |id: &str| {
        let headers = [("x-request-id".to_owned(), id.as_bytes().to_vec())];
        let answer = app
            .client
            .send("GET", "/v1/data/pools", &headers, b"")
            .expect("an answer");
        answer.header("x-request-id").expect("an id").to_owned()
    };
    assert_eq!(with("abcdef-0123_XYZ"), "abcdef-0123_XYZ");
    for odd in [
        "short",
        "with space in it",
        "tagged<script>",
        &"x".repeat(65),
    ] {
        let id = with(odd);
        assert!(id.parse::<Uuid>().is_ok(), "{odd} became {id}");
    }
}
