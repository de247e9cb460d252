//! What people have to decide after a correction, and that they can.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{assert_balanced, settled};
use crate::harness::{App, Caller, NewPool, problem, text};

fn contribute(pool: &NewPool<'_>, member: Uuid, cents: i64, on: &str) -> simulator::Answer {
    let item = json!({
        "member_id": member, "amount_cents": cents, "currency": "EUR", "effective_on": on,
    });
    let path = pool.path("/contributions");
    pool.app.command(&path, &json!({"items": [item]}))
}

/// A credit that was spent is taken back: the account is below zero at the end of a later
/// month that was settled, and somebody pays in there.
#[test]
fn a_credit_that_was_spent_can_be_made_good() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=4).map(|n| pool.member(n, 1_000_00)).collect();
    let death = pool.death(members[3], "2025-06-10");
    assert_eq!(pool.settle("2025-06").status, 201);
    let payout = json!({
        "member_id": members[0], "account": "member", "amount_cents": 1_333_33,
        "currency": "EUR", "requested_on": "2025-07-05",
    });
    let paid = app.command(&pool.path("/payouts"), &payout);
    assert_eq!(paid.status, 201, "{}", text(&paid));
    for period in ["2025-07", "2025-08"] {
        assert_eq!(pool.settle(period).status, 201);
    }
    assert_eq!(pool.withdraw(death).status, 201);
    assert_eq!(settled(&pool.settle("2025-06")).revision, 2);

    let refused = pool.settle("2025-07");
    assert_eq!(problem(&refused).1, "open-exceptions");
    let path = pool.path("/exceptions?period=2025-07");
    let open: Value = app.get(&path, Caller::Operator).json().expect("JSON");
    assert_eq!(open["exceptions"][0]["reason"], "negative_balance");

    let closed = problem(&contribute(&pool, members[0], 333_33, "2025-06-30"));
    assert_eq!(closed.1, "period-settled", "June is settled again");
    let mended = contribute(&pool, members[0], 333_33, "2025-07-05");
    assert_eq!(mended.status, 201, "{}", text(&mended));
    // What takes money out stays closed.
    let payout = json!({
        "member_id": members[1], "account": "member", "amount_cents": 1,
        "currency": "EUR", "requested_on": "2025-07-05",
    });
    let closed = problem(&app.command(&pool.path("/payouts"), &payout));
    assert_eq!(closed.1, "period-settled");
    for period in ["2025-07", "2025-08", "2025-09"] {
        assert_eq!(pool.settle(period).status, 201, "{period}");
    }
    assert_balanced(&app, pool.pool_id);
}

/// Whoever did not get the answer asks again, however long after.
#[test]
fn a_settlement_that_is_asked_for_again_with_its_key_is_the_first_answer() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 1_000_00)).collect();
    let settle = |key: &str, period: &str| {
        let path = pool.path("/settlements");
        let body = json!({"period": period});
        app.client
            .try_command(&path, key, &body)
            .expect("an answer")
    };
    let first = settle("june", "2025-06");
    assert_eq!(first.status, 201);
    assert_eq!(settle("july", "2025-07").status, 201);
    // A report keeps June from being settled; confirmed, it makes it due again.
    assert_eq!(pool.report_death(members[0], "2025-06-10").status, 201);
    let rows = app.database.rows();
    let again = settle("june", "2025-06");
    assert_eq!((again.status, &again.body), (201, &first.body));
    let other = problem(&settle("june", "2025-07"));
    assert_eq!((other.0, other.1.as_str()), (422, "idempotency-key-reused"));
    assert_eq!(app.database.rows(), rows);

    pool.death(members[1], "2025-06-20");
    let again = settle("june", "2025-06");
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(
        problem(&settle("july-2", "2025-07")).1,
        "period-out-of-order"
    );
    let again = settle("july", "2025-07");
    assert_eq!(again.status, 201);
}
