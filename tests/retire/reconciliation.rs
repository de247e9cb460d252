//! The ledger compared with what the broker last reported.

use ledger::reconciliation::{Cause, Difference, Source};
use ledger::record::Page;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, event, problem};

fn report(pool: &NewPool<'_>) -> Vec<Difference> {
    let path = pool.path("/reconciliation?limit=500");
    let page: Page<Difference> = pool.app.get(&path, Caller::Auditor).json().expect("a page");
    assert_eq!(page.next, None);
    page.items
}

/// The broker's word about a group's cash, as of a time.
fn cash_balance(group: Uuid, balance: &str, at: &str) -> Value {
    let object = json!({
        "account_group_id": group, "currency": "EUR", "balance": balance,
        "locked_for_trading": "0", "pending_settlement": "0",
        "available_for_withdrawal": balance, "available_for_trading": balance,
    });
    let mut told = event("CASH_BALANCE.UPDATED", &object);
    told["created_at"] = json!(at);
    told
}

#[test]
fn a_difference_to_the_broker_is_shown_with_its_cause() {
    let app = App::start();
    let pool = app.open_pool();
    let groups: Vec<Uuid> = (1..=4).map(|n| Uuid::from_u128(n + (1 << 64))).collect();
    let members: Vec<Uuid> = (1..=4).map(|n| pool.member(n, 1_000_00)).collect();
    let silent: Vec<(Uuid, Cause)> = report(&pool)
        .iter()
        .map(|d| (d.member_id, d.cause))
        .collect();
    assert_eq!(silent.len(), 4);
    assert!(silent.iter().all(|(_, cause)| *cause == Cause::NoSnapshot));

    let later = "2025-07-01T06:00:00Z";
    app.deliver(&[
        cash_balance(groups[0], "1000.00", later),
        cash_balance(groups[1], "999.00", later),
        // The older of two words about the same thing does not count.
        cash_balance(groups[2], "1000", later),
        cash_balance(groups[2], "5", "2025-06-29T06:00:00Z"),
        cash_balance(groups[3], "0.00", "2025-06-01T06:00:00Z"),
    ]);
    let open = report(&pool);
    let find = |member| open.iter().find(|d| d.member_id == member);
    assert_eq!(find(members[0]), None);
    assert_eq!(find(members[2]), None);
    let unknown = find(members[1]).expect("a difference");
    assert_eq!(
        (unknown.cause, unknown.against),
        (Cause::Unknown, Source::CashBalance)
    );
    assert_eq!(
        (unknown.expected_minor, unknown.difference_minor),
        (1_000_00, Some(-1_00))
    );
    assert_eq!(
        find(members[3]).expect("a difference").cause,
        Cause::SnapshotIsOlder
    );

    // Longevity credits are book money until somebody transfers it.
    pool.death(members[3], "2025-06-20");
    assert_eq!(pool.settle("2025-06").status, 201);
    let open = report(&pool);
    let credited = open
        .iter()
        .find(|d| d.member_id == members[0])
        .expect("a difference");
    assert_eq!(
        (credited.cause, credited.difference_minor),
        (Cause::NotTransferred, Some(0))
    );
    assert_eq!(credited.ledger_minor / 100, 1_333);

    let nowhere = format!("/v1/pools/{}/reconciliation", Uuid::new_v4());
    assert_eq!(
        problem(&app.get(&nowhere, Caller::Operator)).1,
        "unknown-pool"
    );
    assert_eq!(
        app.get(&pool.path("/reconciliation"), Caller::Analyst)
            .status,
        403
    );
}

/// Pages meet without a gap, though members without a difference are not listed.
#[test]
fn the_report_is_complete_over_its_pages() {
    let app = App::start();
    let pool = app.open_pool();
    for number in 1..=5 {
        pool.member(number, 1_000_00);
    }
    let whole = report(&pool);
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let path = pool.path(&format!("/reconciliation?limit=2{after}"));
        let page: Page<Difference> = app.get(&path, Caller::Operator).json().expect("a page");
        found.extend(page.items);
        match page.next {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(found, whole);
}
