//! The person goes, the books stay.

use audit::Audit;
use ledger::record::Erased;
use serde_json::{Value, json};
use store::API_SCHEMA;
use uuid::Uuid;

use super::{VIEWS, pay};
use crate::harness::{App, Caller, NewPool, event, header, problem, text};

fn erase(pool: &NewPool<'_>, member: Uuid) -> simulator::Answer {
    let path = pool.path(&format!("/members/{member}/erasure"));
    pool.app.command(&path, &json!({}))
}

fn close(pool: &NewPool<'_>, member: Uuid, on: &str) {
    super::command(
        pool,
        &format!("/members/{member}/closure"),
        &json!({"closed_on": on}),
    );
}

/// The tables in which a text occurs.
fn tables_with(app: &App, needle: &str) -> Vec<String> {
    let mut admin = app.database.admin();
    let tables = admin
        .query(
            "select tablename::text from pg_tables where schemaname = 'retire'",
            &[],
        )
        .expect("tables");
    let names = tables.iter().map(|row| row.get::<_, String>(0));
    names
        .filter(|table| {
            let sql = format!(
                "select exists (select from retire.{table} t where strpos(t::text, $1) > 0)"
            );
            admin.query_one(&sql, &[&needle]).expect("a search").get(0)
        })
        .collect()
}

fn verified(pool: &NewPool<'_>) -> audit::Report {
    let export = pool.app.get(&pool.path("/export"), Caller::Auditor);
    let mut audit = Audit::new();
    for line in text(&export).lines() {
        audit.push(line).expect("a line");
    }
    audit.finish().expect("all fits")
}

/// Who takes part, is owed something or is in the books of the last ten years stays, and
/// is told why and until when.
#[test]
fn the_law_is_named_where_it_forbids() {
    let app = App::start();
    let pool = app.open_pool();
    let (active, dead, left) = (
        pool.member(1, 10_00),
        pool.member(2, 10_00),
        pool.member(3, 10_00),
    );
    let rows = app.database.rows();
    let refused = erase(&pool, active);
    assert_eq!(problem(&refused).1, "member-active");
    assert!(text(&refused).contains("GDPR"));
    pool.death(dead, "2025-06-10");
    assert_eq!(
        problem(&erase(&pool, dead)).1,
        "member-active",
        "not settled"
    );
    pay(&pool, left, 10_00, "2025-06-11");
    close(&pool, left, "2025-06-30");
    let refused = erase(&pool, left);
    assert_eq!(problem(&refused).1, "retention-period");
    let detail: Value = refused.json().expect("JSON");
    let detail = detail["detail"].as_str().expect("why").to_owned();
    let year = time::UtcDateTime::now().year() + 11;
    for part in [
        "section 147",
        "section 257",
        "Art. 17 (3) (b)",
        &format!("possible from {year}-01-01"),
    ] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    assert_eq!(
        app.database.count("idempotency") - rows["idempotency"],
        5,
        "no key is kept"
    );
    let unknown = erase(&pool, Uuid::max());
    assert_eq!(problem(&unknown).1, "not-found");
    let elsewhere = format!("/v1/pools/{}/members/{left}/erasure", Uuid::max());
    assert_eq!(
        problem(&app.command(&elsewhere, &json!({}))).1,
        "unknown-pool"
    );
    let path = pool.path(&format!("/members/{left}/erasure"));
    let short = app.command(&path, &json!({"retention_years": 5}));
    assert_eq!(problem(&short).2.as_deref(), Some("/retention_years"));
    for caller in [Caller::Member(left), Caller::Auditor, Caller::Analyst] {
        let answer = app.send("POST", &path, caller, Some(&json!({})));
        assert_eq!(problem(&answer).1, "insufficient-scope");
    }
}

/// For whom nothing was ever booked, nothing has to be kept.
#[test]
fn who_was_never_booked_is_erased_at_once() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(0xabc, 0);
    let user = Uuid::from_u128(0xabc).to_string();
    let named = json!({"beneficiaries": [{"reference": "b-4711", "share_ppm": 1_000_000}]});
    super::command(&pool, &format!("/members/{member}/beneficiaries"), &named);
    app.deliver(&[event(
        "USER.CREATED",
        &json!({"id": user, "first_name": "Ottilie"}),
    )]);
    close(&pool, member, "2025-06-01");
    assert!(!tables_with(&app, "Ottilie").is_empty());

    let path = pool.path(&format!("/members/{member}/erasure"));
    let headers = [
        header(
            "authorization",
            &format!(
                "Bearer {}",
                crate::harness::KEYS
                    .token("operator-1", "operator", 1)
                    .expect("keys")
            ),
        ),
        header("content-type", "application/json"),
        header("idempotency-key", "erase-1"),
    ];
    let send = || {
        app.client
            .send("POST", &path, &headers, b"{}")
            .expect("an answer")
    };
    let answer = send();
    assert_eq!(answer.status, 201, "{}", text(&answer));
    let erased: Erased = answer.json().expect("an erasure");
    assert_eq!((erased.retention_years, erased.last_booked_on), (10, None));
    assert!(erased.kept.is_empty(), "{erased:?}");
    for needle in ["Ottilie", "b-4711", &user, "1950-03-14"] {
        assert_eq!(tables_with(&app, needle), Vec::<String>::new(), "{needle}");
    }
    assert_eq!(
        send().body,
        answer.body,
        "the same key gives the first answer"
    );
    assert_eq!(problem(&erase(&pool, member)).1, "member-erased");
    // The pseudonym still has its pages.
    for view in VIEWS {
        let status = app
            .get(&format!("/v1/data/me/{view}"), Caller::Member(member))
            .status;
        assert!(matches!(status, 200 | 404 | 409), "{view}: {status}");
    }
}

/// After ten years the person goes: what is sealed is verified as before, and a settlement
/// that is made again still finds the age.
#[test]
fn an_erased_member_leaves_books_that_verify() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (0x51..=0x54).map(|n| pool.member(n, 1_000_00)).collect();
    let (member, user) = (members[0], Uuid::from_u128(0x51).to_string());
    app.deliver(&[event(
        "USER.CREATED",
        &json!({"id": user, "birth_date": "1950-03-14"}),
    )]);
    pool.death(members[3], "2025-06-10");
    assert_eq!(pool.settle("2025-06").status, 201);
    let account: Value = app
        .get(&format!("/v1/data/members/{member}"), Caller::Operator)
        .json()
        .expect("JSON");
    pay(
        &pool,
        member,
        account["cash_cents"].as_i64().expect("cents"),
        "2025-07-05",
    );
    close(&pool, member, "2025-07-31");
    assert_eq!(pool.settle("2025-07").status, 201);
    let before = verified(&pool);
    assert_eq!(problem(&erase(&pool, member)).1, "retention-period");

    // Fourteen years later.
    let mut component = app.database.component("credit_accrual");
    let sql = format!(
        "select {API_SCHEMA}.erase_member('operator-1', 'later', 'hash', \
         now() + interval '14 years', $1, $2, 10)::text"
    );
    let reply: String = component
        .query_one(&sql, &[&pool.pool_id, &member])
        .expect("erased")
        .get(0);
    let erased: Erased = serde_json::from_str(&reply).expect("an erasure");
    let kept: Vec<&str> = erased.kept.iter().map(|kept| kept.data.as_str()).collect();
    assert_eq!(
        kept,
        ["journal_entries", "month_of_birth", "settlement_lines"]
    );
    assert!(erased.kept.iter().all(|kept| kept.ground.contains("GDPR")));
    assert_eq!(tables_with(&app, &user), Vec::<String>::new());
    let row: Value = app
        .get(&format!("/v1/data/members/{member}"), Caller::Operator)
        .json()
        .expect("JSON");
    assert_eq!(
        (&row["birth_date"], &row["sex"]),
        (&json!("1950-03-02"), &json!("female"))
    );
    assert_ne!(row["upvest_user_id"], json!(user));
    let after = verified(&pool);
    assert_eq!((after.head, after.entries), (before.head, before.entries));

    // A death of June comes to light: its settlement is made again, with the age.
    pool.death(members[2], "2025-06-11");
    for period in ["2025-06", "2025-07"] {
        let answer = pool.settle(period);
        assert_eq!(answer.status, 201, "{}", text(&answer));
    }
    verified(&pool);
    for view in VIEWS.iter().filter(|view| !view.starts_with("forecast")) {
        let path = format!("/v1/data/me/{view}");
        let answer = app.get(&path, Caller::Member(member));
        assert_eq!(answer.status, 200, "{view}: {}", text(&answer));
    }
}
