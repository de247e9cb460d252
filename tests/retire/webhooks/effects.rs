//! What events do: entries by kind and what takes them back, payouts by the state of
//! their withdrawals, states, gaps.

use audit::Audit;
use ledger::record::{BrokerObject, Gap, JournalEntry, Page, Payout, PayoutState};
use serde_json::{Value, json};
use uuid::Uuid;

use super::balance;
use crate::harness::{App, Caller, NewPool, cash, event, text};

fn group(number: u128) -> Uuid {
    Uuid::from_u128(number + (1 << 64))
}

/// A movement of a member's money that is for something.
fn moved(number: u128, kind: &str, cents: i64, on: &str, to: (&str, Uuid)) -> Value {
    let mut event = cash(group(number), kind, cents, on);
    event["object"]["references"] = json!([{"type": to.0, "id": to.1}]);
    event
}

fn journal(pool: &NewPool<'_>) -> Vec<JournalEntry> {
    let page: Page<JournalEntry> = pool
        .app
        .get(&pool.path("/journal?limit=500"), Caller::Operator)
        .json()
        .expect("a journal");
    page.items
}

fn gaps(app: &App) -> Vec<Gap> {
    let answer = app.get("/v1/webhooks/gaps?after_hours=0", Caller::Operator);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    answer.json::<Page<Gap>>().expect("gaps").items
}

fn objects(app: &App, category: &str) -> Vec<BrokerObject> {
    let path = format!("/v1/webhooks/objects?category={category}");
    let answer = app.get(&path, Caller::Operator);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    answer.json::<Page<BrokerObject>>().expect("objects").items
}

#[test]
fn a_cancellation_reverses_its_original_whichever_comes_first() {
    for cancellation_first in [false, true] {
        let app = App::start();
        let pool = app.open_pool();
        let member = pool.member(1, 100_00);
        let execution = ("ORDER_EXECUTION", Uuid::from_u128(50));
        let other = ("ORDER_EXECUTION", Uuid::from_u128(51));
        let original = moved(1, "ORDER_EXECUTION", -30_00, "2025-06-03", execution);
        let back = moved(
            1,
            "ORDER_EXECUTION_CANCELLATION",
            30_00,
            "2025-06-05",
            execution,
        );
        app.deliver(&[moved(1, "ORDER_EXECUTION", -30_00, "2025-06-03", other)]);
        if cancellation_first {
            app.deliver(&[back]);
            assert_eq!(balance(&app, member), 70_00, "it waits");
            assert_eq!(gaps(&app)[0].gap, "cancellation_without_original");
            app.deliver(&[original]);
        } else {
            app.deliver(&[original]);
            app.deliver(&[back]);
        }
        assert_eq!(balance(&app, member), 70_00);
        assert_eq!(gaps(&app), []);
        let entries = journal(&pool);
        assert_eq!(entries.len(), 4);
        let reversal = entries.iter().find(|entry| entry.reverses.is_some());
        let reversal = reversal.expect("a reversal");
        assert!(reversal.source.starts_with("upvest:"));
        assert_eq!(reversal.kind.name(), "trade");
        assert_eq!(reversal.effective_on.to_string(), "2025-06-05");
        let reversed = entries
            .iter()
            .find(|entry| Some(entry.entry_id) == reversal.reverses)
            .expect("an original");
        assert_eq!(reversed.reversed_by, Some(reversal.entry_id));
        assert_eq!(pool.settle("2025-06").status, 201);
        audited(&pool);
    }
}

/// The export verifies by itself.
fn audited(pool: &NewPool<'_>) {
    let export = pool.app.get(&pool.path("/export"), Caller::Auditor);
    let mut audit = Audit::new();
    for line in text(&export).lines() {
        audit.push(line).expect(line);
    }
    audit.finish().expect("all fits");
}

/// Another amount, another kind, another account group: not the original.
#[test]
fn a_cancellation_takes_back_its_own_original_only() {
    let app = App::start();
    let pool = app.open_pool();
    let (one, two) = (pool.member(1, 0), pool.member(2, 0));
    let to = ("TOPUP", Uuid::from_u128(50));
    app.deliver(&[
        moved(1, "TOPUP", 30_00, "2025-06-03", to),
        moved(2, "TOPUP", 30_00, "2025-06-03", to),
        moved(1, "TOPUP_CANCELLATION", -29_00, "2025-06-03", to),
        moved(1, "CASH_DIVIDEND_CANCELLATION", -30_00, "2025-06-03", to),
        moved(2, "TOPUP_CANCELLATION", -30_00, "2025-06-03", to),
    ]);
    assert_eq!((balance(&app, one), balance(&app, two)), (30_00, 0));
    let open: Vec<String> = gaps(&app).into_iter().map(|gap| gap.gap).collect();
    assert_eq!(open, ["cancellation_without_original"; 2]);
    // Alike twice, taken back once.
    app.deliver(&[moved(1, "TOPUP", 30_00, "2025-06-04", to)]);
    app.deliver(&[moved(1, "TOPUP_CANCELLATION", -30_00, "2025-06-04", to)]);
    assert_eq!(balance(&app, one), 30_00);
}

/// Every kind of the description is booked as what it is, and each can be taken back.
#[test]
fn cash_is_booked_by_kind() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let kinds = [
        ("TOPUP", "contribution"),
        ("SEPA_DIRECT_DEBIT", "contribution"),
        ("SEPA_DIRECT_DEBIT_CHARGE_BACK", "contribution"),
        ("WITHDRAWAL", "payout"),
        ("FEE_COLLECTION", "fee"),
        ("DD_REFUND_REJECT_FEE", "fee"),
        ("TAX_COLLECTION", "income"),
        ("ORDER_EXECUTION", "trade"),
        ("CASH_DIVIDEND", "income"),
        ("MERGER", "income"),
    ];
    for (number, (kind, entry_kind)) in (100..).zip(kinds) {
        let to = ("ORDER", Uuid::from_u128(number));
        app.deliver(&[moved(1, kind, 1_00, "2025-06-03", to)]);
        let entries = journal(&pool);
        let entry = entries.last().expect("an entry");
        assert_eq!(entry.kind.name(), entry_kind, "{kind}");
        assert_eq!(
            entry
                .metadata
                .as_ref()
                .and_then(|m| m.get("upvest_type"))
                .map(String::as_str),
            Some(kind)
        );
        app.deliver(&[moved(
            1,
            &format!("{kind}_CANCELLATION"),
            -1_00,
            "2025-06-03",
            to,
        )]);
        assert_eq!(balance(&app, member), 0, "{kind}");
    }
}

struct Paid<'a> {
    pool: &'a NewPool<'a>,
    payout_id: Uuid,
    withdrawal_id: Uuid,
}

impl<'a> Paid<'a> {
    fn request(pool: &'a NewPool<'a>, member: Uuid, cents: i64) -> Self {
        let command = json!({"member_id": member, "account": "member", "amount_cents": cents,
            "currency": "EUR", "requested_on": "2025-06-08"});
        let answer = pool.app.command(&pool.path("/payouts"), &command);
        assert_eq!(answer.status, 201, "{}", text(&answer));
        let payout: Payout = answer.json().expect("a payout");
        Self {
            pool,
            payout_id: payout.payout_id,
            withdrawal_id: Uuid::new_v4(),
        }
    }

    fn withdrawal(&self, status: &str, created_at: &str) {
        let mut event = event(
            &format!("WITHDRAWAL.{status}"),
            &json!({"id": self.withdrawal_id, "account_group_id": group(1), "status": status,
                "amount": "40.00", "currency": "EUR",
                "remittance_information": format!("Rente {}", self.payout_id)}),
        );
        event["created_at"] = json!(created_at);
        self.pool.app.deliver(&[event]);
    }

    fn transaction(&self, kind: &str, cents: i64, on: &str) {
        let to = ("WITHDRAWAL", self.withdrawal_id);
        self.pool.app.deliver(&[moved(1, kind, cents, on, to)]);
    }

    fn state(&self) -> Payout {
        let page: Page<Payout> = self
            .pool
            .app
            .get(&self.pool.path("/payouts"), Caller::Operator)
            .json()
            .expect("payouts");
        page.items.into_iter().next().expect("a payout")
    }

    fn on_its_way(&self) -> i64 {
        let row = self.pool.app.database.admin().query_one(
            "select coalesce(sum(b.amount_minor), 0)::bigint from retire.account a
             join retire.balance b using (account_id) where a.kind = 'payout'",
            &[],
        );
        row.expect("a sum").get(0)
    }
}

#[test]
fn a_withdrawal_confirms_the_payout_that_it_names() {
    for transaction_first in [false, true] {
        let app = App::start();
        let pool = app.open_pool();
        let member = pool.member(1, 100_00);
        let paid = Paid::request(&pool, member, 40_00);
        assert_eq!((balance(&app, member), paid.on_its_way()), (60_00, 40_00));
        if transaction_first {
            paid.transaction("WITHDRAWAL", -40_00, "2025-06-10");
            paid.withdrawal("NEW", "2025-06-09T10:00:00Z");
            assert_eq!(paid.state().state, PayoutState::Confirmed);
            paid.withdrawal("CONFIRMED", "2025-06-09T10:00:01Z");
        } else {
            paid.withdrawal("NEW", "2025-06-09T10:00:00Z");
            assert_eq!(paid.state().state, PayoutState::Requested);
            paid.withdrawal("CONFIRMED", "2025-06-09T10:00:01Z");
            assert_eq!(paid.state().state, PayoutState::Confirmed);
            assert_eq!(paid.on_its_way(), 40_00, "money moves by transactions");
            assert_eq!(gaps(&app)[0].gap, "withdrawal_without_transaction");
            assert_eq!(gaps(&app)[0].missing, ["cash"]);
            paid.transaction("WITHDRAWAL", -40_00, "2025-06-10");
        }
        assert_eq!((balance(&app, member), paid.on_its_way()), (60_00, 0));
        let payout = paid.state();
        assert_eq!(payout.state, PayoutState::Confirmed);
        assert_eq!(payout.paid_on.expect("a day").to_string(), "2025-06-10");
        assert!(payout.upvest_transaction_id.is_some());
        assert_eq!(gaps(&app), []);
    }
}

/// A bank refuses a transfer days later: the money comes back.
#[test]
fn a_withdrawal_that_is_cancelled_after_its_confirmation_voids_its_payout() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let app = App::start();
        let pool = app.open_pool();
        let member = pool.member(1, 100_00);
        let paid = Paid::request(&pool, member, 40_00);
        for step in order {
            match step {
                0 => paid.withdrawal("CONFIRMED", "2025-06-09T10:00:01Z"),
                1 => paid.transaction("WITHDRAWAL", -40_00, "2025-06-10"),
                2 => paid.withdrawal("CANCELLED", "2025-06-12T10:00:00Z"),
                _ => paid.transaction("WITHDRAWAL_CANCELLATION", 40_00, "2025-06-12"),
            }
        }
        assert_eq!(
            (balance(&app, member), paid.on_its_way()),
            (100_00, 0),
            "{order:?}"
        );
        assert_eq!(paid.state().state, PayoutState::Voided, "{order:?}");
        assert_eq!(gaps(&app), [], "{order:?}");
        let again = Paid::request(&pool, member, 100_00);
        assert_eq!(again.on_its_way(), 100_00, "and can be paid again");
    }
}

#[test]
fn a_withdrawal_that_is_cancelled_unpaid_voids_its_payout() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 100_00);
    let paid = Paid::request(&pool, member, 40_00);
    paid.withdrawal("PROCESSING", "2025-06-09T10:00:00Z");
    paid.withdrawal("CANCELLED", "2025-06-09T10:00:01Z");
    assert_eq!((balance(&app, member), paid.on_its_way()), (100_00, 0));
    assert_eq!(paid.state().state, PayoutState::Voided);
}

/// An operator confirmed without naming the transaction: it is not booked twice.
#[test]
fn a_payout_that_was_confirmed_by_hand_is_paid_once() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 100_00);
    let paid = Paid::request(&pool, member, 40_00);
    let path = pool.path(&format!("/payouts/{}/confirmation", paid.payout_id));
    let confirm = json!({"paid_on": "2025-06-10", "upvest_transaction_id": null});
    assert_eq!(app.command(&path, &confirm).status, 201);
    paid.withdrawal("CONFIRMED", "2025-06-09T10:00:01Z");
    paid.transaction("WITHDRAWAL", -40_00, "2025-06-10");
    assert_eq!((balance(&app, member), paid.on_its_way()), (60_00, 0));
    paid.transaction("WITHDRAWAL_CANCELLATION", 40_00, "2025-06-12");
    assert_eq!((balance(&app, member), paid.on_its_way()), (100_00, 0));
}

/// Somebody else's withdrawal, or one of another amount, says nothing of a payout.
#[test]
fn a_withdrawal_that_does_not_fit_leaves_the_payout() {
    let app = App::start();
    let pool = app.open_pool();
    let (member, _) = (pool.member(1, 100_00), pool.member(2, 100_00));
    let paid = Paid::request(&pool, member, 40_00);
    for (group_number, amount) in [(2, "40.00"), (1, "40.01"), (1, "-40.00"), (9, "40.00")] {
        app.deliver(&[event(
            "WITHDRAWAL.CANCELLED",
            &json!({"id": Uuid::new_v4(), "account_group_id": group(group_number),
                "amount": amount, "status": "CANCELLED",
                "remittance_information": paid.payout_id}),
        )]);
        assert_eq!(paid.state().state, PayoutState::Requested);
    }
    assert_eq!(paid.on_its_way(), 40_00);
}

/// The broker sells what a dead member's account holds: the money is whoever's holds it.
#[test]
fn what_a_liquidation_brings_belongs_to_whoever_holds() {
    let app = App::start();
    let pool = app.open_pool();
    // At risk from the first of the month on, or not yet: a pool's death and an estate's.
    let mut dead = Vec::new();
    for (number, enrolled_on) in [(1, "2025-05-01"), (2, "2025-06-03")] {
        dead.push(pool.member_from(number, 100_00, enrolled_on));
    }
    pool.member(3, 100_00);
    for member in &dead {
        pool.death(*member, "2025-06-20");
    }
    assert_eq!(pool.settle("2025-06").status, 201);
    for (number, holder) in [(1, "pool"), (2, "estate")] {
        let (account, liquidation) = (Uuid::from_u128(60 + number), Uuid::from_u128(70 + number));
        let sold = ("ORDER_EXECUTION", Uuid::from_u128(80 + number));
        app.deliver(&[
            event(
                "ACCOUNT.CREATED",
                &json!({"id": account, "account_group_id": group(number)}),
            ),
            event(
                "ACCOUNT_LIQUIDATION.SETTLED",
                &json!({"id": liquidation, "account_id": account, "cash_amount": "7.00",
                    "status": "SETTLED"}),
            ),
            moved(number, "ORDER_EXECUTION", 7_00, "2025-07-02", sold),
        ]);
        let entries = journal(&pool);
        let entry = entries.last().expect("an entry");
        let accounts: Vec<&str> = entry.postings.iter().map(|p| p.account.as_str()).collect();
        assert!(accounts.contains(&holder), "{accounts:?}");
        let seen = objects(&app, "ACCOUNT_LIQUIDATION");
        let seen = seen
            .iter()
            .find(|object| object.object_id == liquidation)
            .expect("it is seen");
        assert_eq!(seen.holder.as_deref(), Some(holder));
        assert_eq!(
            seen.member_id,
            usize::try_from(number).ok().map(|n| dead[n - 1])
        );
        assert_eq!(seen.amount.as_deref(), Some("7.00"));
        // And if the sale is taken back, it is taken from there.
        app.deliver(&[moved(
            number,
            "ORDER_EXECUTION_CANCELLATION",
            -7_00,
            "2025-07-03",
            sold,
        )]);
        let reversal = journal(&pool).pop().expect("an entry");
        assert_eq!(reversal.reverses, Some(entry.entry_id));
    }
    audited(&pool);
}

/// Bought by the member, taken back after the member's death was settled: it is taken from,
/// and given to, whoever holds by then.
#[test]
fn what_is_taken_back_after_a_death_is_not_the_dead_members() {
    let app = App::start();
    let pool = app.open_pool();
    let dead = pool.member(1, 100_00);
    pool.member(2, 100_00);
    let fee = ("FEE_COLLECTION", Uuid::from_u128(50));
    app.deliver(&[moved(1, "FEE_COLLECTION", -5_00, "2025-06-10", fee)]);
    pool.death(dead, "2025-06-20");
    assert_eq!(pool.settle("2025-06").status, 201);
    app.deliver(&[moved(
        1,
        "FEE_COLLECTION_CANCELLATION",
        5_00,
        "2025-07-02",
        fee,
    )]);
    assert_eq!(balance(&app, dead), 0);
    let row = app.database.admin().query_one(
        "select sum(b.amount_minor)::bigint from retire.account a
         join retire.balance b using (account_id) where a.kind = 'pool'",
        &[],
    );
    // What the pool took over it paid to the pot; what came later stays there.
    assert_eq!(row.expect("a sum").get::<_, i64>(0), 5_00);
    audited(&pool);
}

fn step(category: &str, id: Uuid, status: &str, second: u32) -> Value {
    let mut event = event(
        &format!("{category}.{status}"),
        &json!({"id": id, "status": status, "account_group_id": group(1),
            "users": [{"id": Uuid::from_u128(1)}]}),
    );
    event["created_at"] = json!(format!("2025-06-20T10:00:{second:02}Z"));
    event
}

fn event_state(app: &App, event: &Value) -> (String, Option<String>) {
    let id: Uuid = event["id"].as_str().expect("an id").parse().expect("one");
    let row = app
        .database
        .admin()
        .query_one(
            "select state, reason from retire.webhook_event where event_id = $1",
            &[&id],
        )
        .expect("an event");
    (row.get(0), row.get(1))
}

/// A step that cannot follow is in quarantine, and out of it when one arrives that
/// explains it.
#[test]
fn an_illegal_step_is_in_quarantine_until_it_is_explained() {
    let app = App::start();
    let id = Uuid::from_u128(5);
    let closing = step("ACCOUNT", id, "CLOSING", 10);
    let active_again = step("ACCOUNT", id, "ACTIVE", 30);
    let illegal = ("quarantined".to_owned(), Some("illegal-step".to_owned()));
    let applied = ("applied".to_owned(), None);
    app.deliver(&[closing, active_again.clone()]);
    assert_eq!(event_state(&app, &active_again), illegal);
    assert_eq!(objects(&app, "ACCOUNT")[0].status, "CLOSING");
    app.deliver(&[step("ACCOUNT", id, "LOCKED", 20)]);
    assert_eq!(event_state(&app, &active_again), applied);
    assert_eq!(objects(&app, "ACCOUNT")[0].status, "ACTIVE");
    // What comes late and was earlier does not turn time back.
    app.deliver(&[step("ACCOUNT", id, "PENDING_APPROVAL", 5)]);
    assert_eq!(objects(&app, "ACCOUNT")[0].status, "ACTIVE");
    assert_eq!(objects(&app, "ACCOUNT")[0].member_id, None);
}

#[test]
fn a_final_state_stands() {
    let app = App::start();
    for (category, last, attempts) in [
        ("ORDER", "FILLED", ["NEW", "CANCELLED"]),
        ("EXECUTION", "CANCELLED", ["FILLED", "SETTLED"]),
        ("DIRECT_DEBIT", "CONFIRMED", ["PROCESSING", "CANCELLED"]),
        ("WITHDRAWAL", "CANCELLED", ["PROCESSING", "CONFIRMED"]),
        ("TOPUP", "SETTLED", ["CONFIRMED", "CANCELLED"]),
        ("PORTFOLIO_ORDER", "SETTLED", ["FILLED", "CANCELLED"]),
        ("SAVINGS_PLAN_EXECUTION", "CANCELLED", ["FILLED", "SETTLED"]),
        ("ACCOUNT_LIQUIDATION", "SETTLED", ["NEW", "CANCELLED"]),
        ("SAVINGS_PLAN", "CANCELLED", ["CREATED", "CREATED"]),
        ("ACCOUNT_GROUP", "CLOSED", ["ACTIVE", "LOCKED"]),
        ("USER", "OFFBOARDED", ["ACTIVE", "OFFBOARDING"]),
    ] {
        let id = Uuid::new_v4();
        let later = attempts.map(|status| step(category, id, status, 30));
        app.deliver(&later);
        app.deliver(&[step(category, id, last, 20)]);
        assert_eq!(objects(&app, category)[0].status, last, "{category}");
        for event in &later {
            assert_eq!(event_state(&app, event).1.as_deref(), Some("illegal-step"));
        }
    }
    let withdrawal = Uuid::new_v4();
    app.deliver(&[
        step("WITHDRAWAL", withdrawal, "CONFIRMED", 1),
        step("WITHDRAWAL", withdrawal, "CANCELLED", 2),
    ]);
    let seen = objects(&app, "WITHDRAWAL");
    let seen = seen.iter().find(|object| object.object_id == withdrawal);
    assert_eq!(seen.expect("it is seen").status, "CANCELLED");
}

#[test]
fn gaps_are_what_should_have_come() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 0);
    let [execution, complete, debit] = [50, 51, 52].map(Uuid::from_u128);
    let units = |to: Uuid| {
        event(
            "SECURITY_TRANSACTION.EXECUTED",
            &json!({"id": Uuid::new_v4(), "account_group_id": group(1), "type": "ORDER_EXECUTION",
                "instrument": {"isin": "IE00B4L5Y983"}, "delta": {"amount": "1"},
                "value_date": "2025-06-05", "references": [{"type": "ORDER_EXECUTION", "id": to}]}),
        )
    };
    app.deliver(&[
        step("EXECUTION", execution, "SETTLED", 1),
        step("EXECUTION", complete, "SETTLED", 1),
        step("EXECUTION", Uuid::from_u128(53), "FILLED", 1),
        step("DIRECT_DEBIT", debit, "CONFIRMED", 1),
        units(execution),
        units(complete),
        moved(
            1,
            "ORDER_EXECUTION",
            -1_00,
            "2025-06-05",
            ("ORDER_EXECUTION", complete),
        ),
        cash(Uuid::from_u128(99), "TOPUP", 1_00, "2025-06-05"),
    ]);
    let found: Vec<(String, Vec<String>)> = gaps(&app)
        .into_iter()
        .map(|gap| (gap.gap, gap.missing))
        .collect();
    let gap = |name: &str, missing: &[&str]| {
        let missing = missing.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>();
        (name.to_owned(), missing)
    };
    assert_eq!(found.len(), 3, "{found:?}");
    for expected in [
        gap("execution_without_transaction", &["cash"]),
        gap("direct_debit_without_transaction", &["cash"]),
        gap("account_unknown", &[]),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    let none: Page<Gap> = app
        .get("/v1/webhooks/gaps", Caller::Operator)
        .json()
        .expect("gaps");
    assert_eq!(none.items, [], "a day has not passed");
    let first: Page<Gap> = app
        .get("/v1/webhooks/gaps?after_hours=0&limit=2", Caller::Operator)
        .json()
        .expect("gaps");
    let path = format!(
        "/v1/webhooks/gaps?after_hours=0&limit=2&after={}",
        first.next.expect("more")
    );
    let second: Page<Gap> = app.get(&path, Caller::Operator).json().expect("gaps");
    assert_eq!((first.items.len(), second.items.len()), (2, 1));
    for query in ["after_hours=-1", "after_hours=87601", "after_hours=x"] {
        let path = format!("/v1/webhooks/gaps?{query}");
        assert_eq!(app.get(&path, Caller::Operator).status, 400, "{query}");
    }
}
