//! Pools that come by line.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};
use simulator::Answer;

use super::{answer, seven};
use crate::harness::{App, KEYS, header, problem, text};

fn post(app: &App, operation: &str, body: &str) -> Answer {
    let token = KEYS.token("analyst-1", "analyst", 1).expect("keys");
    let headers = [
        header("authorization", &format!("Bearer {token}")),
        header("content-type", "application/x-ndjson"),
    ];
    let path = format!("/v1/tontine/{operation}");
    app.client
        .send("POST", &path, &headers, body.as_bytes())
        .expect("an answer")
}

fn by_line(head: &Value, members: &[Value]) -> String {
    let mut body = head.to_string();
    for member in members {
        write!(body, "\n{member}").expect("a string takes all");
    }
    body
}

fn documents(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", text(answer));
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines = text(answer);
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The same answer, line by line.
#[test]
fn a_pool_by_line_is_the_pool_of_a_document() {
    let app = App::start();
    let head = json!({"rule": "nominal_gain"});
    for (operation, list) in [("credits", "credits"), ("fairness", "members")] {
        let members = seven("E");
        let mut whole = answer(
            &app,
            operation,
            &json!({"rule": "nominal_gain", "members": members}),
        );
        let items = whole[list].take();
        whole.as_object_mut().expect("an object").remove(list);
        let lines = documents(&post(&app, operation, &by_line(&head, &members)));
        assert_eq!(lines[0], whole, "{operation}");
        assert_eq!(Value::Array(lines[1..].to_vec()), items, "{operation}");
    }
}

/// More members than a document may have; empty lines do not count.
#[test]
fn many_members_come_and_go_by_line() {
    let app = App::start();
    let members: Vec<Value> = (0..30_000)
        .map(|i| json!({"id": format!("m{i}"), "q": format!("0.00{}", 1 + i % 9), "at_risk_cents": 100_000 + i, "died": i % 1000 == 7}))
        .collect();
    let head = json!({"rule": "nominal_gain", "with_fairness": false});
    let body = by_line(&head, &members).replace("\n", "\r\n\n");
    let lines = documents(&post(&app, "credits", &body));
    assert_eq!(lines.len(), 1 + 30_000 - 30);
    let sum: i64 = lines[1..]
        .iter()
        .filter_map(|line| line["credit_cents"].as_i64())
        .sum();
    assert_eq!(Some(sum), lines[0]["pot_cents"].as_i64());
    assert_eq!(lines[0]["outcome"], "shared");
}

/// A problem names the line and the field in it.
#[test]
fn a_problem_names_the_line() {
    let app = App::start();
    let head = json!({"rule": "nominal_gain"}).to_string();
    let good = json!({"id": "A", "q": "0.1", "at_risk_cents": 1}).to_string();
    for (body, line, pointer) in [
        ("", 1, ""),
        ("{}\n", 1, "/rule"),
        (r#"{"rule":"by_lot"}"#, 1, "/rule"),
        (&format!("{head}\n"), 0, ""),
        (
            &format!("{head}\n{good}\n{{\"id\":\"B\"}}\n"),
            3,
            "/at_risk_cents",
        ),
        (&format!("{head}\n{good}\n\n{good}\n"), 3, "/id"),
        (&format!("{head}\n{good}\nx\n"), 3, ""),
        (
            &format!("{head}\n{good}\n{{\"id\":\"B\",\"q\":\"2\",\"at_risk_cents\":1}}"),
            3,
            "/q",
        ),
        (
            &format!("{head}\n{good}\n{{\"id\":\"B\",\"q\":\"0.1\",\"at_risk_cents\":-1}}"),
            3,
            "/at_risk_cents",
        ),
        (
            r#"{"rule":"nominal_gain","members":[{"id":"A","q":"0","at_risk_cents":1}]}"#,
            1,
            "/members",
        ),
    ] {
        let answer = post(&app, "credits", body);
        let (status, _, at) = problem(&answer);
        let document: Value = answer.json().expect("a problem");
        assert!((400..500).contains(&status), "{body}: {status}");
        assert_eq!(at.unwrap_or_default(), pointer, "{body}");
        assert_eq!(document["line"].as_u64().unwrap_or(0), line, "{body}");
    }
    let long = format!("{head}\n{}", "x".repeat(20_000));
    assert_eq!(problem(&post(&app, "credits", &long)).0, 413);
}

/// A body that announces a gibibyte is refused before it is sent, and one that
/// never ends its line is cut off.
#[test]
fn a_body_without_end_is_refused() {
    let app = App::start();
    let token = KEYS.token("analyst-1", "analyst", 1).expect("keys");
    let head = |length: &str| {
        format!(
            "POST /v1/tontine/credits HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
             content-type: application/x-ndjson\r\n{length}\r\nconnection: close\r\n\r\n"
        )
    };
    let answer = |head: &str, sent: &[u8]| {
        let mut stream = TcpStream::connect(app.address).expect("connected");
        stream.write_all(head.as_bytes()).expect("sent");
        // The server may have answered and closed before the last octet.
        let _ = stream.write_all(sent);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    let refused = answer(&head("content-length: 1073741824"), b"");
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    let chunk = format!("{:x}\r\n{}\r\n", 32_768, " ".repeat(32_768));
    let refused = answer(&head("transfer-encoding: chunked"), chunk.as_bytes());
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
}
