//! Contributions and fees, in batches.

use ledger::record::{JournalEntry, Page};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{book, booked, booking, cash_of};
use crate::harness::{App, Caller, problem};

#[test]
fn contributions_and_fees_are_booked_in_batches() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 0)).collect();
    let mut with_reference = booking(members[0], 100_00);
    with_reference["metadata"] = json!({"invoice": "A-17"});
    let items = [
        with_reference,
        booking(members[1], 50_00),
        booking(members[0], 1),
    ];
    let batch = booked(&book(&pool, "/contributions", &items));
    assert_eq!((batch.entries, batch.sum_cents.get()), (3, 150_01));
    assert_eq!(
        (cash_of(&pool, members[0]), cash_of(&pool, members[1])),
        (100_01, 50_00)
    );
    booked(&book(
        &pool,
        "/fees",
        &[booking(members[0], 1_00), booking(members[0], 99_01)],
    ));
    assert_eq!(cash_of(&pool, members[0]), 0);

    let path = pool.path(&format!("/journal?after={}", batch.first_entry_id - 1));
    let page: Page<JournalEntry> = app.get(&path, Caller::Auditor).json().expect("a page");
    let first = &page.items[0];
    assert_eq!(first.metadata.as_ref().expect("kept")["invoice"], "A-17");
    assert_eq!(
        (first.actor.as_str(), first.posting_count),
        ("operator-1", 2)
    );
    assert_eq!(first.source, format!("command:{}:1", batch.batch_id));
    let statement = format!(
        "/v1/data/members/{}/statements?from=2025-06&to=2025-06",
        members[0]
    );
    let statement: Value = app.get(&statement, Caller::Operator).json().expect("JSON");
    assert_eq!(statement["items"][0]["contributions_cents"], 100_01);
    assert_eq!(statement["items"][0]["fees_cents"], 100_01);
}

/// One wrong item refuses the batch, with its place, and nothing is written.
#[test]
fn a_batch_is_booked_whole_or_not_at_all() {
    let app = App::start();
    let pool = app.open_pool();
    let (member, dead) = (pool.member(1, 100_00), pool.member(2, 100_00));
    pool.death(dead, "2025-06-10");
    let other = app.open_pool();
    let stranger = other.member(3, 100_00);
    assert_eq!(pool.settle("2025-06").status, 201);
    let rows = app.database.rows();
    let good = |member| {
        let mut item = booking(member, 1_00);
        item["effective_on"] = json!("2025-07-05");
        item
    };
    let with = |field: &str, value: Value| {
        let mut item = good(member);
        item[field] = value;
        item
    };
    for (what, wrong, status, code, field) in [
        (
            "/contributions",
            good(stranger),
            422,
            "unknown-member",
            "member_id",
        ),
        (
            "/contributions",
            good(dead),
            409,
            "member-deceased",
            "member_id",
        ),
        (
            "/contributions",
            with("effective_on", json!("2025-06-30")),
            409,
            "period-settled",
            "effective_on",
        ),
        (
            "/contributions",
            with("effective_on", json!("2199-01-01")),
            422,
            "date-in-future",
            "effective_on",
        ),
        (
            "/contributions",
            with("currency", json!("USD")),
            422,
            "currency-mismatch",
            "currency",
        ),
        (
            "/contributions",
            with("currency", json!("eur")),
            422,
            "invalid-field",
            "currency",
        ),
        (
            "/contributions",
            with("amount_cents", json!(0)),
            422,
            "invalid-field",
            "amount_cents",
        ),
        (
            "/contributions",
            with("amount_cents", json!(-5)),
            422,
            "invalid-field",
            "amount_cents",
        ),
        (
            "/contributions",
            with("amount_cents", json!(1.5)),
            422,
            "too-many-decimals",
            "amount_cents",
        ),
        (
            "/contributions",
            with("amount_cents", json!(1e20)),
            422,
            "amount-out-of-range",
            "amount_cents",
        ),
        (
            "/contributions",
            with("amount_cents", json!(9_007_199_254_740_992_i64)),
            422,
            "amount-out-of-range",
            "amount_cents",
        ),
        (
            "/contributions",
            with("metadata", json!({"a": "x".repeat(101)})),
            422,
            "invalid-field",
            "metadata",
        ),
        (
            "/fees",
            with("amount_cents", json!(300_01)),
            422,
            "insufficient-balance",
            "amount_cents",
        ),
    ] {
        let answer = book(&pool, what, &[good(member), wrong]);
        let pointer = Some(format!("/items/1/{field}"));
        assert_eq!(problem(&answer), (status, code.to_owned(), pointer));
    }
    let empty = book(&pool, "/contributions", &[]);
    assert_eq!(problem(&empty).2.as_deref(), Some("/items"));
    let many: Vec<Value> = (0..10_001).map(|_| good(member)).collect();
    assert_eq!(
        problem(&book(&pool, "/contributions", &many)).2.as_deref(),
        Some("/items")
    );
    // Two fees that each fit, and not both.
    let twice = [
        with("amount_cents", json!(150_00)),
        with("amount_cents", json!(150_00)),
    ];
    let short = (
        422,
        "insufficient-balance".to_owned(),
        Some("/items/1/amount_cents".to_owned()),
    );
    assert_eq!(problem(&book(&pool, "/fees", &twice)), short);
    assert_eq!(app.database.rows(), rows);
}

#[test]
fn a_batch_of_ten_thousand_is_booked() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=4).map(|n| pool.member(n, 0)).collect();
    let items: Vec<Value> = (0..10_000).map(|i| booking(members[i % 4], 7)).collect();
    let batch = booked(&book(&pool, "/contributions", &items));
    assert_eq!((batch.entries, batch.sum_cents.get()), (10_000, 70_000));
    assert_eq!(cash_of(&pool, members[3]), 17_500);
}
