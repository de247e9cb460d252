//! The local host behaves as Spin does where a component could see a difference;
//! each claim is one that was seen on Spin itself.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use host::Limits;

use crate::harness::{App, Caller, Database, limits, text, workspace};

fn probe_with(limits: Limits) -> App {
    let database = Database::create();
    database
        .admin()
        .batch_execute(
            "create table seen (x integer);
             grant all on seen to retire_data_query;",
        )
        .expect("a table");
    let variables = BTreeMap::from([
        ("database_host".to_owned(), database.address.clone()),
        (
            "database_url".to_owned(),
            database.component_url("data_query", &database.address),
        ),
    ]);
    let manifest = workspace().join("tests/guests/probe/spin.toml");
    App::start_manifest(&manifest, database, variables, limits)
}

fn probe() -> App {
    probe_with(limits())
}

fn ask(app: &App, action: &str, body: &str) -> String {
    let answer = app
        .client
        .send("POST", &format!("/probe/{action}"), &[], body.as_bytes())
        .expect("an answer");
    assert_eq!(answer.status, 200, "{action} {body}");
    text(&answer)
}

fn status(app: &App, action: &str, body: &str) -> u16 {
    app.client
        .send("POST", &format!("/probe/{action}"), &[], body.as_bytes())
        .expect("an answer")
        .status
}

/// The trap of the house rule: a transaction that a component leaves open is still
/// open on the next request's connection, whose writes are never committed.
#[test]
fn an_open_transaction_survives_a_trap_and_swallows_the_next_write() {
    let app = probe();
    assert_eq!(
        status(&app, "begin-and-trap", "insert into seen values (1)"),
        500
    );
    let inserted = ask(&app, "query", "insert into seen values (2) returning x");
    assert!(
        inserted.contains("Int32(2)"),
        "it seems to succeed: {inserted}"
    );
    let rows: i64 = app
        .database
        .admin()
        .query_one("select count(*) from seen", &[])
        .expect("a count")
        .get(0);
    assert_eq!(rows, 0, "and nobody else sees it");
}

/// A transaction that failed is discarded with its connection.
#[test]
fn an_aborted_transaction_is_discarded() {
    let app = probe();
    assert_eq!(status(&app, "begin-and-trap", "select 1/0"), 500);
    ask(&app, "query", "insert into seen values (3)");
    let rows: i64 = app
        .database
        .admin()
        .query_one("select count(*) from seen", &[])
        .expect("a count")
        .get(0);
    assert_eq!(rows, 1);
}

#[test]
fn values_come_as_spin_gives_them() {
    let app = probe();
    for (sql, expected) in [
        (
            "select 1::smallint, 2, 3::bigint",
            "[DbValue::Int16(1), DbValue::Int32(2), DbValue::Int64(3)]",
        ),
        (
            "select 'a'::text, 'b'::varchar, null::text",
            r#"[DbValue::Str("a"), DbValue::Str("b"), DbValue::DbNull]"#,
        ),
        (
            "select date '2025-01-31', timestamp '2025-01-31 12:13:14.5'",
            "[DbValue::Date((2025, 1, 31)), DbValue::Datetime((2025, 1, 31, 12, 13, 14, 500000000))]",
        ),
        (
            "select 1.50::numeric, true",
            r#"[DbValue::Decimal("1.50"), DbValue::Boolean(true)]"#,
        ),
        (
            "select array[1, null]::bigint[], array['x']",
            r#"[DbValue::ArrayInt64([Some(1), None]), DbValue::ArrayStr([Some("x")])]"#,
        ),
        ("select '{\"b\":1, \"a\":2}'::jsonb", "[DbValue::Jsonb("),
        (
            "select '00000000-0000-0000-0000-000000000001'::uuid",
            r#"[DbValue::Uuid("00000000-0000-0000-0000-000000000001")]"#,
        ),
        ("select '{}'::json", "[DbValue::Unsupported("),
        ("select '127.0.0.1'::inet", "[DbValue::Unsupported("),
    ] {
        let row = ask(&app, "query", sql);
        assert!(row.contains(expected), "{sql}: {row}");
    }
    assert_eq!(
        ask(&app, "query", "select 1 as a where false"),
        "Ok(RowSet { columns: [], rows: [] })",
        "no rows, no columns"
    );
}

/// Reading `timestamptz` fails, and so does a number beyond the driver's decimals.
#[test]
fn what_spin_cannot_read_is_an_error() {
    let app = probe();
    for sql in [
        "select now()",
        "select 'NaN'::numeric",
        "select 1e40::numeric",
    ] {
        let answer = ask(&app, "query", sql);
        assert!(
            answer.starts_with("Err(") && answer.contains("QueryError::Text"),
            "{sql}: {answer}"
        );
    }
}

#[test]
fn database_errors_have_their_fields() {
    let app = probe();
    let answer = ask(
        &app,
        "query",
        "do $$ begin raise exception using errcode = 'RT409', message = 'm', detail = 'd', hint = 'h'; end $$",
    );
    for part in [
        "DbError",
        "code: \"RT409\"",
        "message: \"m\"",
        "detail: Some(\"d\")",
        "(\"hint\", \"h\")",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    assert!(ask(&app, "null", "select $1::text").contains("DbNull"));
    let interval = ask(&app, "interval", "select $1::interval");
    assert!(
        interval.contains("BadParameter"),
        "what the host lacks it says: {interval}"
    );
}

#[test]
fn only_allowed_hosts_are_reached() {
    let app = probe();
    for address in [
        "postgres://a:b@127.0.0.2:5432/x",
        "postgres://a:b@127.0.0.1:1/x",
        "postgres://a:b@example.com/x",
        "host=127.0.0.1,example.com port=5432 user=a",
    ] {
        let answer = ask(&app, "open", address);
        assert!(
            answer.contains("ConnectionFailed") && answer.contains("is not permitted"),
            "{address}: {answer}"
        );
    }
    let socket = ask(&app, "open", "host=/var/run/postgresql user=a");
    assert!(
        socket.contains("Unix sockets are not supported"),
        "{socket}"
    );
}

#[test]
fn variables_are_those_of_the_component() {
    let app = probe();
    assert_eq!(ask(&app, "variable", "filled"), r#"Ok("<hello>")"#);
    let answer = ask(&app, "variable", "greeting");
    assert!(
        answer.contains("Undefined"),
        "the application's own are not the component's: {answer}"
    );
}

/// The headers that Spin adds are there, and a client cannot set them.
#[test]
fn spin_headers_are_added() {
    let app = probe();
    let forged = [
        ("spin-path-info".to_owned(), b"/forged".to_vec()),
        ("x-twice".to_owned(), b"1".to_vec()),
        ("x-twice".to_owned(), b"2".to_vec()),
    ];
    let answer = app
        .client
        .send("GET", "/probe/a/headers?q=1", &forged, b"")
        .expect("an answer");
    let headers = text(&answer);
    let expected_url = format!("spin-full-url: http://{}/probe/a/headers?q=1", app.address);
    for line in [
        "spin-path-info: /a/headers",
        "spin-matched-route: /probe/...",
        "spin-base-path: /",
        "spin-raw-component-route: /probe/...",
        "spin-component-route: /probe",
        expected_url.as_str(),
        "x-twice: 1",
        "x-twice: 2",
    ] {
        assert!(headers.lines().any(|l| l == line), "{line} in\n{headers}");
    }
    assert!(headers.contains("spin-client-addr: 127.0.0.1:") && !headers.contains("forged"));
    let named = text(&app.get("/named/One/two/headers", Caller::Nobody));
    assert!(
        named.contains("spin-path-match-first: One")
            && named.contains("spin-path-match-second: two"),
        "{named}"
    );
}

/// A response that comes in pieces arrives whole; ours are sent as one.
#[test]
fn a_response_may_come_in_pieces() {
    let app = probe();
    assert_eq!(ask(&app, "pieces", ""), "one two");
}

/// Status, headers and body of our own components leave as one write: a second
/// segment on a kept-alive connection would wait for a delayed acknowledgement.
#[test]
fn our_replies_leave_in_one_piece() {
    let app = App::start();
    let mut stream = TcpStream::connect(app.address).expect("connected");
    for _ in 0..20 {
        stream
            .write_all(b"GET /v1/data/pools HTTP/1.1\r\nhost: x\r\n\r\n")
            .expect("sent");
        let mut piece = vec![0; 64 * 1024];
        let read = stream.read(&mut piece).expect("read");
        let first = String::from_utf8_lossy(&piece[..read]);
        assert!(
            first.ends_with('}') && first.contains("unauthenticated"),
            "{first}"
        );
    }
}

/// Beyond Spin: a guest that loops or takes too much memory ends, and the host
/// answers others meanwhile.
#[test]
fn a_guest_that_loops_or_hoards_is_ended() {
    let app = probe_with(Limits {
        request_timeout: Duration::from_secs(3),
        memory_bytes: 32 << 20,
        ..limits()
    });
    std::thread::scope(|scope| {
        let loops: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| status(&app, "loop", "")))
            .collect();
        for _ in 0..20 {
            assert_eq!(ask(&app, "body", "still here"), "still here");
        }
        for ended in loops {
            assert_eq!(ended.join().expect("no panic"), 500);
        }
    });
    assert_eq!(status(&app, "allocate", ""), 500);
    assert_eq!(status(&app, "trap", ""), 500);
    assert_eq!(ask(&app, "body", "and still"), "and still");
}

/// Beyond the limit of instances a request is a 500 at once; there is no queue.
#[test]
fn too_many_requests_at_a_time_are_refused() {
    let app = probe_with(Limits {
        instances: 2,
        request_timeout: Duration::from_secs(3),
        ..limits()
    });
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let requests: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| status(&app, "loop", "")))
            .collect();
        requests
            .into_iter()
            .map(|r| r.join().expect("no panic"))
            .collect()
    });
    assert_eq!(statuses, [500; 8]);
    assert_eq!(ask(&app, "body", "free again"), "free again");
    let mut app = app;
    let log = app.stop().join("\n");
    assert!(
        log.contains("took longer than") && log.contains("maximum concurrent"),
        "{log}"
    );
}

#[test]
fn a_stop_lets_requests_end() {
    let mut app = probe();
    let address = app.address;
    let request = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("connected");
        stream.write_all(b"POST /probe/query HTTP/1.1\r\nhost: x\r\ncontent-length: 28\r\n\r\nselect pg_sleep(0.3)::text  ").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("read");
        answer
    });
    // The request is under way when its statement runs.
    let mut admin = app.database.admin();
    let running = "select exists (select from pg_stat_activity where query like 'select pg_sleep(0.3)%' and pid <> pg_backend_pid())";
    while !admin
        .query_one(running, &[])
        .expect("a row")
        .get::<_, bool>(0)
    {
        std::thread::yield_now();
    }
    app.stop();
    let answer = request.join().expect("no panic");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        TcpStream::connect(address).is_err(),
        "nobody listens any more"
    );
}
