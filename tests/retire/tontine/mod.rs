//! The mathematics through HTTP, by the shipped component.

mod forecasts;
mod lines;
mod named;
mod payouts;
mod sharing;
mod tables;

use serde_json::{Value, json};
use simulator::Answer;

use crate::harness::{App, Caller, text};

/// Seven members at yearly rates of Destatis 2022/24.
pub const SEVEN: [(&str, &str, i64); 7] = [
    ("A", "0.01543007", 5_000_000),
    ("B", "0.00829459", 12_500_050),
    ("C", "0.02757002", 7_530_025),
    ("D", "0.02966055", 20_000_000),
    ("E", "0.08951281", 3_999_999),
    ("F", "0.14687996", 1_500_001),
    ("G", "0.06201409", 4_444_444),
];

/// The members of [`SEVEN`], of whom one died.
pub fn seven(dead: &str) -> Vec<Value> {
    let member = |(id, q, cents): &(&str, &str, i64)| json!({"id": id, "q": q, "at_risk_cents": cents, "died": *id == dead});
    SEVEN.iter().map(member).collect()
}

/// The basis of the tests.
pub fn basis(table: &str) -> Value {
    json!({
        "mortality": {"table": {"id": table, "closing": "last_age"}},
        "blend": "by_sex", "improvement": "none", "fractional_age": "constant_force",
    })
}

/// Asks as an analyst.
pub fn ask(app: &App, operation: &str, body: &Value) -> Answer {
    let path = format!("/v1/tontine/{operation}");
    app.send("POST", &path, Caller::Analyst, Some(body))
}

/// The answer's document.
pub fn answer(app: &App, operation: &str, body: &Value) -> Value {
    let answer = ask(app, operation, body);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    answer.json().expect("JSON")
}
