//! How far the broker's objects are, and what should have come of it.

use ledger::record::{Gap, Page};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{gaps, group, moved, objects};
use crate::harness::{App, Caller, cash, event};

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
