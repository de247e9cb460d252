//! The member's own view, and the rights of the person behind it.

mod credits;
mod erasure;
mod export;
mod figures;
mod letters;
mod statements;

use ledger::record::{Booked, Payout};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, cash, event, problem, text};

const ISIN: &str = "IE00RETIRE01";

/// The paths below a member, each with a query that it takes.
const VIEWS: [&str; 10] = [
    "statements?from=2025-06&to=2025-12",
    "statements/2025",
    "credits?from=2025-06&to=2025-12&language=de",
    "transactions?limit=500",
    "positions",
    "performance?from=2025-06&to=2025-12",
    "forecast?interest=0.02",
    "documents",
    "documents/2025?language=de",
    "export",
];

/// A document about a member, for an operator.
fn of_member(app: &App, member: Uuid, rest: &str) -> Value {
    let path = format!("/v1/data/members/{member}/{rest}");
    let answer = app.get(&path, Caller::Operator);
    assert_eq!(answer.status, 200, "{path}: {}", text(&answer));
    answer.json().expect("JSON")
}

fn command(pool: &NewPool<'_>, rest: &str, body: &Value) -> Value {
    let answer = pool.app.command(&pool.path(rest), body);
    assert_eq!(answer.status, 201, "{rest}: {}", text(&answer));
    answer.json().expect("JSON")
}

/// Pays out, at once.
fn pay(pool: &NewPool<'_>, member: Uuid, cents: i64, on: &str) {
    let request = json!({
        "member_id": member, "account": "member", "amount_cents": cents, "currency": "EUR",
        "requested_on": on,
    });
    let payout: Payout = serde_json::from_value(command(pool, "/payouts", &request)).expect("one");
    let path = format!("/payouts/{}/confirmation", payout.payout_id);
    command(pool, &path, &json!({"paid_on": on}));
}

/// The ends of the months of the pool of [`lively`].
const MONTH_ENDS: [(&str, i64); 7] = [
    ("2025-06-30", 204_00),
    ("2025-07-31", 210_00),
    ("2025-08-31", 207_50),
    ("2025-09-30", 199_99),
    ("2025-10-31", 203_00),
    ("2025-11-30", 211_17),
    ("2025-12-31", 220_00),
];

/// A pool from June to December 2025 in which everything happens to the first member:
/// securities, a dividend, a tax and its refund, fees, a booking that is taken back, a
/// payout; one member dies in July, and the death of another in June is reported late.
fn lively(app: &App) -> (NewPool<'_>, Vec<Uuid>) {
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=5).map(|n| pool.member(n, 1_000_00)).collect();
    let group = Uuid::from_u128(1 + (1 << 64));
    let units = event(
        "SECURITY_TRANSACTION.EXECUTED",
        &json!({
            "id": Uuid::new_v4(), "account_group_id": group, "type": "ORDER_EXECUTION",
            "instrument": {"uuid": Uuid::nil(), "isin": ISIN}, "delta": {"amount": "2"},
            "value_date": "2025-06-10T00:00:00Z",
        }),
    );
    app.deliver(&[
        cash(group, "ORDER_EXECUTION", -200_00, "2025-06-10"),
        units,
        cash(group, "CASH_DIVIDEND", 5_00, "2025-07-14"),
        cash(group, "TAX_COLLECTION", -1_23, "2025-07-15"),
        cash(group, "FEE_COLLECTION", -2_50, "2025-07-20"),
    ]);
    for (day, value_cents) in MONTH_ENDS {
        let item = json!({
            "member_id": members[0], "valued_on": day, "isin": ISIN,
            "quantity_units": 2_000_000_000_i64, "value_cents": value_cents,
        });
        command(&pool, "/valuations", &json!({"items": [item]}));
    }
    let item = json!({
        "member_id": members[0], "amount_cents": 77_00, "currency": "EUR",
        "effective_on": "2025-07-03",
    });
    let booked = command(&pool, "/contributions", &json!({"items": [item]}));
    let booked: Booked = serde_json::from_value(booked).expect("a batch");
    let back = json!({
        "entry_id": booked.first_entry_id, "effective_on": "2025-08-04", "reason": "typed twice",
    });
    command(&pool, "/reversals", &back);
    pay(&pool, members[0], 50_00, "2025-08-05");
    pool.death(members[3], "2025-07-10");
    for period in ["2025-06", "2025-07", "2025-08"] {
        assert_eq!(pool.settle(period).status, 201);
    }
    pool.death(members[4], "2025-06-20");
    for period in [
        "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12",
    ] {
        let answer = pool.settle(period);
        assert_eq!(answer.status, 201, "{}", text(&answer));
    }
    (pool, members)
}

/// Members see their own view and nobody else's, operators and auditors everybody's, and all
/// the same.
#[test]
fn every_view_is_the_members_own() {
    let app = App::start();
    let (_, members) = lively(&app);
    let (own, other) = (members[0], members[1]);
    for view in VIEWS {
        let mine = format!("/v1/data/me/{view}");
        let of_own = format!("/v1/data/members/{own}/{view}");
        let of_other = format!("/v1/data/members/{other}/{view}");
        let seen = app.get(&mine, Caller::Member(own));
        assert_eq!(seen.status, 200, "{view}: {}", text(&seen));
        for caller in [Caller::Member(own), Caller::Operator, Caller::Auditor] {
            let same = app.get(&of_own, caller);
            assert_eq!(same.status, 200, "{view}");
            // An export says when it was made, a list where its documents are.
            if !matches!(view, "export" | "documents") {
                assert_eq!(text(&same), text(&seen), "{view}");
            }
        }
        let hidden = problem(&app.get(&of_other, Caller::Member(own)));
        assert_eq!(hidden.1, "not-found", "{view}");
        let nobody = format!("/v1/data/members/{}/{view}", Uuid::max());
        for caller in [Caller::Member(own), Caller::Operator] {
            assert_eq!(problem(&app.get(&nobody, caller)).0, 404, "{view}");
        }
        assert_eq!(problem(&app.get(&mine, Caller::Member(Uuid::max()))).0, 404);
        let analyst = app.get(&of_own, Caller::Analyst);
        assert_eq!(problem(&analyst).1, "insufficient-scope");
        assert_eq!(problem(&app.get(&of_own, Caller::Nobody)).0, 401);
        let unknown = mine.split('?').next().expect("a path").to_owned() + "?colour=red";
        assert_eq!(
            problem(&app.get(&unknown, Caller::Member(own))).1,
            "invalid-parameter"
        );
    }
}

/// What cannot be is refused by name.
#[test]
fn views_refuse_what_cannot_be() {
    let app = App::start();
    let pool = app.open_pool();
    let member = Caller::Member(pool.member(1, 10_00));
    for query in [
        "credits?from=2025-13",
        "credits?language=fr",
        "credits?from=2025-08&to=2025-07",
        "credits?from=1900-01&to=2025-07",
        "credits?from=2049-05&to=1927-10",
        "performance?to=x",
        "transactions?after=-1",
        "transactions?after=1e3",
        "transactions?limit=501",
        "forecast?interest=2",
        "forecast?interest=NaN",
        "documents/2025?language=DE",
        "documents?language=de",
    ] {
        let answer = app.get(&format!("/v1/data/me/{query}"), member);
        assert_eq!(problem(&answer).1, "invalid-parameter", "{query}");
    }
    let long_ago = app.get("/v1/data/me/credits?to=1927-10", member);
    assert_eq!(long_ago.status, 200, "nothing, but no fault");
    for path in [
        "statements/2024",
        "statements/2199",
        "statements/25",
        "statements/abcd",
        "statements/02025",
        "documents/2024",
        "documents/-2025",
        "credit",
    ] {
        let answer = app.get(&format!("/v1/data/me/{path}"), member);
        assert_eq!(problem(&answer).0, 404, "{path}");
    }
}
