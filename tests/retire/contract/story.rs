//! The examples of the contract are what happened: one story in which every operation is
//! asked once. Its requests and answers are docs/examples; where they differ, this test
//! fails. Set RETIRE_WRITE_EXAMPLES to write them anew, then run `cargo xtask openapi`.

mod steps;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use simulator::Answer;
use time::UtcDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::harness::{App, CONTRACT, Caller, KEYS, header, text, workspace};

/// When everything happened, as the examples tell it.
const THEN: &str = "2025-07-01T09:00:00Z";

/// The story so far.
struct Story {
    app: App,
    /// By operation.
    told: BTreeMap<&'static str, Value>,
    /// How many requests were made: each command has a key of its own, the same in every
    /// telling, from which the ids follow.
    asked: u32,
    /// Hashes and random ids, by the order in which they came up.
    hashes: Vec<String>,
}

/// The ids of the story that are not given by the application.
fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x5e0f_3a10_0000_4000_8000_0000_0000_0000 + number)
}

impl Story {
    fn new() -> Self {
        Self {
            app: App::start(),
            told: BTreeMap::new(),
            asked: 0,
            hashes: Vec::new(),
        }
    }

    /// Asks, and keeps the first answer of each operation.
    fn ask(
        &mut self,
        operation: &'static str,
        caller: Caller<'_>,
        path: &str,
        body: Option<Value>,
    ) -> Value {
        self.asked += 1;
        let method = method(operation);
        let mut headers = Vec::new();
        if let Some(token) = token(caller) {
            headers.push(header("authorization", &format!("Bearer {token}")));
        }
        if matches!(caller, Caller::Operator | Caller::Auditor) && body.is_none() {
            headers.push(header("purpose", "example"));
        }
        let octets = body.as_ref().map_or_else(String::new, Value::to_string);
        if body.is_some() {
            headers.push(header("content-type", "application/json"));
            headers.push(header(
                "idempotency-key",
                &format!("example-{}", self.asked),
            ));
        }
        let answer = self
            .app
            .client
            .send(&method, path, &headers, octets.as_bytes())
            .expect("an answer");
        self.keep(operation, path, body, &answer)
    }

    fn keep(
        &mut self,
        operation: &'static str,
        path: &str,
        body: Option<Value>,
        answer: &Answer,
    ) -> Value {
        let said = text(answer);
        assert!((200..300).contains(&answer.status), "{operation}: {said}");
        let document: Value = serde_json::from_str(&said).unwrap_or_else(|_| json!(said));
        if !self.told.contains_key(operation) {
            let mut example = json!({
                "path": path,
                "status": answer.status,
                "answer": document,
            });
            if let Some(body) = body {
                example["request"] = body;
            }
            self.settle_down(&mut example);
            self.told.insert(operation, example);
        }
        document
    }

    /// What is another in every telling is given a value that is not: the time of
    /// recording, and the hashes that depend on it.
    fn settle_down(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => members.values_mut().for_each(|v| self.settle_down(v)),
            Value::Array(items) => items.iter_mut().for_each(|v| self.settle_down(v)),
            Value::String(text) => {
                if let Some(settled) = self.settled(text) {
                    *text = settled;
                }
            }
            _ => {}
        }
    }

    fn settled(&mut self, text: &str) -> Option<String> {
        let now = UtcDateTime::now().unix_timestamp();
        let time = UtcDateTime::parse(text, &Rfc3339).ok();
        if time.is_some_and(|time| (now - time.unix_timestamp()).abs() < 86_400) {
            return Some(THEN.to_owned());
        }
        let hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
        if text.len() >= 64 && text.len().is_multiple_of(64) && hex(text) {
            return Some(self.hash(text));
        }
        if text
            .parse::<Uuid>()
            .is_ok_and(|id| id.get_version_num() == 4)
            && !text.starts_with("00000000-0000-0000-5e0f")
        {
            return Some(self.hash(text)[..32].parse::<Uuid>().ok()?.to_string());
        }
        if text.starts_with("# TYPE ") {
            return Some(without_durations(text));
        }
        // A document as text, or several by line.
        let lines: Option<Vec<Value>> = text
            .lines()
            .map(|line| serde_json::from_str(line).ok())
            .collect();
        let mut lines = lines.filter(|lines| lines.first().is_some_and(Value::is_object))?;
        lines.iter_mut().for_each(|line| self.settle_down(line));
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        Some(lines.join("\n") + if text.ends_with('\n') { "\n" } else { "" })
    }

    /// The place of the hash in the story, as a hash.
    fn hash(&mut self, text: &str) -> String {
        let known = self.hashes.iter().position(|hash| hash == text);
        let place = known.unwrap_or_else(|| {
            self.hashes.push(text.to_owned());
            self.hashes.len() - 1
        });
        // Any numbers that look like one.
        let mut state = u64::try_from(place).unwrap_or(0).wrapping_add(1);
        (0..text.len().div_ceil(16))
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                format!("{:016x}", state ^ (state >> 29))
            })
            .collect()
    }
}

/// Metrics with every duration the same.
fn without_durations(text: &str) -> String {
    let lines = text.lines().map(|line| match line.rsplit_once(' ') {
        Some((name, _)) if name.contains("_seconds") && !name.starts_with('#') => {
            format!("{name} 1.5\n")
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

fn method(operation: &str) -> String {
    let paths = CONTRACT.document()["paths"].as_object().expect("paths");
    let mut all = paths
        .values()
        .flat_map(|path| path.as_object().expect("operations"));
    let (method, _) = all
        .find(|(_, o)| o["operationId"] == operation)
        .unwrap_or_else(|| panic!("there is no operation {operation}"));
    method.to_uppercase()
}

fn token(caller: Caller<'_>) -> Option<String> {
    let (subject, scope) = match caller {
        Caller::Member(id) => (id.to_string(), "member"),
        Caller::Analyst => ("analyst-1".to_owned(), "analyst"),
        Caller::Auditor => ("auditor-1".to_owned(), "auditor"),
        Caller::Operator => ("operator-1".to_owned(), "operator"),
        Caller::Token(token) => return Some(token.to_owned()),
        Caller::Nobody => return None,
    };
    Some(KEYS.token(&subject, scope, 1).expect("keys"))
}

fn file(operation: &str) -> PathBuf {
    workspace().join(format!("docs/examples/{operation}.json"))
}

/// The examples of what is another with every month: as they were when they were written.
const OF_THEIR_DAY: [&str; 4] = [
    "forecastMyIncome",
    "forecastMemberIncome",
    "listMyDocuments",
    "listMemberDocuments",
];

/// The names and kinds in a document, of an array those of its first.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), shape(member)))
            .collect(),
        Value::Array(items) => items.first().map(shape).into_iter().collect(),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!(0),
        Value::Bool(_) => json!(true),
        Value::Null => Value::Null,
    }
}

#[test]
fn the_examples_are_what_the_application_answers() {
    let mut story = Story::new();
    steps::tell(&mut story);
    let write = std::env::var_os("RETIRE_WRITE_EXAMPLES").is_some();
    let mut other = Vec::new();
    for (operation, example) in &story.told {
        let now = format!("{example:#}\n");
        if write {
            std::fs::write(file(operation), &now).expect("written");
        }
        let then = std::fs::read_to_string(file(operation)).unwrap_or_default();
        let same = if OF_THEIR_DAY.contains(operation) {
            let then: Value = serde_json::from_str(&then).unwrap_or_default();
            shape(&then) == shape(example)
        } else {
            then == now
        };
        if !same {
            other.push(format!("{operation}:\n{now}"));
        }
    }
    assert!(
        other.is_empty(),
        "docs/examples differ: {}",
        other.join("\n")
    );
    let files = std::fs::read_dir(workspace().join("docs/examples")).expect("a folder");
    assert_eq!(
        files.count(),
        story.told.len(),
        "an example of no operation"
    );
}
