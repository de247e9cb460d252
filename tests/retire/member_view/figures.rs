//! Transactions, positions, performance, forecast.

use ledger::record::{Account, Holdings, Page, Transaction, ValuedBy};
use serde_json::{Value, json};

use super::{ISIN, lively, of_member};
use crate::harness::{App, Caller, problem};

/// Page by page the same entries, which add up to the balance and name what they take
/// back.
#[test]
fn transactions_add_up_to_the_balance() {
    let app = App::start();
    let (_, members) = lively(&app);
    let page = |query: &str| -> Page<Transaction> {
        let page = of_member(&app, members[0], &format!("transactions{query}"));
        serde_json::from_value(page).expect("transactions")
    };
    let whole = page("?limit=500");
    assert_eq!(whole.next, None);
    let (mut paged, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let next = page(&format!("?limit=3&after={after}"));
        assert!(next.items.len() <= 3);
        paged.extend(next.items);
        match next.next {
            Some(entry) => after = entry,
            None => break,
        }
    }
    assert_eq!(paged, whole.items);

    let euro = whole
        .items
        .iter()
        .flat_map(|t| &t.postings)
        .filter(|p| p.account == "member" && p.asset_id == "EUR");
    let sum: i64 = euro.map(|posting| posting.amount_minor).sum();
    let positions: Holdings =
        serde_json::from_value(of_member(&app, members[0], "positions")).expect("holdings");
    assert_eq!(positions.cash_cents.get(), sum);
    let reversal = whole
        .items
        .iter()
        .find(|t| t.reason.as_deref() == Some("typed twice"));
    let reversal = reversal.expect("the booking was taken back");
    let original = whole
        .items
        .iter()
        .find(|t| Some(t.entry_id) == reversal.reverses);
    assert_eq!(
        original.expect("it is there").reversed_by,
        Some(reversal.entry_id)
    );
    let tax = whole
        .items
        .iter()
        .find(|t| t.upvest_type.as_deref() == Some("TAX_COLLECTION"));
    assert_eq!(tax.expect("a tax").effective_on.to_string(), "2025-07-15");
}

#[test]
fn positions_have_a_price_and_its_age() {
    let app = App::start();
    let (pool, members) = lively(&app);
    let holdings: Holdings =
        serde_json::from_value(of_member(&app, members[0], "positions")).expect("holdings");
    let account = app.get("/v1/data/me", Caller::Member(members[0]));
    let account: Account = account.json().expect("an account");
    assert_eq!(account.held, holdings);
    let [position] = &holdings.positions[..] else {
        panic!("{holdings:?}");
    };
    assert_eq!(
        (position.isin.as_str(), position.quantity_units),
        (ISIN, 2_000_000_000)
    );
    assert_eq!(position.value_cents.map(|value| value.get()), Some(220_00));
    assert_eq!(position.price.as_deref(), Some("110"));
    assert_eq!(position.valued_by, Some(ValuedBy::Operator));
    assert_eq!(
        position.valued_on.map(|day| day.to_string()).as_deref(),
        Some("2025-12-31")
    );
    assert!(position.age_days.expect("an age") > 0);
    // A valuation of another quantity has a price and no value.
    let item = json!({
        "member_id": members[0], "valued_on": "2026-01-01", "isin": ISIN,
        "quantity_units": 3_000_000_000_i64, "value_cents": 333_33,
    });
    super::command(&pool, "/valuations", &json!({"items": [item]}));
    let changed = of_member(&app, members[0], "positions");
    assert_eq!(changed["positions"][0]["value_cents"], json!(null));
    assert_eq!(changed["positions"][0]["price"], "111.11");
    let forecast = format!("/v1/data/members/{}/forecast", members[0]);
    let refused = app.get(&forecast, Caller::Operator);
    assert_eq!(problem(&refused).1, "not-forecastable");
}

/// The months on top of each other are the whole; what the credits brought is the
/// difference of the two ways of counting.
#[test]
fn months_are_linked_to_the_whole() {
    let app = App::start();
    let (_, members) = lively(&app);
    let performance = of_member(&app, members[0], "performance?from=2025-06&to=2025-12");
    assert_eq!(
        (&performance["from"], &performance["to"]),
        (&json!("2025-05-31"), &json!("2025-12-31"))
    );
    let number =
        |value: &Value| -> f64 { value.as_str().expect("text").parse().expect("a number") };
    for (way, in_month) in [
        ("with_credits", "with_credits"),
        ("without_credits", "without_credits"),
    ] {
        let months = performance["months"].as_array().expect("months");
        assert_eq!(months.len(), 7);
        let linked: f64 = months
            .iter()
            .map(|month| 1.0 + number(&month[in_month]))
            .product();
        let total = number(&performance[way]["time_weighted"]["total"]);
        assert!((linked - 1.0 - total).abs() < 1e-8, "{linked} {total}");
        assert_eq!(performance[way]["time_weighted"]["yearly"], json!(null));
    }
    let year = of_member(&app, members[0], "statements/2025");
    assert_eq!(performance["credits_cents"], year["credits_cents"]);
    assert_eq!(performance["closing_cents"], year["closing_cents"]);
    let with = number(&performance["with_credits"]["time_weighted"]["total"]);
    let without = number(&performance["without_credits"]["time_weighted"]["total"]);
    assert!(with > without + 0.1, "two stakes were shared");
    assert!(number(&performance["money_weighted"]["total"]) > 0.1);
}

/// The forecast is what the engine's own route gives for the same member.
#[test]
fn a_forecast_is_the_engines() {
    let app = App::start();
    let (_, members) = lively(&app);
    let forecast = of_member(&app, members[0], "forecast?interest=0.02");
    let basis = crate::harness::pool_command()["rules"]["basis"].clone();
    let body = json!({
        "basis": basis, "sex": "female", "birth_date": "1950-03-14",
        "starts_on": forecast["starts_on"],
        "terms": {
            "rule": {"account": {"earned": {"effective": "0.02"}}},
            "interest": {"effective": "0.02"}, "period": "month",
            "balance_cents": forecast["balance_cents"],
        },
    });
    let answer = app.send("POST", "/v1/tontine/payouts", Caller::Operator, Some(&body));
    let payouts: Value = answer.json().expect("JSON");
    assert_eq!(forecast["annuity_due"], payouts["annuity_due"]);
    assert_eq!(forecast["years"], payouts["years"]);
    let year = forecast["years"][0]["income_cents"]
        .as_i64()
        .expect("cents");
    let month = forecast["monthly_cents"].as_i64().expect("cents");
    assert!((year - 12 * month).abs() <= 12, "{year} {month}");
    let dead = format!("/v1/data/members/{}/forecast", members[3]);
    assert_eq!(
        problem(&app.get(&dead, Caller::Operator)).1,
        "not-forecastable"
    );
}
