//! The questions of docs/data.md are answered.

use serde_json::Value;

use super::world::World;
use crate::harness::{App, Caller, header, text, workspace};

/// A line of the page: the path, whose token, and the other headers.
type Line = (String, String, Vec<(String, String)>);

fn lines() -> Vec<Line> {
    let page = std::fs::read_to_string(workspace().join("docs/data.md")).expect("the page");
    page.lines()
        .filter(|line| line.starts_with("curl "))
        .map(|line| {
            let path = line.split("\"$RETIRE").nth(1).expect("an address");
            let path = path.split('"').next().expect("its end").to_owned();
            let headers: Vec<(String, String)> = line
                .split("-H \"")
                .skip(1)
                .map(|part| part.split('"').next().expect("its end"))
                .map(|part| part.split_once(": ").expect("a header"))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            let (tokens, others) = headers
                .into_iter()
                .partition::<Vec<_>, _>(|(name, _)| name == "authorization");
            let token = tokens[0].1.trim_start_matches("Bearer $").to_owned();
            (path, token, others)
        })
        .collect()
}

#[test]
fn ten_questions_are_answered() {
    let world = World::make();
    let app: &App = &world.app;
    let lines = lines();
    assert_eq!(lines.len(), 10);
    for (path, token, others) in lines {
        let caller = match token.as_str() {
            "MEMBER" => Caller::Member(world.members[0]),
            "OPERATOR" => Caller::Operator,
            "ANALYST" => Caller::Analyst,
            "AUDITOR" => Caller::Auditor,
            other => panic!("{other}"),
        };
        let mut headers = crate::harness::authorization(caller);
        headers.extend(others.iter().map(|(name, value)| header(name, value)));
        let answer = app
            .client
            .send("GET", &path, &headers, b"")
            .expect("an answer");
        assert_eq!(answer.status, 200, "{path}: {}", text(&answer));
        if answer.header("content-type") == Some("application/json") {
            let document: Value = answer.json().expect("JSON");
            let items = document["items"].as_array().expect("a list");
            assert!(!items.is_empty(), "{path}");
        } else {
            assert!(text(&answer).lines().count() > 20, "{path}");
        }
    }
}
