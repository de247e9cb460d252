//! What transactions do: entries by kind, and what takes them back.

use audit::Audit;
use ledger::record::{JournalEntry, Page};
use serde_json::json;
use uuid::Uuid;

use super::{balance, gaps, group, moved, objects};
use crate::harness::{App, Caller, NewPool, event, text};

fn journal(pool: &NewPool<'_>) -> Vec<JournalEntry> {
    let page: Page<JournalEntry> = pool
        .app
        .get(&pool.path("/journal?limit=500"), Caller::Operator)
        .json()
        .expect("a journal");
    page.items
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
