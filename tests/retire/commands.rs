//! Commands: what they do once, and what they refuse.

use std::thread;

use serde_json::{Value, json};
use simulator::Answer;
use uuid::Uuid;

use crate::harness::{
    App, Caller, KEYS, account_group, cash, event, header, pool_command, problem, text,
};

fn code(answer: &Answer) -> (u16, String) {
    let (status, code, _) = problem(answer);
    (status, code)
}

fn keyed(app: &App, path: &str, key: &str, body: &Value) -> Answer {
    app.client.try_command(path, key, body).expect("an answer")
}

#[test]
fn the_same_key_gives_the_first_answer_again_byte_for_byte() {
    let app = App::start();
    let first = keyed(&app, "/v1/pools", "k-1", &pool_command());
    assert_eq!(first.status, 201);
    let rows = app.database.rows();
    let again = keyed(&app, "/v1/pools", "k-1", &pool_command());
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(app.database.rows(), rows);
}

#[test]
fn the_same_key_with_another_request_is_refused() {
    let app = App::start();
    keyed(&app, "/v1/pools", "k-1", &pool_command());
    let rows = app.database.rows();
    let mut other = pool_command();
    other["name"] = json!("Another");
    let answer = keyed(&app, "/v1/pools", "k-1", &other);
    assert_eq!(code(&answer), (422, "idempotency-key-reused".to_owned()));
    assert_eq!(app.database.rows(), rows);
}

/// Keys belong to who sends them.
#[test]
fn another_operator_may_use_the_same_key() {
    let app = App::start();
    let first = keyed(&app, "/v1/pools", "k-1", &pool_command());
    let token = KEYS.token("operator-2", "operator", 1).expect("keys");
    let headers = [
        header("authorization", &format!("Bearer {token}")),
        header("content-type", "application/json"),
        header("idempotency-key", "k-1"),
    ];
    let body = pool_command().to_string();
    let second = app
        .client
        .send("POST", "/v1/pools", &headers, body.as_bytes())
        .expect("an answer");
    assert_eq!(second.status, 201);
    assert_ne!(first.body, second.body);
    assert_eq!(app.database.count("pool"), 2);
}

#[test]
fn forty_requests_with_four_keys_make_four_pools() {
    let app = App::start();
    thread::scope(|scope| {
        for i in 0..40 {
            let app = &app;
            scope.spawn(move || {
                let answer = keyed(app, "/v1/pools", &format!("k-{}", i % 4), &pool_command());
                assert_eq!(answer.status, 201, "{}", text(&answer));
            });
        }
    });
    assert_eq!(app.database.count("pool"), 4);
}

#[test]
fn pools_are_checked() {
    let app = App::start();
    let open = |pointer: &str, value: Value| {
        let mut command = pool_command();
        *command.pointer_mut(pointer).expect("a field") = value;
        problem(&app.command("/v1/pools", &command))
    };
    let invalid = |pointer: &str| (422, "invalid-field".to_owned(), Some(pointer.to_owned()));
    assert_eq!(open("/name", json!("")), invalid("/name"));
    assert_eq!(open("/name", json!("x".repeat(101))), invalid("/name"));
    assert_eq!(open("/name", json!("a\u{0}b")), invalid("/name"));
    assert_eq!(
        open("/rules/basis/mortality/table/id", json!("hmd")),
        invalid("/rules/basis/mortality/table/id")
    );
    assert_eq!(
        open("/rules/basis/fractional_age", json!("linear")),
        invalid("/rules/basis/fractional_age")
    );
    assert_eq!(
        open("/rules/sharing_rule", json!("q_times_s")),
        invalid("/rules/sharing_rule")
    );
    assert_eq!(app.database.count("pool"), 0);
    assert_eq!(app.database.count("idempotency"), 0);
}

#[test]
fn an_unknown_pool_is_not_found() {
    let app = App::start();
    let nowhere = Uuid::new_v4();
    let rows = app.database.rows();
    let unknown = (404, "unknown-pool".to_owned());
    for path in ["pools", "data/pools"] {
        let rest = if path == "pools" { "" } else { "/members" };
        let answer = app.get(&format!("/v1/{path}/{nowhere}{rest}"), Caller::Operator);
        assert_eq!(code(&answer), unknown);
    }
    let enrol = json!({"upvest_user_id": nowhere, "sex": "male", "enrolled_on": "2025-06-01"});
    assert_eq!(
        code(&app.command(&format!("/v1/pools/{nowhere}/members"), &enrol)),
        unknown
    );
    let death = json!({"member_id": nowhere, "died_on": "2025-06-01"});
    assert_eq!(
        code(&app.command(&format!("/v1/pools/{nowhere}/deaths"), &death)),
        unknown
    );
    let settle = json!({"period": "2025-06"});
    assert_eq!(
        code(&app.command(&format!("/v1/pools/{nowhere}/settlements"), &settle)),
        unknown
    );
    assert_eq!(app.database.rows(), rows);
}

#[test]
fn enrolments_are_checked() {
    let app = App::start();
    let pool = app.open_pool();
    let user = Uuid::from_u128(1);
    let enrol = |changes: Value| {
        let mut command = json!({"upvest_user_id": user, "sex": "female", "birth_date": "1950-03-14", "enrolled_on": "2025-06-01"});
        for (name, value) in changes.as_object().expect("changes") {
            command[name] = value.clone();
        }
        app.command(&pool.path("/members"), &command)
    };
    let rows = app.database.rows();
    for (changes, pointer) in [
        (json!({"upvest_user_id": "x"}), "/upvest_user_id"),
        (json!({"sex": "unknown"}), "/sex"),
        (json!({"birth_date": "1950-02-30"}), "/birth_date"),
        (json!({"birth_date": "2025-06-01"}), "/birth_date"),
        (
            json!({"enrolled_on": "2025-06-01T00:00:00Z"}),
            "/enrolled_on",
        ),
        (json!({"enrolled_on": null}), "/enrolled_on"),
    ] {
        let expected = (422, "invalid-field".to_owned(), Some(pointer.to_owned()));
        assert_eq!(problem(&enrol(changes)), expected);
    }
    assert_eq!(app.database.rows(), rows);
    assert_eq!(enrol(json!({})).status, 201);
    let twice = (
        409,
        "already-enrolled".to_owned(),
        Some("/upvest_user_id".to_owned()),
    );
    assert_eq!(problem(&enrol(json!({"sex": "male"}))), twice);
    assert_eq!(pool.settle("2025-06").status, 201);
    let late = json!({"upvest_user_id": Uuid::from_u128(2), "enrolled_on": "2025-06-30"});
    let settled = (
        409,
        "period-settled".to_owned(),
        Some("/enrolled_on".to_owned()),
    );
    assert_eq!(problem(&enrol(late)), settled);
    let open = json!({"upvest_user_id": Uuid::from_u128(2), "enrolled_on": "2025-07-01"});
    assert_eq!(enrol(open).status, 201);
}

#[test]
fn deaths_are_checked() {
    let app = App::start();
    let pool = app.open_pool();
    let (member, _) = (pool.member(1, 100_00), pool.member(2, 100_00));
    let other_pool = app.open_pool();
    let stranger = other_pool.member(3, 100_00);
    let rows = app.database.rows();
    let at = |field: &str| Some(field.to_owned());
    let future = (422, "date-in-future".to_owned(), at("/died_on"));
    assert_eq!(problem(&pool.report_death(member, "2199-01-01")), future);
    let unborn = (422, "death-before-birth".to_owned(), at("/died_on"));
    assert_eq!(problem(&pool.report_death(member, "1950-03-13")), unborn);
    let early = (422, "death-before-enrolment".to_owned(), at("/died_on"));
    assert_eq!(problem(&pool.report_death(member, "2025-04-30")), early);
    let unknown = (422, "unknown-member".to_owned(), at("/member_id"));
    assert_eq!(
        problem(&pool.report_death(Uuid::new_v4(), "2025-06-10")),
        unknown
    );
    assert_eq!(problem(&pool.report_death(stranger, "2025-06-10")), unknown);
    let before = (422, "death-before-first-period".to_owned(), at("/died_on"));
    assert_eq!(problem(&pool.report_death(member, "2025-05-10")), before);
    let without_keys = |mut rows: crate::harness::Rows| {
        rows.remove("idempotency");
        rows
    };
    assert_eq!(
        without_keys(app.database.rows()),
        without_keys(rows.clone())
    );
    assert_eq!(
        app.database.rows(),
        rows,
        "not even a key is kept of what was refused"
    );

    assert_eq!(pool.report_death(member, "2025-06-10").status, 201);
    let twice = (409, "death-already-reported".to_owned(), at("/member_id"));
    assert_eq!(problem(&pool.report_death(member, "2025-06-11")), twice);
}

/// The broker's word about the date of birth is used where the operator has none.
#[test]
fn the_birth_date_comes_from_the_broker_if_need_be() {
    let app = App::start();
    let pool = app.open_pool();
    let user = Uuid::from_u128(9);
    let command = json!({"upvest_user_id": user, "sex": "male", "enrolled_on": "2025-06-01"});
    let member: Value = app
        .command(&pool.path("/members"), &command)
        .json()
        .expect("a member");
    assert_eq!(member["birth_date"], Value::Null);
    let group = Uuid::from_u128(10);
    app.deliver(&[
        account_group(group, user),
        cash(group, "TOPUP", 5_00, "2025-06-03"),
    ]);
    let answer = pool.settle("2025-06");
    let document: Value = answer.json().expect("JSON");
    assert_eq!(
        (answer.status, &document["code"]),
        (409, &json!("open-exceptions"))
    );
    assert_eq!(
        document["exceptions"],
        json!([{"member_id": member["member_id"], "reason": "missing_birth_date"}])
    );
    assert_eq!(app.database.count("settlement"), 0);
    app.deliver(&[event(
        "USER.CREATED",
        &json!({"id": user, "birth_date": "1949-01-02"}),
    )]);
    assert_eq!(pool.settle("2025-06").status, 201);
}
