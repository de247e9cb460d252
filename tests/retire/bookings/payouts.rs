//! Payouts: set aside, paid, given back.

use ledger::record::{Page, Payout, PayoutState};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cash_of;
use crate::harness::{App, Caller, cash, problem, text};

fn payout(member: Uuid, amount_cents: i64) -> Value {
    json!({
        "member_id": member, "account": "member", "amount_cents": amount_cents,
        "currency": "EUR", "requested_on": "2025-06-10",
    })
}

/// A payout waits for the broker: set aside, then paid or given back.
#[test]
fn a_payout_is_requested_and_then_confirmed_or_voided() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 100_00);
    let request = |amount| app.command(&pool.path("/payouts"), &payout(member, amount));
    let over = (
        422,
        "insufficient-balance".to_owned(),
        Some("/amount_cents".to_owned()),
    );
    assert_eq!(problem(&request(100_01)), over);
    let first: Payout = request(60_00).json().expect("a payout");
    assert_eq!(
        (first.state, cash_of(&pool, member)),
        (PayoutState::Requested, 40_00)
    );
    assert_eq!(
        problem(&request(40_01)),
        over,
        "what is set aside is not there"
    );

    let act = |payout: &Payout, what: &str, body: &Value| {
        let path = pool.path(&format!("/payouts/{}/{what}", payout.payout_id));
        app.command(&path, body)
    };
    let early = act(&first, "confirmation", &json!({"paid_on": "2025-06-09"}));
    assert_eq!(problem(&early).2.as_deref(), Some("/paid_on"));
    let paid: Payout = act(&first, "confirmation", &json!({"paid_on": "2025-06-12"}))
        .json()
        .expect("one");
    assert_eq!(paid.state, PayoutState::Confirmed);
    for (what, body) in [
        ("confirmation", json!({"paid_on": "2025-06-12"})),
        ("void", json!({"reason": "too late"})),
    ] {
        assert_eq!(problem(&act(&first, what, &body)).1, "payout-not-pending");
    }
    assert_eq!(cash_of(&pool, member), 40_00);

    let second: Payout = request(40_00).json().expect("a payout");
    let voided: Payout = act(&second, "void", &json!({"reason": "no such account"}))
        .json()
        .expect("one");
    assert_eq!(
        (voided.state, cash_of(&pool, member)),
        (PayoutState::Voided, 40_00)
    );
    let all: Page<Payout> = app
        .get(&pool.path("/payouts"), Caller::Auditor)
        .json()
        .expect("a page");
    assert_eq!(all.items.len(), 2);
    let nobody = Payout {
        payout_id: Uuid::new_v4(),
        ..first
    };
    assert_eq!(
        problem(&act(&nobody, "void", &json!({"reason": "x"}))).0,
        404
    );
}

/// The broker's transaction is booked once, whether its event comes before the
/// confirmation or after.
#[test]
fn a_payout_and_the_brokers_withdrawal_are_one() {
    let app = App::start();
    for event_first in [true, false] {
        let pool = app.open_pool();
        let number = if event_first { 1 } else { 2 };
        let member = pool.member(number, 100_00);
        let group = Uuid::from_u128(number + (1 << 64));
        let mut withdrawal = cash(group, "WITHDRAWAL", -30_00, "2025-06-12");
        withdrawal["object"]["delta"]["amount"] = json!("-30.00");
        let transaction = withdrawal["object"]["id"].clone();
        let request = app.command(&pool.path("/payouts"), &payout(member, 30_00));
        let requested: Payout = request.json().expect("a payout");
        let path = pool.path(&format!("/payouts/{}/confirmation", requested.payout_id));
        let confirm = json!({"paid_on": "2025-06-12", "upvest_transaction_id": transaction});
        if event_first {
            app.deliver(&[withdrawal.clone()]);
            assert_eq!(cash_of(&pool, member), 40_00);
        }
        let answer = app.command(&path, &confirm);
        assert_eq!(answer.status, 201, "{}", text(&answer));
        if !event_first {
            app.deliver(&[withdrawal]);
        }
        assert_eq!(cash_of(&pool, member), 70_00, "event first: {event_first}");
        let path = format!("/v1/data/pools/{}/trial-balance", pool.pool_id);
        let lines: Value = app.get(&path, Caller::Operator).json().expect("JSON");
        assert_eq!(lines["items"][0]["sum_minor"], "0");
        assert_eq!(lines["items"][0]["broker_minor"], "-7000");
    }
}
