//! Days gone by: what can still be booked on them, and what was known when.

use ledger::record::{Balance, Page};
use serde_json::{Value, json};
use simulator::Answer;
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, problem, text};

fn item(member: Uuid, amount_cents: i64, effective_on: &str) -> Value {
    json!({
        "member_id": member, "amount_cents": amount_cents, "currency": "EUR",
        "effective_on": effective_on,
    })
}

fn book(pool: &NewPool<'_>, what: &str, items: &[Value]) -> Answer {
    pool.app.command(&pool.path(what), &json!({"items": items}))
}

fn pay_out(pool: &NewPool<'_>, member: Uuid, amount_cents: i64, on: &str) -> Answer {
    let payout = json!({
        "member_id": member, "account": "member", "amount_cents": amount_cents,
        "currency": "EUR", "requested_on": on,
    });
    pool.app.command(&pool.path("/payouts"), &payout)
}

fn balance(pool: &NewPool<'_>, member: Uuid, query: &str) -> i64 {
    let path = pool.path(&format!("/balances?limit=500{query}"));
    let page: Page<Balance> = pool.app.get(&path, Caller::Auditor).json().expect("a page");
    let of_member = |b: &&Balance| b.member_id == member && b.account == "member";
    let found = page.items.iter().find(of_member);
    found.map_or(0, |b| b.amount_minor.parse().expect("a number"))
}

/// Money cannot leave on a day before it came, though it is there today.
#[test]
fn nothing_leaves_before_the_day_on_which_it_came() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let paid_in = [
        item(member, 60_00, "2025-06-05"),
        item(member, 100_00, "2025-06-20"),
    ];
    assert_eq!(book(&pool, "/contributions", &paid_in).status, 201);
    let rows = app.database.rows();
    let short = (422, "insufficient-balance".to_owned());
    for (cents, on) in [
        (1, "2025-06-04"),
        (60_01, "2025-06-05"),
        (160_01, "2025-06-20"),
    ] {
        let (status, code, at) = problem(&pay_out(&pool, member, cents, on));
        assert_eq!((status, code), short, "{cents} on {on}");
        assert_eq!(at.as_deref(), Some("/amount_cents"));
        let (status, code, at) = problem(&book(&pool, "/fees", &[item(member, cents, on)]));
        assert_eq!((status, code), short);
        assert_eq!(at.as_deref(), Some("/items/0/amount_cents"));
    }
    // What leaves on a day is missing on all later ones: each is there alone.
    let fees = [
        item(member, 100_00, "2025-06-21"),
        item(member, 50_00, "2025-06-06"),
        item(member, 10_01, "2025-06-20"),
    ];
    let (_, code, at) = problem(&book(&pool, "/fees", &fees));
    assert_eq!(
        (code.as_str(), at.as_deref()),
        ("insufficient-balance", Some("/items/2/amount_cents"))
    );
    assert_eq!(app.database.rows(), rows, "nothing was written");

    // The order in a batch is not that of the days.
    let fees = [
        item(member, 100_00, "2025-06-20"),
        item(member, 60_00, "2025-06-05"),
    ];
    assert_eq!(book(&pool, "/fees", &fees).status, 201);
    assert_eq!(balance(&pool, member, "&as_of=2025-06-05"), 0);
    assert_eq!(balance(&pool, member, ""), 0);
}

/// A contribution is not taken back on a day on which its money is needed later.
#[test]
fn what_was_spent_later_is_not_taken_back_earlier() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let first: Value = book(
        &pool,
        "/contributions",
        &[item(member, 10_00, "2025-06-05")],
    )
    .json()
    .expect("a batch");
    assert_eq!(pay_out(&pool, member, 10_00, "2025-06-10").status, 201);
    assert_eq!(
        book(
            &pool,
            "/contributions",
            &[item(member, 10_00, "2025-06-20")]
        )
        .status,
        201
    );
    let reverse = |on: &str| {
        let body = json!({
            "entry_id": first["first_entry_id"], "effective_on": on, "reason": "typed twice",
        });
        app.command(&pool.path("/reversals"), &body)
    };
    for on in ["2025-06-05", "2025-06-19"] {
        assert_eq!(problem(&reverse(on)).1, "insufficient-balance", "{on}");
    }
    assert_eq!(reverse("2025-06-20").status, 201);
}

/// A membership does not end before the last day on which something was booked.
#[test]
fn a_membership_ends_after_its_last_booking() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let day = "2025-06-20";
    assert_eq!(
        book(&pool, "/contributions", &[item(member, 10_00, day)]).status,
        201
    );
    assert_eq!(
        book(&pool, "/fees", &[item(member, 10_00, day)]).status,
        201
    );
    let close = |on: &str| {
        let path = pool.path(&format!("/members/{member}/closure"));
        app.command(&path, &json!({"closed_on": on}))
    };
    assert_eq!(
        problem(&close("2025-06-19")),
        (
            409,
            "account-not-empty".to_owned(),
            Some("/closed_on".to_owned())
        )
    );
    assert_eq!(close(day).status, 201, "on the day itself");
}

/// What was known at a time stays so: a command that waited for its turn is recorded when
/// its turn came, and a reader waits for the command whose turn it is.
#[test]
fn what_was_known_does_not_change_while_commands_wait() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 5_00);
    let (mut holder, mut watcher) = (app.database.admin(), app.database.admin());
    let mut turn = holder.transaction().expect("a transaction");
    turn.batch_execute("select pg_advisory_xact_lock(hashtextextended('retire.journal', 0))")
        .expect("the journal");
    let mut waiting = |n: i64| {
        let locks = "select count(*) from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())";
        let mut count = || {
            watcher
                .query_one(locks, &[])
                .expect("locks")
                .get::<_, i64>(0)
        };
        assert!(
            (0..100_000).any(|_| count() == n),
            "{n} wait for the journal"
        );
    };
    std::thread::scope(|scope| {
        let pool = &pool;
        let writer =
            scope.spawn(move || book(pool, "/contributions", &[item(member, 1_00, "2025-06-05")]));
        waiting(1);
        let then = time::UtcDateTime::now();
        let then = then.format(&time::format_description::well_known::Rfc3339);
        let query = format!("&known_at={}", then.expect("a time"));
        let asked = query.clone();
        let reader = scope.spawn(move || balance(pool, member, &asked));
        waiting(2);
        turn.commit().expect("the end of the turn");
        let answer = writer.join().expect("an answer");
        assert_eq!(answer.status, 201, "{}", text(&answer));
        assert_eq!(reader.join().expect("an answer"), 5_00);
        assert_eq!(balance(pool, member, &query), 5_00, "as before");
        assert_eq!(balance(pool, member, ""), 6_00);
    });
}
