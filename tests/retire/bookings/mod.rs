//! What operators book: contributions, fees, payouts, reversals, closures, valuations.

mod batches;
mod payouts;

use ledger::record::{Booked, JournalEntry};
use serde_json::{Value, json};
use simulator::Answer;
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, problem, text};

fn booking(member: Uuid, amount_cents: i64) -> Value {
    json!({
        "member_id": member, "amount_cents": amount_cents, "currency": "EUR",
        "effective_on": "2025-06-05",
    })
}

fn book(pool: &NewPool<'_>, what: &str, items: &[Value]) -> Answer {
    pool.app.command(&pool.path(what), &json!({"items": items}))
}

fn booked(answer: &Answer) -> Booked {
    assert_eq!(answer.status, 201, "{}", text(answer));
    answer.json().expect("a batch")
}

fn cash_of(pool: &NewPool<'_>, member: Uuid) -> i64 {
    let path = format!("/v1/data/members/{member}");
    let account: Value = pool.app.get(&path, Caller::Operator).json().expect("JSON");
    account["cash_cents"].as_i64().expect("cents")
}

#[test]
fn a_booking_is_taken_back_once() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 5_00);
    let batch = booked(&book(&pool, "/contributions", &[booking(member, 10_00)]));
    let reverse = |entry: i64, on: &str| {
        let body = json!({"entry_id": entry, "effective_on": on, "reason": "typed twice"});
        app.command(&pool.path("/reversals"), &body)
    };
    let entry = batch.first_entry_id;
    let early = problem(&reverse(entry, "2025-06-04"));
    assert_eq!(early.2.as_deref(), Some("/effective_on"));
    let answer = reverse(entry, "2025-06-20");
    assert_eq!(answer.status, 201, "{}", text(&answer));
    let reversal: JournalEntry = answer.json().expect("an entry");
    assert_eq!(
        (reversal.reverses, cash_of(&pool, member)),
        (Some(entry), 5_00)
    );
    let at = Some("/entry_id".to_owned());
    for (entry, status, code) in [
        (entry, 409, "entry-reversed"),
        (reversal.entry_id, 409, "entry-is-reversal"),
        (entry - 1, 409, "entry-not-reversible"),
        (i64::MAX, 422, "unknown-entry"),
    ] {
        assert_eq!(
            problem(&reverse(entry, "2025-06-20")),
            (status, code.to_owned(), at.clone())
        );
    }
    // Money that is gone cannot be taken back.
    let batch = booked(&book(&pool, "/contributions", &[booking(member, 10_00)]));
    booked(&book(&pool, "/fees", &[booking(member, 15_00)]));
    let short = problem(&reverse(batch.first_entry_id, "2025-06-20"));
    assert_eq!(short.1, "insufficient-balance");
}

#[test]
fn a_membership_ends_with_an_empty_account() {
    let app = App::start();
    let pool = app.open_pool();
    let (member, other) = (pool.member(1, 10_00), pool.member(2, 10_00));
    let close = |member: Uuid, on: &str| {
        let path = pool.path(&format!("/members/{member}/closure"));
        app.command(&path, &json!({"closed_on": on}))
    };
    assert_eq!(problem(&close(member, "2025-06-20")).1, "account-not-empty");
    booked(&book(&pool, "/fees", &[booking(member, 10_00)]));
    assert_eq!(
        problem(&close(member, "2025-04-20")).2.as_deref(),
        Some("/closed_on")
    );
    let closed: Value = close(member, "2025-06-20").json().expect("a member");
    assert_eq!(
        (&closed["state"], &closed["closed_on"]),
        (&json!("closed"), &json!("2025-06-20"))
    );
    assert_eq!(problem(&close(member, "2025-06-21")).1, "member-closed");
    assert_eq!(problem(&close(Uuid::new_v4(), "2025-06-21")).0, 404);
    let mut late = booking(member, 1);
    late["effective_on"] = json!("2025-06-21");
    assert_eq!(
        problem(&book(&pool, "/contributions", &[late])).1,
        "member-closed"
    );
    assert_eq!(
        problem(&pool.report_death(member, "2025-06-21")).1,
        "member-closed"
    );
    pool.death(other, "2025-06-25");
    let settlement: Value = pool.settle("2025-06").json().expect("JSON");
    assert_eq!(
        settlement["members_at_risk"], 1,
        "who has left does not share"
    );
}

/// An operator's valuation stands in for one that the broker did not send.
#[test]
fn a_valuation_of_the_operator_counts_where_the_broker_has_none() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 10_00);
    let group = Uuid::from_u128(1 + (1 << 64));
    let isin = "IE00B4L5Y983";
    app.deliver(&[crate::harness::event(
        "SECURITY_TRANSACTION.EXECUTED",
        &json!({
            "id": Uuid::new_v4(), "account_group_id": group, "type": "ORDER_EXECUTION",
            "instrument": {"isin": isin}, "delta": {"amount": "2.5"},
            "value_date": "2025-06-10T00:00:00Z",
        }),
    )]);
    assert_eq!(problem(&pool.settle("2025-06")).1, "open-exceptions");
    let value = |quantity: i64, cents: i64| {
        let item = json!({
            "member_id": member, "valued_on": "2025-06-30", "isin": isin,
            "quantity_units": quantity, "value_cents": cents,
        });
        book(&pool, "/valuations", &[item])
    };
    assert_eq!(
        problem(&value(-1, 0)).2.as_deref(),
        Some("/items/0/quantity_units")
    );
    assert_eq!(value(2_400_000_000, 250_00).status, 201);
    let path = pool.path("/exceptions?period=2025-06");
    let open: Value = app.get(&path, Caller::Operator).json().expect("JSON");
    assert_eq!(open["exceptions"][0]["reason"], "quantity_differs");
    assert_eq!(value(2_500_000_000, 260_00).status, 201);
    assert_eq!(pool.settle("2025-06").status, 201);
    let path = format!("/v1/data/members/{member}/statements?from=2025-06&to=2025-06");
    let statement: Value = app.get(&path, Caller::Operator).json().expect("JSON");
    assert_eq!(statement["items"][0]["closing_cents"], 270_00);
}
