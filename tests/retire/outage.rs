//! The database goes away and comes back.

use serde_json::json;

use crate::harness::{App, Caller, Database, Proxy, cash, pool_command, problem, text};
use uuid::Uuid;

fn unavailable(answer: &simulator::Answer) {
    let (status, code, _) = problem(answer);
    assert_eq!(
        (status, code.as_str()),
        (503, "database-unavailable"),
        "{}",
        text(answer)
    );
    assert_eq!(answer.header("retry-after"), Some("2"));
}

#[test]
fn a_cut_wire_is_a_503_and_mends_by_itself() {
    let database = Database::create();
    let proxy = Proxy::start(&database.address);
    let app = App::start_with(database, Some(proxy.address), &[]);
    let pool = app.open_pool();
    pool.member(1, 100_00);
    let body =
        json!({"payload": [cash(Uuid::from_u128(1 + (1 << 64)), "TOPUP", 1_00, "2025-06-02")]});
    let body = body.to_string();
    let rows = app.database.rows();

    proxy.cut();
    for _ in 0..3 {
        unavailable(&app.get("/v1/data/pools", Caller::Operator));
        unavailable(&app.command("/v1/pools", &pool_command()));
        unavailable(&pool.settle("2025-06"));
        unavailable(&app.client.try_deliver(body.as_bytes()).expect("an answer"));
    }
    let health = app.get("/.well-known/spin/health", Caller::Nobody);
    assert_eq!(health.status, 200, "the application itself is well");
    assert_eq!(app.database.rows(), rows, "nothing is half-written");

    proxy.mend();
    assert_eq!(app.get("/v1/data/pools", Caller::Operator).status, 200);
    assert_eq!(
        app.client
            .try_deliver(body.as_bytes())
            .expect("an answer")
            .status,
        200
    );
    assert_eq!(pool.settle("2025-06").status, 201);
}

/// Connections that the server ends, as at a restart, are replaced.
#[test]
fn terminated_connections_are_replaced() {
    let app = App::start();
    assert_eq!(app.get("/v1/data/pools", Caller::Operator).status, 200);
    let mut admin = app.database.admin();
    let ended: i64 = admin
        .query_one(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
            &[],
        )
        .expect("ended")
        .get(0);
    assert!(ended > 0, "there were connections");
    let statuses: Vec<u16> = (0..3)
        .map(|_| app.get("/v1/data/pools", Caller::Operator).status)
        .collect();
    assert!(
        statuses.iter().all(|status| [200, 503].contains(status)),
        "{statuses:?}"
    );
    assert_eq!(statuses[2], 200, "{statuses:?}");
}

/// A writer that waits too long gives up with a 503, and nothing of it is there.
#[test]
fn a_writer_that_waits_too_long_gives_up() {
    let app = App::start();
    let pool = app.open_pool();
    let mut holder = app.database.admin();
    holder
        .batch_execute("select pg_advisory_lock(hashtextextended('retire.journal', 0))")
        .expect("held");
    let rows = app.database.rows();
    let enrol =
        json!({"upvest_user_id": Uuid::from_u128(5), "sex": "male", "enrolled_on": "2025-06-01"});
    unavailable(&app.command(&pool.path("/members"), &enrol));
    assert_eq!(app.database.rows(), rows);
    drop(holder);
    assert_eq!(app.command(&pool.path("/members"), &enrol).status, 201);
}

/// A component that meets another schema says so.
#[test]
fn a_database_that_is_not_migrated_is_a_503() {
    let app = App::start();
    let body = json!({"payload": [cash(Uuid::nil(), "TOPUP", 1_00, "2025-06-02")]}).to_string();
    let rename = format!(
        "alter schema {} rename to retire_api_other",
        store::API_SCHEMA
    );
    app.database
        .admin()
        .batch_execute(&rename)
        .expect("renamed");
    for answer in [
        app.get("/v1/data/pools", Caller::Operator),
        app.command("/v1/pools", &pool_command()),
        app.client.try_deliver(body.as_bytes()).expect("an answer"),
    ] {
        let (status, code, _) = problem(&answer);
        assert_eq!(
            (status, code.as_str()),
            (503, "schema-missing"),
            "{}",
            text(&answer)
        );
        assert!(answer.header("retry-after").is_some());
    }
}
