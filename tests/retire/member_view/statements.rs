//! Statements by month and by year.

use ledger::record::Page;
use ledger::{Statement, YearStatement};
use serde_json::Value;
use uuid::Uuid;

use super::{lively, of_member};
use crate::harness::App;

fn months(app: &App, member: Uuid) -> Vec<Statement> {
    let page = of_member(app, member, "statements?from=2025-01&to=2025-12");
    let page: Page<Statement> = serde_json::from_value(page).expect("statements");
    page.items
}

/// Every month closes, begins with what the one before ended with, and the year is their
/// sum, for the living and the dead, over a death that came late.
#[test]
fn every_month_and_the_year_close() {
    let app = App::start();
    let (_, members) = lively(&app);
    for member in &members {
        let months = months(&app, *member);
        assert_eq!(months.len(), 12);
        assert!(months.iter().all(Statement::closes), "{months:?}");
        for pair in months.windows(2) {
            assert_eq!(pair[0].closing_cents, pair[1].opening_cents);
        }
        let year: YearStatement =
            serde_json::from_value(of_member(&app, *member, "statements/2025")).expect("a year");
        assert_eq!(year, YearStatement::of(months).expect("they follow"));
    }
}

/// Taxes, fees and what was taken back have their lines, and a credit its per cent.
#[test]
fn each_amount_has_its_line() {
    let app = App::start();
    let (_, members) = lively(&app);
    let months = months(&app, members[0]);
    let (july, august) = (&months[6], &months[7]);
    assert_eq!(
        (july.taxes_cents.get(), july.fees_cents.get()),
        (1_23, 2_50)
    );
    // The dividend, and what the securities gained.
    assert_eq!(july.return_cents.map(|gain| gain.get()), Some(5_00 + 6_00));
    assert_eq!(july.contributions_cents.get(), 77_00);
    assert_eq!(august.contributions_cents.get(), -77_00);
    assert_eq!(august.payouts_cents.get(), 50_00);
    for month in &months[5..] {
        let at_risk = month.at_risk_cents.expect("at risk").get();
        let percent: f64 = month
            .credit_percent
            .as_deref()
            .expect("one")
            .parse()
            .expect("a number");
        let exact = month.credits_cents.get() as f64 * 100.0 / at_risk as f64;
        assert!((percent - exact).abs() < 1e-6, "{month:?}");
    }
    assert_eq!(july.corrections.len(), 1);
    let dead: Value = of_member(&app, members[3], "statements/2025");
    assert_eq!(dead["closing_cents"], 0);
    assert_eq!(
        dead["forfeited_cents"],
        dead["months"][6]["forfeited_cents"]
    );
}

/// A year that is not valued to its end ends with its last month that is: it closes.
#[test]
fn a_year_ends_with_its_last_valued_month() {
    let app = App::start();
    let (pool, members) = lively(&app);
    let late = serde_json::json!({
        "member_id": members[0], "amount_cents": 1_00, "currency": "EUR",
        "effective_on": "2026-02-03",
    });
    super::command(
        &pool,
        "/contributions",
        &serde_json::json!({"items": [late]}),
    );
    let item = serde_json::json!({
        "member_id": members[0], "valued_on": "2026-01-31", "isin": super::ISIN,
        "quantity_units": 2_000_000_000_i64, "value_cents": 230_00,
    });
    super::command(&pool, "/valuations", &serde_json::json!({"items": [item]}));
    let year: YearStatement =
        serde_json::from_value(of_member(&app, members[0], "statements/2026")).expect("a year");
    assert_eq!(
        (year.to.to_string(), year.months.len()),
        ("2026-01".to_owned(), 1)
    );
    assert_eq!(year.return_cents.map(|gain| gain.get()), Some(10_00));
    assert!(year.closing_cents.is_some() && year.contributions_cents.get() == 0);
}
