//! What a token may ask for, and for how long it is one.

use simulator::Answer;

use crate::harness::{App, Caller, Database, KEYS, problem, text};

fn code(answer: &Answer) -> (u16, String) {
    let (status, code, _) = problem(answer);
    (status, code)
}

/// A plan that is too costly is not run, and the reason is told.
#[test]
fn a_costly_query_is_refused_with_the_reason() {
    let app = App::start_with(Database::create(), None, &[("data_max_cost", "1")]);
    let costly = app.get("/v1/data/journal", Caller::Operator);
    assert_eq!(code(&costly), (422, "query-too-costly".to_owned()));
    assert!(text(&costly).contains("may cost 1:"), "{}", text(&costly));
}

/// A statement that takes too long ends, and says so.
#[test]
fn a_slow_query_ends() {
    let app = App::start();
    let mut admin = app.database.admin();
    let name: String = admin
        .query_one("select current_database()::text", &[])
        .expect("a name")
        .get(0);
    admin
        .batch_execute(&format!(
            "alter role retire_data_query_test in database {name} set statement_timeout = '300ms'"
        ))
        .expect("less time");
    // Somebody holds what the query reads.
    let mut holder = app.database.admin();
    let mut held = holder.transaction().expect("a transaction");
    held.batch_execute("lock table retire.payout in access exclusive mode")
        .expect("held");
    let answer = app.get("/v1/data/payouts", Caller::Operator);
    assert_eq!(
        code(&answer),
        (422, "query-too-costly".to_owned()),
        "{}",
        text(&answer)
    );
    drop(held);
    assert_eq!(app.get("/v1/data/payouts", Caller::Operator).status, 200);
}

/// So many queries of a subject run at a time, and no more.
#[test]
fn too_many_queries_at_a_time_are_refused() {
    let app = App::start();
    let mut other = app.database.admin();
    for place in 1..=4 {
        other
            .execute(
                "select pg_advisory_lock(
                     hashtextextended('retire.ask operator-1', 0)::bit(32)::integer, $1)",
                &[&place],
            )
            .expect("a place");
    }
    let answer = app.get("/v1/data/pools", Caller::Operator);
    assert_eq!(code(&answer), (429, "too-many-queries".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("2"));
    assert_eq!(
        app.get("/v1/data/pools", Caller::Auditor).status,
        200,
        "another subject"
    );
    drop(other);
    let mut tries = 0;
    while app.get("/v1/data/pools", Caller::Operator).status != 200 {
        tries += 1;
        assert!(tries < 1_000, "the places are free again");
    }
}

/// A token whose id is listed is no token, in every component.
#[test]
fn a_revoked_token_is_refused_by_every_component() {
    let app = App::start_with(
        Database::create(),
        None,
        &[("auth_revoked", "stolen-1 stolen-2")],
    );
    for (path, status) in [
        ("/v1/data/pools", 200),
        ("/v1/pools/00000000-0000-0000-0000-000000000000", 404),
        ("/v1/webhooks/quarantine", 200),
        ("/v1/tontine/mortality-tables", 200),
    ] {
        for (id, expected) in [("stolen-1", 401), ("stolen-2", 401), ("stolen", status)] {
            let token = KEYS
                .token_with_id("operator-1", "operator", id)
                .expect("keys");
            let answer = app.get(path, Caller::Token(&token));
            assert_eq!(answer.status, expected, "{path} {id}");
        }
        assert_eq!(
            app.get(path, Caller::Operator).status,
            status,
            "{path}: a token without an id"
        );
    }
}
