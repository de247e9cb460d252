//! The forms of an answer: JSON, JSON lines, CSV, compressed or not, changed or not.

use std::io::Read as _;

use serde_json::Value;
use simulator::Answer;

use super::world::World;
use crate::harness::{Caller, problem, text};

const PATH: &str =
    "/journal?select=entry_id,source,amount_minor,recorded_at,reverses&order=entry_id";

fn unzipped(answer: &Answer) -> Vec<u8> {
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(&answer.body[..])
        .read_to_end(&mut body)
        .expect("gzip");
    body
}

/// Each form says the same.
#[test]
fn every_form_says_the_same() {
    let world = World::make();
    let rows = world.items(&format!("{PATH}&limit=1000"), Caller::Auditor);
    assert!(rows.len() > 100);
    let get = |accept: &str, encoding: &str| {
        let headers = [("accept", accept), ("accept-encoding", encoding)];
        world.get_with(PATH, Caller::Auditor, &headers)
    };
    let lines = get("application/x-ndjson", "identity");
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    let read: Vec<Value> = text(&lines)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(read, rows);
    assert_eq!(unzipped(&get("application/x-ndjson", "gzip")), lines.body);

    let file = get("text/csv", "identity");
    assert_eq!(
        file.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    assert_eq!(unzipped(&get("text/csv", "gzip")), file.body);
    let mut reader = csv::Reader::from_reader(&file.body[..]);
    let names = reader.headers().expect("names").clone();
    let cells: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert_eq!(cells.len(), rows.len());
    for (cells, row) in cells.iter().zip(&rows) {
        for (name, cell) in names.iter().zip(cells) {
            let expected = match &row[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell, expected, "{name}");
        }
    }

    let limited = [("accept", "text/csv")];
    let page = world.get_with(&format!("{PATH}&limit=3"), Caller::Auditor, &limited);
    assert_eq!(text(&page).matches("\r\n").count(), 4);
    assert!(
        page.header("link")
            .is_some_and(|link| link.ends_with("rel=\"next\""))
    );
    let html = world.get_with(PATH, Caller::Auditor, &[("accept", "text/html")]);
    assert_eq!(problem(&html).1, "not-acceptable");
}

/// A cell that a spreadsheet would compute is text.
#[test]
fn a_cell_is_never_a_formula() {
    let world = World::make();
    let mut admin = world.app.database.admin();
    for (i, name) in [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "plain",
        "a\"b,c\r\nd",
    ]
    .iter()
    .enumerate()
    {
        admin
            .execute(
                "insert into retire.webhook_event (event_id, event_type, received_at, key_id, raw, state)
                 values ($1, $2, now(), 'x', '', 'stored')",
                &[&uuid::Uuid::from_u128(i as u128), &name],
            )
            .expect("an event");
    }
    let path = "/webhook_events?select=event_type,retries&key_id=eq.x&order=event_id";
    let answer = world.get_with(path, Caller::Operator, &[("accept", "text/csv")]);
    assert_eq!(
        text(&answer),
        "event_type,retries\r\n\"'=cmd|' /C calc'!A0\",0\r\n\"'+1\",0\r\n\"'-1+1\",0\r\n\"'@SUM(1)\",0\r\n\
         \"'\t=1\",0\r\n\"'\r=1\",0\r\n\"plain\",0\r\n\"a\"\"b,c\r\nd\",0\r\n"
    );
    let numbers = world.get_with(
        "/journal?select=amount_minor&account=eq.broker&limit=1",
        Caller::Operator,
        &[("accept", "text/csv")],
    );
    assert!(
        text(&numbers).starts_with("amount_minor\r\n-"),
        "a number stays one"
    );
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let world = World::make();
    let path = "/members?select=member_id,state&limit=5";
    let first = world.get(path, Caller::Operator);
    let tag = first.header("etag").expect("a tag").to_owned();
    let again = world.get_with(path, Caller::Operator, &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(tag.as_str()));
    let other = world.get_with(
        "/members?select=member_id,sex&limit=5",
        Caller::Operator,
        &[("if-none-match", &tag)],
    );
    assert_eq!(other.status, 200);
    world
        .app
        .database
        .admin()
        .execute("update retire.member set closed_on = '2025-07-01'", &[])
        .expect("changed");
    let changed = world.get_with(path, Caller::Operator, &[("if-none-match", &tag)]);
    assert_eq!(changed.status, 200);
}

/// A question can be counted: one by one, or by what the planner expects.
#[test]
fn rows_are_counted_on_request() {
    let world = World::make();
    let exact = world.get(
        "/members?select=member_id&limit=1&count=exact",
        Caller::Operator,
    );
    assert_eq!(exact.header("content-range"), Some("*/25"));
    let document: Value = exact.json().expect("JSON");
    assert_eq!(document["count"], 25);
    let groups = "/members?select=pool_id,count()&limit=1&count=exact";
    let document: Value = world.get(groups, Caller::Operator).json().expect("JSON");
    assert_eq!(document["count"], 2);
    let estimated = world.get(
        "/members?select=member_id&count=estimated",
        Caller::Operator,
    );
    let document: Value = estimated.json().expect("JSON");
    assert!(document["count"].is_u64());
    let plain = world.get("/members?select=member_id", Caller::Operator);
    assert!(plain.header("content-range").is_none());
}

/// A whole view is sent while it is read: memory does not grow with it. The last of 20,000 rows
/// is the last of a piece.
#[test]
fn a_whole_view_is_sent_in_bounded_memory() {
    let app = crate::harness::App::start();
    let mut admin = app.database.admin();
    let mut peaks = Vec::new();
    for rows in [20_000, 75_000] {
        admin
            .batch_execute(&format!(
                "insert into retire.webhook_event (event_id, event_type, received_at, key_id, raw, state)
                 select md5(n::text)::uuid, 'AN_EVENT.OF_SOME_TYPE', now(), 'x', '', 'stored'
                 from generate_series(1, {rows}) n on conflict do nothing; analyze retire.webhook_event"
            ))
            .expect("events");
        for (accept, encoding) in [
            ("application/x-ndjson", "identity"),
            ("application/x-ndjson", "gzip"),
            ("text/csv", "identity"),
        ] {
            let mut headers = crate::harness::authorization(Caller::Operator);
            headers.push(crate::harness::header("accept", accept));
            headers.push(crate::harness::header("accept-encoding", encoding));
            let path = "/v1/data/webhook_events";
            let answer = app
                .client
                .send("GET", path, &headers, b"")
                .expect("an answer");
            let body = match encoding {
                "gzip" => unzipped(&answer),
                _ => answer.body,
            };
            let lines = body.split(|octet| *octet == b'\n').count() - 1;
            assert_eq!(lines, rows + usize::from(accept == "text/csv"));
        }
        peaks.push(app.host().usage().peak_memory_bytes);
    }
    assert!(peaks[1] < 64 << 20, "{peaks:?}");
    assert!(peaks[1] < peaks[0] + peaks[0] / 2, "{peaks:?}");
}
