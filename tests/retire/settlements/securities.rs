//! Securities in settlements, and what the broker reports late.

use money::Cents;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{assert_balanced, cents, settled, statement};
use crate::harness::{App, cash, event, problem};

/// Securities are part of the balance; the pool takes them over at their value and
/// what the broker does with them later is the pool's.
#[test]
fn securities_are_at_risk_and_go_to_the_pool() {
    let app = App::start();
    let pool = app.open_pool();
    let (dead, alive) = (pool.member(1, 1_000_00), pool.member(2, 1_000_00));
    buy(&app, 1, 600_00, "6.5");
    value(&app, 1, "6.5", "650.00", "2025-06-30");
    pool.death(dead, "2025-06-10");
    let settlement = settled(&pool.settle("2025-06"));
    assert_eq!(settlement.pot_cents, cents(1_050_00));
    assert_eq!(
        statement(&app, alive, "2025-06").closing_cents,
        Some(cents(2_050_00))
    );
    let dead_statement = statement(&app, dead, "2025-06");
    assert_eq!(dead_statement.return_cents, Some(cents(50_00)));
    assert_eq!(dead_statement.forfeited_cents, cents(1_050_00));
    assert!(dead_statement.closes());

    // The broker sells the dead member's securities for a little more.
    let group = Uuid::from_u128(1 + (1 << 64));
    app.deliver(&[
        cash(group, "ORDER_EXECUTION", 655_00, "2025-07-03"),
        units(group, "-6.5", "2025-07-03"),
    ]);
    let lines = assert_balanced(&app, pool.pool_id);
    assert_eq!(
        (lines[0].pool_minor.as_str(), lines[1].pool_minor.as_str()),
        ("500", "0")
    );
    assert_eq!(lines[0].members_minor, "205000");
}

#[test]
fn a_month_with_an_unvalued_position_cannot_be_settled() {
    let app = App::start();
    let pool = app.open_pool();
    let (unvalued, differs) = (pool.member(1, 1_000_00), pool.member(2, 1_000_00));
    pool.member(3, 1_000_00);
    buy(&app, 1, 600_00, "6.5");
    buy(&app, 2, 600_00, "6.5");
    value(&app, 2, "6.4", "640.00", "2025-06-30");
    value(&app, 1, "6.5", "650.00", "2025-05-31");
    let rows = app.database.rows();
    let answer = pool.settle("2025-06");
    assert_eq!(problem(&answer).1, "open-exceptions");
    let document: Value = answer.json().expect("JSON");
    let mut reasons: Vec<(String, String)> = document["exceptions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|e| {
            (
                e["member_id"].as_str().expect("an id").to_owned(),
                e["reason"].as_str().expect("a reason").to_owned(),
            )
        })
        .collect();
    reasons.sort();
    let mut expected = [
        (unvalued.to_string(), "missing_valuation".to_owned()),
        (differs.to_string(), "quantity_differs".to_owned()),
    ];
    expected.sort();
    assert_eq!(reasons, expected);
    assert_eq!(app.database.rows(), rows);
    let open = statement(&app, unvalued, "2025-06");
    assert_eq!((open.closing_cents, open.return_cents), (None, None));

    value(&app, 1, "6.5", "650.00", "2025-06-30");
    let mut corrected = valuation(2, "6.5", "650.00", "2025-06-30");
    corrected["created_at"] = json!("2025-07-01T08:00:00Z");
    app.deliver(&[corrected]);
    assert_eq!(pool.settle("2025-06").status, 201);
}

/// The later of two valuations of a day counts, whichever comes first.
#[test]
fn a_corrected_valuation_replaces_the_earlier_one() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 1_000_00);
    buy(&app, 1, 600_00, "6.5");
    let mut corrected = valuation(1, "6.5", "700.00", "2025-06-30");
    corrected["created_at"] = json!("2025-06-30T21:00:00Z");
    let mut earlier = valuation(1, "6.5", "650.00", "2025-06-30");
    earlier["created_at"] = json!("2025-06-30T20:59:59.999999999Z");
    app.deliver(&[corrected]);
    app.deliver(&[earlier]);
    assert_eq!(
        statement(&app, member, "2025-06").closing_cents,
        Some(cents(1_100_00))
    );
}

/// A booking that comes late for a settled month counts in the next: what was
/// settled stands.
#[test]
fn a_late_booking_does_not_change_a_settled_month() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 1_000_00);
    settled(&pool.settle("2025-06"));
    let before = statement(&app, member, "2025-06");
    let group = Uuid::from_u128(1 + (1 << 64));
    app.deliver(&[cash(group, "TOPUP", 50_00, "2025-06-29")]);
    assert_eq!(statement(&app, member, "2025-06"), before);
    assert_eq!(
        statement(&app, member, "2025-07").contributions_cents,
        cents(50_00)
    );
}

/// What moves on a dead member's account after the month's end, before it is
/// settled, follows the rest.
#[test]
fn later_movements_of_the_dead_follow_to_the_pool() {
    let app = App::start();
    let pool = app.open_pool();
    let (dead, _) = (pool.member(1, 1_000_00), pool.member(2, 1_000_00));
    let group = Uuid::from_u128(1 + (1 << 64));
    app.deliver(&[cash(group, "CASH_DIVIDEND", 7_00, "2025-07-02")]);
    pool.death(dead, "2025-06-10");
    assert_eq!(settled(&pool.settle("2025-06")).pot_cents, cents(1_000_00));
    let lines = assert_balanced(&app, pool.pool_id);
    assert_eq!(lines[0].pool_minor, "700");
    let july = statement(&app, dead, "2025-07");
    assert!(july.closes());
    assert_eq!(
        (july.closing_cents, july.forfeited_cents),
        (Some(Cents::ZERO), cents(7_00))
    );
}

const ISIN: &str = "IE00RETIRE01";

fn ids(number: u128) -> (Uuid, Uuid) {
    (
        Uuid::from_u128(number + (1 << 64)),
        Uuid::from_u128(number + (2 << 64)),
    )
}

fn units(group: Uuid, amount: &str, on: &str) -> Value {
    event(
        "SECURITY_TRANSACTION.EXECUTED",
        &json!({
            "id": Uuid::new_v4(), "account_group_id": group, "type": "ORDER_EXECUTION",
            "instrument": {"uuid": Uuid::nil(), "isin": ISIN}, "delta": {"amount": amount},
            "value_date": format!("{on}T00:00:00Z"),
        }),
    )
}

/// A member's account buys securities on 3 June.
fn buy(app: &App, number: u128, cost_cents: i64, amount: &str) {
    let (group, account) = ids(number);
    app.deliver(&[
        event(
            "ACCOUNT.CREATED",
            &json!({"id": account, "account_group_id": group}),
        ),
        cash(group, "ORDER_EXECUTION", -cost_cents, "2025-06-03"),
        units(group, amount, "2025-06-03"),
    ]);
}

fn valuation(number: u128, amount: &str, value: &str, on: &str) -> Value {
    let (_, account) = ids(number);
    event(
        "ACCOUNT_VALUATION.CREATED",
        &json!({
            "id": Uuid::new_v4(), "account_id": account, "valuation_time": format!("{on}T22:00:00Z"),
            "security_positions": [{
                "instrument": {"uuid": Uuid::nil(), "isin": ISIN}, "quantity": amount,
                "value": {"amount": value, "currency": "EUR", "price_time": format!("{on}T17:00:00Z")},
            }],
        }),
    )
}

fn value(app: &App, number: u128, amount: &str, value: &str, on: &str) {
    app.deliver(&[valuation(number, amount, value, on)]);
}
