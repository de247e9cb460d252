//! Forecasts by the shipped component.

use forecast::{ForecastTerms, Pool, Question, Simulation};
use mortality::Basis;
use serde_json::{Value, json};

use super::{ask, basis};
use crate::harness::{App, problem, text};

fn request() -> Value {
    json!({
        "pool": {"described": {
            "members": 100, "youngest_age": 60, "oldest_age": 85, "male_share": "0.5",
            "balance_cents": 10_000_000,
            "watched": {"sex": "female", "age_years": 65, "balance_cents": 10_000_000},
        }},
        "deaths": basis("destatis-2022-2024"),
        "terms": {
            "seed": 7, "paths": 200, "years": 30, "first_year": 2025,
            "interest": {"effective": "0.02"}, "returns": {"mean": "0.03", "volatility": "0.1"},
        },
        "question": {"fall": "0.2", "band": "0.1", "confidence": "0.9"},
        "snapshots": 4,
    })
}

/// The same seed gives the same bytes, by the component and by native code, and a
/// line for each snapshot.
#[test]
fn a_forecast_is_the_same_in_the_component() {
    let app = App::start();
    let body = request();
    let first = ask(&app, "forecasts", &body);
    assert_eq!(first.status, 200, "{}", text(&first));
    assert_eq!(first.header("content-type"), Some("application/x-ndjson"));

    let rates = serde_json::from_value::<Basis>(body["deaths"].clone())
        .expect("a basis")
        .rates()
        .expect("rates");
    let described = serde_json::from_value(body["pool"]["described"].clone()).expect("a pool");
    let pool = Pool::described(&described).expect("a pool");
    let terms: ForecastTerms = serde_json::from_value(body["terms"].clone()).expect("terms");
    let question: Question = serde_json::from_value(body["question"].clone()).expect("a question");
    let mut simulation = Simulation::new(&pool, &rates, &rates, terms).expect("a simulation");
    let mut native = String::new();
    while !simulation.is_complete() {
        simulation.advance(50);
        let snapshot = simulation.snapshot(&question).expect("a snapshot");
        native += &serde_json::to_string(&snapshot).expect("JSON");
        native.push('\n');
    }
    assert_eq!(native.lines().count(), 4);
    assert_eq!(text(&first), native);
    assert_eq!(ask(&app, "forecasts", &body).body, first.body);

    let mut other = body;
    other["terms"]["seed"] = json!(8);
    assert_ne!(ask(&app, "forecasts", &other).body, first.body);
}

#[test]
fn forecasts_are_checked_to_the_field() {
    let app = App::start();
    let good = request();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        let (status, _, pointer) = problem(&ask(&app, "forecasts", &body));
        assert_eq!(status, 422, "{body}");
        pointer.unwrap_or_default()
    };
    assert_eq!(refused(&|b| b["snapshots"] = json!(0)), "/snapshots");
    assert_eq!(refused(&|b| b["snapshots"] = json!(101)), "/snapshots");
    assert_eq!(refused(&|b| b["terms"]["paths"] = json!(0)), "/terms");
    assert_eq!(
        refused(&|b| b["terms"]["paths"] = json!(4_000_000_000_u32)),
        "/terms"
    );
    assert_eq!(refused(&|b| b["terms"]["years"] = json!(71)), "/terms");
    for year in [i32::MIN, 1899, 2200, i32::MAX] {
        let with_year = |b: &mut Value| b["terms"]["first_year"] = json!(year);
        assert_eq!(refused(&with_year), "/terms", "{year}");
    }
    assert_eq!(
        refused(&|b| b["question"]["fall"] = json!("1.5")),
        "/question"
    );
    assert_eq!(
        refused(&|b| b["terms"]["returns"]["volatility"] = json!("NaN")),
        "/terms/returns/volatility"
    );
    assert_eq!(
        refused(&|b| b["pool"]["described"]["oldest_age"] = json!(50)),
        "/pool"
    );
    assert_eq!(
        refused(&|b| b["pool"] = json!({"listed": {"members": [], "watched": 0}})),
        "/pool"
    );
    assert_eq!(
        refused(&|b| b["deaths"]["mortality"]["table"]["id"] = json!("x")),
        "/deaths/mortality/table/id"
    );
}
