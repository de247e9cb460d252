//! A pool of the ledger by its name.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{answer, ask, basis};
use crate::harness::{App, Caller, problem, text};

fn as_operator(app: &App, operation: &str, body: &Value) -> Value {
    let path = format!("/v1/tontine/{operation}");
    let answer = app.send("POST", &path, Caller::Operator, Some(body));
    assert_eq!(answer.status, 200, "{}", text(&answer));
    answer.json().expect("JSON")
}

/// What would be settled is what is settled.
#[test]
fn a_named_pool_shows_what_its_settlement_will_be() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=4)
        .map(|n| pool.member(n, 1_000_00 + n as i64))
        .collect();
    pool.death(members[0], "2025-06-15");
    let body = json!({"pool_id": pool.pool_id});
    let foreseen = as_operator(&app, "credits", &body);
    assert_eq!(foreseen["rule"], "nominal_gain");
    assert_eq!(foreseen["pot_cents"], 1_000_01);
    let fairness = as_operator(&app, "fairness", &body);
    assert_eq!(fairness["members"].as_array().map(Vec::len), Some(4));

    let rows = app.database.rows();
    as_operator(&app, "credits", &body);
    assert_eq!(app.database.rows(), rows, "a question writes nothing");

    assert_eq!(pool.settle("2025-06").status, 201);
    for credit in foreseen["credits"].as_array().expect("credits") {
        let id = credit["id"].as_str().expect("an id");
        let path = format!("/v1/data/members/{id}/statements?from=2025-06&to=2025-06");
        let statements: Value = app.get(&path, Caller::Operator).json().expect("statements");
        assert_eq!(
            statements["items"][0]["credits_cents"],
            credit["credit_cents"]
        );
    }
}

#[test]
fn only_an_operator_names_a_pool() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 1_000_00);
    let body = json!({"pool_id": pool.pool_id});
    assert_eq!(
        problem(&ask(&app, "credits", &body)).1,
        "insufficient-scope"
    );
    let answer = app.send(
        "POST",
        "/v1/tontine/credits",
        Caller::Member(member),
        Some(&body),
    );
    assert_eq!(problem(&answer).1, "insufficient-scope");
    let unknown = json!({"pool_id": Uuid::nil()});
    let answer = app.send(
        "POST",
        "/v1/tontine/fairness",
        Caller::Operator,
        Some(&unknown),
    );
    assert_eq!(problem(&answer).1, "unknown-pool");
    let both = json!({"pool_id": pool.pool_id, "members": super::seven("A")});
    let answer = app.send("POST", "/v1/tontine/credits", Caller::Operator, Some(&both));
    assert_eq!(problem(&answer).2.as_deref(), Some("/pool_id"));
}

/// What keeps a month from being settled keeps it from being foreseen.
#[test]
fn open_exceptions_of_a_named_pool_are_listed() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 1_000_00);
    let command = json!({
        "upvest_user_id": Uuid::from_u128(9), "sex": "male", "enrolled_on": "2025-05-01",
    });
    assert_eq!(app.command(&pool.path("/members"), &command).status, 201);
    let body = json!({"pool_id": pool.pool_id});
    let answer = app.send("POST", "/v1/tontine/credits", Caller::Operator, Some(&body));
    assert_eq!(problem(&answer).1, "open-exceptions");
    let document: Value = answer.json().expect("a problem");
    assert_eq!(document["exceptions"][0]["reason"], "missing_birth_date");
}

#[test]
fn the_income_of_a_member_of_a_named_pool_is_forecast() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 50_000_00)).collect();
    let mut body = json!({
        "pool": {"named": {"pool_id": pool.pool_id, "member_id": members[1]}},
        "deaths": basis("destatis-2022-2024"),
        "terms": {
            "seed": 1, "paths": 50, "years": 10, "first_year": 2025,
            "interest": {"effective": "0"}, "returns": {"mean": "0", "volatility": "0"},
        },
        "question": {"fall": "0.2", "band": "0.1", "confidence": "0.9"},
        "snapshots": 1,
    });
    let document = as_operator(&app, "forecasts", &body);
    assert_eq!(document["paths"], 50);
    assert_eq!(document["years"][0]["age_years"], 74);
    assert_eq!(
        problem(&ask(&app, "forecasts", &body)).1,
        "insufficient-scope"
    );
    body["pool"]["named"]["member_id"] = json!(Uuid::nil());
    let answer = app.send(
        "POST",
        "/v1/tontine/forecasts",
        Caller::Operator,
        Some(&body),
    );
    assert_eq!(problem(&answer).2.as_deref(), Some("/pool/named/member_id"));
}

/// Nothing but a name needs the database.
#[test]
fn the_mathematics_needs_no_database() {
    let app = App::start_with(
        crate::harness::Database::create(),
        Some(std::net::SocketAddr::from(([127, 0, 0, 1], 1))),
        &[],
    );
    let body = json!({"rule": "nominal_gain", "members": super::seven("E")});
    assert_eq!(answer(&app, "credits", &body)["pot_cents"], 3_999_999);
    let named = json!({"pool_id": Uuid::nil()});
    let answer = app.send(
        "POST",
        "/v1/tontine/credits",
        Caller::Operator,
        Some(&named),
    );
    assert_eq!(problem(&answer).1, "database-unavailable");
}
