//! Deaths that are reported late, or withdrawn: what was settled is settled again, by
//! new entries.

use ledger::record::{Balance, JournalEntry, MemberState, Page, Pool, Settlement, SettlementState};
use ledger::settlement::Fate;
use money::Cents;
use uuid::Uuid;

use super::{assert_balanced, cents, settled, statement};
use crate::harness::{App, Caller, NewPool, cash, problem};

fn pool_record(pool: &NewPool<'_>) -> Pool {
    let answer = pool.app.get(&pool.path(""), Caller::Operator);
    answer.json().expect("a pool")
}

fn balance(pool: &NewPool<'_>, member: Uuid, query: &str) -> i64 {
    let path = pool.path(&format!("/balances?limit=500{query}"));
    let page: Page<Balance> = pool.app.get(&path, Caller::Auditor).json().expect("a page");
    let of_member = |b: &&Balance| b.member_id == member && b.account == "member";
    let found = page.items.iter().find(of_member);
    found.map_or(0, |b| b.amount_minor.parse().expect("a number"))
}

fn journal(pool: &NewPool<'_>) -> Vec<JournalEntry> {
    let path = pool.path("/journal?limit=500");
    let page: Page<JournalEntry> = pool.app.get(&path, Caller::Auditor).json().expect("a page");
    page.items
}

fn settlements(pool: &NewPool<'_>) -> Vec<Settlement> {
    let path = format!("/v1/data/pools/{}/settlements", pool.pool_id);
    let page: Page<Settlement> = pool
        .app
        .get(&path, Caller::Operator)
        .json()
        .expect("a page");
    page.items
}

#[test]
fn a_late_death_is_settled_again_with_every_later_month() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=4).map(|n| pool.member(n, 1_000_00)).collect();
    pool.death(members[3], "2025-07-10");
    for period in ["2025-06", "2025-07", "2025-08"] {
        assert_eq!(pool.settle(period).status, 201);
    }
    let before = settlements(&pool)[0].recorded_at.clone();
    let july_before = statement(&app, members[1], "2025-07").credits_cents;
    assert_eq!(july_before.get() / 100, 333);

    // A death of June is reported after the settlement of August.
    pool.death(members[0], "2025-06-20");
    let due = pool_record(&pool);
    assert!(due.resettlement);
    assert_eq!(due.next_period.to_string(), "2025-06");
    for period in ["2025-07", "2025-09"] {
        assert_eq!(problem(&pool.settle(period)).1, "period-out-of-order");
    }
    let stands = statement(&app, members[1], "2025-07");
    assert_eq!(stands.credits_cents, july_before, "nothing moves before");

    let june = settled(&pool.settle("2025-06"));
    assert_eq!((june.revision, june.state), (2, SettlementState::Settled));
    assert_eq!(june.credits_cents, cents(1_000_00));
    let july = settled(&pool.settle("2025-07"));
    assert_eq!(july.revision, 2);
    assert!(
        july.credits_cents > cents(1_333_00),
        "with the credit of June"
    );
    assert_eq!(settled(&pool.settle("2025-08")).revision, 2);
    let due = pool_record(&pool);
    assert_eq!(
        (due.resettlement, due.next_period.to_string().as_str()),
        (false, "2025-09")
    );

    let mut total = 0;
    for member in [members[1], members[2]] {
        let june = statement(&app, member, "2025-06");
        assert!(june.closes() && june.settled);
        total += june.credits_cents.get();
        let [correction] = &june.corrections[..] else {
            panic!("{june:?}");
        };
        assert_eq!((correction.revision, correction.fate), (1, Fate::Survived));
        assert_eq!(correction.credit_cents, Cents::ZERO);
        let july = statement(&app, member, "2025-07");
        assert!(july.closes());
        assert_eq!(july.corrections[0].credit_cents.get() / 100, 333);
    }
    let dead_in_july = statement(&app, members[3], "2025-06").credits_cents.get();
    assert_eq!(total + dead_in_july, 1_000_00);
    let dead = statement(&app, members[0], "2025-06");
    assert_eq!(
        (dead.closing_cents, dead.forfeited_cents),
        (Some(Cents::ZERO), cents(1_000_00))
    );
    assert!(dead.closes() && statement(&app, members[0], "2025-07").closes());
    assert_balanced(&app, pool.pool_id);

    // What was known then is known still.
    let then = format!("&as_of=2025-08-31&known_at={before}");
    assert_eq!(balance(&pool, members[0], &then) / 100, 1_333);
    assert_eq!(balance(&pool, members[0], "&as_of=2025-08-31"), 0);
    assert_eq!(balance(&pool, members[0], "&as_of=2025-06-29"), 1_000_00);
    let states: Vec<(String, i64, SettlementState)> = settlements(&pool)
        .iter()
        .map(|s| (s.period.to_string(), s.revision, s.state))
        .collect();
    assert_eq!(states.len(), 6);
    assert_eq!(
        states[0],
        ("2025-08".to_owned(), 2, SettlementState::Settled)
    );
    assert_eq!(
        states[5],
        ("2025-06".to_owned(), 1, SettlementState::Replaced)
    );
}

/// Each entry of a settlement that was replaced is taken back by one entry on the same
/// day, which names it; nothing is gone.
#[test]
fn what_is_replaced_is_taken_back_entry_by_entry() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 1_000_00)).collect();
    pool.death(members[0], "2025-06-10");
    let first = settled(&pool.settle("2025-06"));
    let before = journal(&pool);
    pool.death(members[1], "2025-06-11");
    let second = settled(&pool.settle("2025-06"));
    let after = journal(&pool);
    for (old, now) in before.iter().zip(&after) {
        assert_eq!(old.postings, now.postings);
        let of_first = old.settlement_id == Some(first.settlement_id);
        assert_eq!(now.reversed_by.is_some(), of_first, "{now:?}");
        let Some(reversal) = now.reversed_by else {
            continue;
        };
        let reversal = after
            .iter()
            .find(|e| e.entry_id == reversal)
            .expect("it is there");
        assert_eq!(
            (reversal.reverses, reversal.effective_on),
            (Some(old.entry_id), old.effective_on)
        );
        assert!(reversal.reason.is_some());
        for posting in &old.postings {
            let taken_back = |p: &&ledger::record::Posting| {
                p.account == posting.account
                    && p.member_id == posting.member_id
                    && p.asset_id == posting.asset_id
            };
            let back = reversal
                .postings
                .iter()
                .find(taken_back)
                .expect("its posting");
            assert_eq!(back.amount_minor, -posting.amount_minor);
        }
    }
    assert_eq!(second.outcome, tontine::Outcome::SoleSurvivor);
    assert_eq!(
        statement(&app, members[2], "2025-06").closing_cents,
        Some(cents(3_000_00))
    );
    assert_balanced(&app, pool.pool_id);
}

/// What the broker booked for the dead since comes back with the account.
#[test]
fn a_withdrawn_death_gives_everything_back() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 1_000_00)).collect();
    let death = pool.death(members[0], "2025-06-10");
    assert_eq!(pool.settle("2025-06").status, 201);
    let group = Uuid::from_u128(1 + (1 << 64));
    app.deliver(&[cash(group, "TOPUP", 7_00, "2025-07-03")]);
    app.deliver(&[cash(group, "TOPUP", 5_00, "2025-08-03")]);
    assert_eq!(pool.settle("2025-07").status, 201);
    assert_eq!(
        statement(&app, members[0], "2025-07").closing_cents,
        Some(Cents::ZERO)
    );

    assert_eq!(pool.withdraw(death).status, 201);
    assert_eq!(problem(&pool.withdraw(death)).1, "death-withdrawn");
    for period in ["2025-06", "2025-07"] {
        assert_eq!(settled(&pool.settle(period)).revision, 2);
    }
    for (period, closing) in [
        ("2025-06", 1_000_00),
        ("2025-07", 1_007_00),
        ("2025-08", 1_012_00),
    ] {
        let statement = statement(&app, members[0], period);
        assert!(statement.closes(), "{statement:?}");
        assert_eq!(statement.closing_cents, Some(cents(closing)), "{period}");
    }
    for member in &members[1..] {
        let june = statement(&app, *member, "2025-06");
        assert_eq!(
            (june.credits_cents, june.corrections[0].credit_cents),
            (Cents::ZERO, cents(500_00))
        );
    }
    let path = format!("/v1/data/members/{}", members[0]);
    let account: ledger::record::Account = app.get(&path, Caller::Operator).json().expect("one");
    assert_eq!(account.member.state, MemberState::Active);
    assert_balanced(&app, pool.pool_id);

    // The true day is another: reported anew, settled there.
    pool.death(members[0], "2025-07-15");
    let july = settled(&pool.settle("2025-07"));
    assert_eq!((july.revision, july.pot_cents), (3, cents(1_007_00)));
    let august = statement(&app, members[0], "2025-08");
    assert_eq!(
        (august.closing_cents, august.closes()),
        (Some(Cents::ZERO), true)
    );
    let path = format!("/v1/data/pools/{}/trial-balance", pool.pool_id);
    assert_eq!(app.get(&path, Caller::Operator).status, 200);
    assert_balanced(&app, pool.pool_id);
}

/// A report alone settles nothing, and keeps its period from being settled.
#[test]
fn a_report_waits_for_its_confirmation() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 1_000_00);
    pool.member(2, 1_000_00);
    let reported = pool.report_death(member, "2025-06-10");
    let death: ledger::record::Death = reported.json().expect("a death");
    let path = pool.path("/exceptions?period=2025-06");
    let open: ledger::record::OpenExceptions =
        app.get(&path, Caller::Auditor).json().expect("exceptions");
    assert_eq!((open.members, open.open), (2, 1));
    assert_eq!(problem(&pool.settle("2025-06")).1, "open-exceptions");
    let confirm = pool.path(&format!("/deaths/{}/confirmation", death.death_id));
    let confirmed = app.command(&confirm, &serde_json::json!({}));
    assert_eq!(confirmed.status, 201);
    let twice = app.command(&confirm, &serde_json::json!({}));
    assert_eq!(problem(&twice).1, "death-already-confirmed");
    let open: ledger::record::OpenExceptions =
        app.get(&path, Caller::Auditor).json().expect("exceptions");
    assert_eq!(open.open, 0);
    assert_eq!(pool.settle("2025-06").status, 201);
}

/// What is valued after a settlement changes neither the statement nor a settlement
/// that is made again.
#[test]
fn a_settled_period_keeps_its_valuations() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 1_000_00)).collect();
    let isin = "IE00B4L5Y983";
    app.deliver(&[crate::harness::event(
        "SECURITY_TRANSACTION.EXECUTED",
        &serde_json::json!({
            "id": Uuid::new_v4(), "account_group_id": Uuid::from_u128(1 + (1 << 64)),
            "type": "ORDER_EXECUTION", "instrument": {"isin": isin}, "delta": {"amount": "2"},
            "value_date": "2025-06-10T00:00:00Z",
        }),
    )]);
    let value = |cents: i64| {
        let item = serde_json::json!({
            "member_id": members[0], "valued_on": "2025-06-30", "isin": isin,
            "quantity_units": 2_000_000_000, "value_cents": cents,
        });
        let body = serde_json::json!({"items": [item]});
        assert_eq!(app.command(&pool.path("/valuations"), &body).status, 201);
    };
    value(200_00);
    assert_eq!(pool.settle("2025-06").status, 201);
    let seen = statement(&app, members[0], "2025-06");
    assert_eq!(seen.closing_cents, Some(cents(1_200_00)));
    value(999_00);
    assert_eq!(statement(&app, members[0], "2025-06"), seen);

    pool.death(members[2], "2025-06-20");
    assert_eq!(settled(&pool.settle("2025-06")).pot_cents, cents(1_000_00));
    let again = statement(&app, members[0], "2025-06");
    assert_eq!(
        (again.return_cents, again.closes()),
        (seen.return_cents, true)
    );
    let path = format!("/v1/data/members/{}", members[0]);
    let account: ledger::record::Account = app.get(&path, Caller::Operator).json().expect("one");
    assert_eq!(account.settlements[0].at_risk_cents, cents(1_200_00));
}
