//! Payouts by the shipped component, against published numbers.

use serde_json::{Value, json};

use super::{answer, ask, basis};
use crate::harness::{App, problem};

fn request(sex: &str, birth_date: &str, rate: &str) -> Value {
    json!({
        "basis": basis("destatis-2022-2024"), "sex": sex, "birth_date": birth_date,
        "starts_on": "2025-01-01",
        "terms": {
            "rule": {"account": {"earned": {"effective": rate}}},
            "interest": {"effective": rate}, "period": "year", "balance_cents": 10_000_000,
        },
    })
}

/// ä of Destatis 2022-2024, yearly in advance, closed at 100: own computation with
/// 50 digits.
#[test]
fn annuity_factors_of_destatis() {
    let app = App::start();
    for (sex, birth_date, rate, expected) in [
        ("male", "1960-01-01", "0", "18.2011848862"),
        ("female", "1960-01-01", "0", "21.3784523634"),
        ("male", "1960-01-01", "0.02", "14.9395748849"),
        ("female", "1960-01-01", "0.02", "17.1445807200"),
        ("male", "1945-01-01", "0.02", "7.7002862801"),
        ("female", "1945-01-01", "0.02", "8.9776397963"),
    ] {
        let document = answer(&app, "payouts", &request(sex, birth_date, rate));
        assert_eq!(
            document["annuity_due"], expected,
            "{sex} {birth_date} {rate}"
        );
        let years = document["years"].as_array().expect("years");
        assert_eq!(years[0]["alive"], "1.0000000000");
    }
}

/// Milevsky & Salisbury 2015, Table 1, γ = 1: 7.520, 5.435 and 1.268 % at 65, 80
/// and 95, here of 25 members who pay 100,000,000 cents each. The payout of the
/// pool is what a member gets, times the probability of being alive, of a pool that
/// is large; the paper's continuous payments are monthly here.
#[test]
fn a_natural_tontine_falls_with_survival() {
    let app = App::start();
    let law = json!({"gompertz": {"modal_age": "88.72", "dispersion": "10"}});
    let mut body = request("male", "1960-01-01", "0");
    body["basis"]["mortality"] = json!({"law": {"female": law, "male": law}});
    body["terms"] = json!({
        "rule": {"tontine": {"design": "natural", "members": 1_000_000_000}},
        "interest": {"force": "0.04"}, "period": "month", "balance_cents": 10_000_000_000_i64,
    });
    let document = answer(&app, "payouts", &body);
    let expected = |year: usize| {
        document["years"][year]["expected_cents"]
            .as_i64()
            .expect("cents")
    };
    // Of the year that begins at the age: a little less than the paper's at it.
    for (year, percent) in [(0, 7.520), (15, 5.435), (30, 1.268)] {
        let paid = expected(year) as f64 / 10_000_000_000.0 * 100.0;
        assert!(
            paid < percent && paid > percent * 0.90,
            "{year}: {paid} % of {percent} %"
        );
    }
}

/// Own computation by the rule of Piggott, Valdez & Detzel on Destatis 2022/24.
#[test]
fn a_group_that_was_observed_gets_its_incomes() {
    let app = App::start();
    let mut body = request("male", "1955-01-01", "0.02");
    body["group_self_annuitisation"] = json!({
        "balance_cents": 10_000_000, "interest": {"effective": "0.02"},
        "living": [1000, 980, 951, 925, 890, 860],
        "returns": ["0.02", "0.05", "-0.03", "0.02", "0.04"],
    });
    let document = answer(&app, "payouts", &body);
    let incomes: Vec<&str> = document["group_self_annuitisation"]
        .as_array()
        .expect("years")
        .iter()
        .map(|year| year["income_cents"].as_str().expect("text"))
        .collect();
    assert_eq!(
        incomes,
        [
            "801818.0380",
            "799103.2540",
            "825924.6170",
            "785252.0828",
            "791481.9898",
            "807936.8200"
        ]
    );
}

/// Beside a plain annuity and withdrawing alone: who lives long runs out of money.
#[test]
fn a_comparison_tells_the_age_of_ruin() {
    let app = App::start();
    let mut body = request("male", "1960-01-01", "0.02");
    body["comparison"] = json!({"withdrawal": "as_the_annuity", "earned": {"effective": "0.02"}});
    let document = answer(&app, "payouts", &body);
    let comparison = &document["comparison"];
    assert_eq!(comparison["annuity_cents"], 669_363);
    let ruin = comparison["ruin"].as_object().expect("ruin");
    assert!(ruin.contains_key("age_years"), "{ruin:?}");
}

#[test]
fn payouts_are_checked_to_the_field() {
    let app = App::start();
    let good = request("male", "1960-01-01", "0.02");
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        let (status, _, pointer) = problem(&ask(&app, "payouts", &body));
        assert_eq!(status, 422);
        pointer.unwrap_or_default()
    };
    assert_eq!(refused(&|b| b["sex"] = json!("x")), "/sex");
    assert_eq!(
        refused(&|b| b["birth_date"] = json!("2026-01-01")),
        "/birth_date"
    );
    let beyond_every_table = refused(&|b| {
        b["birth_date"] = json!("1900-01-01");
        b["starts_on"] = json!("2031-01-01");
    });
    assert_eq!(beyond_every_table, "/birth_date");
    assert_eq!(
        refused(&|b| b["terms"]["interest"] = json!({"effective": "9"})),
        "/terms/interest"
    );
    assert_eq!(
        refused(&|b| b["terms"]["balance_cents"] = json!(-1)),
        "/terms"
    );
    assert_eq!(
        refused(&|b| b["basis"]["mortality"]["table"]["id"] = json!("x")),
        "/basis/mortality/table/id"
    );
    assert_eq!(
        refused(&|b| b["terms"]["rule"] = json!({"tontine": {"design": "natural", "members": 0}})),
        "/terms"
    );
}
