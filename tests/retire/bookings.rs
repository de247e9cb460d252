//! What operators book: contributions, fees, payouts, reversals, closures, valuations.

use ledger::record::{Booked, JournalEntry, Page, Payout, PayoutState};
use serde_json::{Value, json};
use simulator::Answer;
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, cash, problem, text};

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

fn payout(member: Uuid, amount_cents: i64) -> Value {
    json!({
        "member_id": member, "account": "member", "amount_cents": amount_cents,
        "currency": "EUR", "requested_on": "2025-06-10",
    })
}

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
