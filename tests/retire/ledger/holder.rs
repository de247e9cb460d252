//! What is given back goes to whoever holds the account by now.
//!
//! The model found these ways to leave money on the account of a member whose death is
//! settled, or with the estate of one who lives; each is a test of its own here.

use ledger::record::{Balance, Booked, Page, Payout};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, pool_command, text};

/// What a member has on each account, by its kind.
fn owned(pool: &NewPool<'_>, member: Uuid) -> Vec<(String, String)> {
    let answer = pool.app.get(&pool.path("/balances"), Caller::Operator);
    let page: Page<Balance> = answer.json().expect("balances");
    let items = page
        .items
        .into_iter()
        .filter(|item| item.member_id == member);
    items
        .map(|item| (item.account, item.amount_minor))
        .collect()
}

fn done<T: serde::de::DeserializeOwned>(pool: &NewPool<'_>, path: &str, body: &Value) -> T {
    let answer = pool.app.command(&pool.path(path), body);
    assert_eq!(answer.status, 201, "{}", text(&answer));
    answer.json().expect("a record")
}

fn request(pool: &NewPool<'_>, member: Uuid, account: &str, cents: i64, on: &str) -> Payout {
    let body = json!({
        "member_id": member, "account": account, "amount_cents": cents, "currency": "EUR",
        "requested_on": on,
    });
    done(pool, "/payouts", &body)
}

fn void(pool: &NewPool<'_>, payout: &Payout) {
    let path = format!("/payouts/{}/void", payout.payout_id);
    let _: Payout = done(pool, &path, &json!({"reason": "sent back"}));
}

fn account(kind: &str, cents: &str) -> (String, String) {
    (kind.to_owned(), cents.to_owned())
}

#[test]
fn a_voided_payout_of_who_died_meanwhile_is_not_the_dead_members() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=3)
        .map(|number| pool.member(number, 1_000_00))
        .collect();
    let payout = request(&pool, members[0], "member", 400_00, "2025-06-05");
    pool.death(members[0], "2025-06-20");
    assert_eq!(pool.settle("2025-06").status, 201);
    assert_eq!(owned(&pool, members[0]), [account("payout", "40000")]);
    void(&pool, &payout);
    assert_eq!(owned(&pool, members[0]), [account("pool", "40000")]);
}

#[test]
fn a_fee_that_is_taken_back_after_a_settled_death_is_not_the_dead_members() {
    let app = App::start();
    let pool = app.open_pool();
    let (dead, late) = (
        pool.member(1, 1_000_00),
        pool.member_from(2, 500_00, "2025-06-02"),
    );
    pool.member(3, 1_000_00);
    let fees: Vec<i64> = [dead, late]
        .map(|member| {
            let item = json!({
                "member_id": member, "amount_cents": 3_00, "currency": "EUR",
                "effective_on": "2025-06-10",
            });
            let booked: Booked = done(&pool, "/fees", &json!({"items": [item]}));
            booked.first_entry_id
        })
        .to_vec();
    pool.death(dead, "2025-06-20");
    pool.death(late, "2025-06-21");
    assert_eq!(pool.settle("2025-06").status, 201);
    for entry in fees {
        let body = json!({
            "entry_id": entry, "effective_on": "2025-07-01", "reason": "charged twice",
        });
        let _: Value = done(&pool, "/reversals", &body);
    }
    // To the pool of who was at risk, to the estate of who was not.
    assert_eq!(owned(&pool, dead), [account("pool", "300")]);
    assert_eq!(owned(&pool, late), [account("estate", "50000")]);
}

/// A pool in which the dead leave something to their estates, and who dies in it first.
fn with_estates(app: &App) -> (NewPool<'_>, Uuid) {
    let mut open = pool_command();
    open["rules"]["caps"] = json!({"max_stake_cents": 600_00});
    let answer = app.command("/v1/pools", &open);
    let pool: ledger::record::Pool = answer.json().expect("a pool");
    let pool_id = pool.pool_id;
    let pool = NewPool { app, pool_id };
    let members: Vec<Uuid> = (1..=3)
        .map(|number| pool.member(number, 1_000_00))
        .collect();
    (pool, members[0])
}

#[test]
fn what_an_estate_was_paid_is_charged_to_the_member_who_lives_after_all() {
    let app = App::start();
    let (pool, member) = with_estates(&app);
    let death = pool.death(member, "2025-06-20");
    assert_eq!(pool.settle("2025-06").status, 201);
    assert_eq!(owned(&pool, member), [account("estate", "40000")]);
    let paid = request(&pool, member, "estate", 150_00, "2025-07-10");
    let pending = request(&pool, member, "estate", 250_00, "2025-07-11");
    let path = format!("/payouts/{}/confirmation", paid.payout_id);
    let _: Payout = done(&pool, &path, &json!({"paid_on": "2025-07-12"}));
    pool.withdraw(death);
    assert_eq!(pool.settle("2025-06").status, 201);
    let waits = account("payout", "25000");
    assert_eq!(owned(&pool, member), [account("member", "60000"), waits]);
    void(&pool, &pending);
    assert_eq!(owned(&pool, member), [account("member", "85000")]);
}

/// The day of a death is corrected by a withdrawal and a new report: the estate does not
/// get its part twice.
#[test]
fn an_estate_is_not_paid_twice_after_a_correction() {
    let app = App::start();
    let (pool, member) = with_estates(&app);
    let death = pool.death(member, "2025-06-20");
    assert_eq!(pool.settle("2025-06").status, 201);
    let paid = request(&pool, member, "estate", 400_00, "2025-07-10");
    let path = format!("/payouts/{}/confirmation", paid.payout_id);
    let _: Payout = done(&pool, &path, &json!({"paid_on": "2025-07-12"}));
    pool.withdraw(death);
    // Settled as alive, then as dead on another day: the estate has had its part.
    assert_eq!(pool.settle("2025-06").status, 201);
    pool.death(member, "2025-06-18");
    assert_eq!(pool.settle("2025-06").status, 201);
    assert_eq!(owned(&pool, member), []);
}
