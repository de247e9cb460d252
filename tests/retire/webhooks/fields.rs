//! Every type of the broker's description, and what may be odd about each: answered 200,
//! and kept in the right place.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::harness::App;

/// The types and fields of Upvest's OpenAPI description, version 1.9.0: a line for each
/// category, with the forms that its object may have. A name that ends with `*` is of a
/// field that is required.
const FIELDS: &str = include_str!("data/fields.jsonl");

/// 63 and 27 digits.
fn long_number() -> String {
    format!("{}.{}", "9".repeat(63), "9".repeat(27))
}

/// What is done to an object that is as described.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Edit {
    None,
    Extra,
    Missing(String),
    UnknownName(String),
    LongNumber(String),
    Named(String, String),
}

/// What becomes of an event: its state and the reason.
type Place = (&'static str, Option<&'static str>);

const APPLIED: Place = ("applied", None);
const STORED: Place = ("stored", None);
const fn quarantined(reason: &'static str) -> Place {
    ("quarantined", Some(reason))
}

struct Generator {
    ids: u128,
    edit: Edit,
}

impl Generator {
    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids << 32)
    }

    fn object(&mut self, form: &Map<String, Value>, path: &str) -> Value {
        let mut object = Map::new();
        for (key, form) in form {
            let name = key.trim_end_matches('*');
            let path = join(path, name);
            if self.edit != Edit::Missing(path.clone()) {
                object.insert(name.to_owned(), self.value(form, &path));
            }
        }
        if path.is_empty() && self.edit == Edit::Extra {
            object.insert(
                "of_a_later_release".to_owned(),
                json!({"a": [1.5e300, null]}),
            );
        }
        Value::Object(object)
    }

    fn value(&mut self, form: &Value, path: &str) -> Value {
        let form = match form {
            Value::Object(form) => return self.object(form, path),
            Value::Array(items) => {
                let items = items.iter();
                return items
                    .map(|form| self.value(form, &format!("{path}[]")))
                    .collect();
            }
            form => form.as_str().expect("a form"),
        };
        match &self.edit {
            Edit::UnknownName(at) if at == path => return json!("OF_A_LATER_RELEASE"),
            Edit::LongNumber(at) if at == path => return json!(long_number()),
            Edit::Named(at, name) if at == path => return json!(name),
            _ => {}
        }
        match form.split_once(' ').map_or(form, |(kind, _)| kind) {
            "uuid" => json!(self.id()),
            "time" => json!("2025-06-20T10:00:00.000000001Z"),
            "date" => json!("2025-06-20"),
            "isin" => json!("IE00B4L5Y983"),
            "decimal" | "cents" | "any" => json!("1.25"),
            "integer" => json!(7),
            "boolean" => json!(true),
            "enum" => json!(form.split(' ').nth(1).expect("a name")),
            _ => json!("Text"),
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// All that can be done to an object of this form.
fn edits(form: &Value, path: &str, found: &mut Vec<Edit>) {
    match form {
        Value::Object(form) => {
            for (key, form) in form {
                let path = join(path, key.trim_end_matches('*'));
                if key.ends_with('*') {
                    found.push(Edit::Missing(path.clone()));
                }
                edits(form, &path, found);
            }
        }
        Value::Array(items) => {
            for form in items {
                edits(form, &format!("{path}[]"), found);
            }
        }
        form => {
            let form = form.as_str().expect("a form");
            match form.split_once(' ').map_or(form, |(kind, _)| kind) {
                "enum" => {
                    let names = form.split(' ').skip(1);
                    found.extend(names.map(|name| Edit::Named(path.to_owned(), name.to_owned())));
                    found.push(Edit::UnknownName(path.to_owned()));
                }
                "decimal" | "cents" => found.push(Edit::LongNumber(path.to_owned())),
                _ => {}
            }
        }
    }
}

/// Where an event belongs: by what its effect needs, and nothing else.
fn expected(event_type: &str, edit: &Edit) -> Place {
    const NEEDED: [(&str, &[&str]); 14] = [
        ("USER", &["id"]),
        ("ACCOUNT_GROUP", &["id", "users"]),
        ("ACCOUNT", &["id", "account_group_id"]),
        ("ORDER", &["id"]),
        ("EXECUTION", &["id"]),
        ("DIRECT_DEBIT", &["id"]),
        ("WITHDRAWAL", &["id"]),
        ("PORTFOLIO_ORDER", &["id"]),
        ("ACCOUNT_LIQUIDATION", &["id"]),
        ("POSITION", &["account_id", "instrument", "quantity"]),
        ("CASH_BALANCE", &["account_group_id", "currency", "balance"]),
        (
            "CASH_TRANSACTION",
            &[
                "id",
                "account_group_id",
                "type",
                "delta",
                "delta.amount",
                "delta.currency",
                "value_date",
                "references[].id",
                "references[].type",
            ],
        ),
        (
            "SECURITY_TRANSACTION",
            &[
                "id",
                "account_group_id",
                "type",
                "instrument",
                "delta",
                "delta.amount",
                "value_date",
                "references[].id",
                "references[].type",
            ],
        ),
        (
            "ACCOUNT_VALUATION",
            &[
                "account_id",
                "valuation_time",
                "security_positions[].instrument",
                "security_positions[].quantity",
                "security_positions[].value",
                "security_positions[].value.amount",
                "security_positions[].value.currency",
            ],
        ),
    ];
    let category = event_type.split('.').next().expect("a category");
    if event_type == "USER.DATA_CHANGE_FAILED" {
        return STORED;
    }
    let Some((_, needed)) = NEEDED.iter().find(|(name, _)| *name == category) else {
        return STORED;
    };
    let needs = |path: &String| needed.contains(&path.as_str());
    match edit {
        Edit::Missing(path) if path == "security_positions[].value" => {
            quarantined("unvalued-position")
        }
        Edit::Missing(path) if needs(path) => quarantined("malformed-object"),
        Edit::UnknownName(path) if path.ends_with("currency") && needs(path) => {
            quarantined("unknown-currency")
        }
        Edit::UnknownName(path) if path == "type" && category.ends_with("_TRANSACTION") => {
            quarantined("unknown-kind")
        }
        // What has states has this field; what is moved, worth or held has none.
        Edit::UnknownName(path) if path == "status" => quarantined("unknown-status"),
        Edit::LongNumber(path) if needs(path) => quarantined("amount-out-of-range"),
        _ => APPLIED,
    }
}

#[test]
fn every_type_of_the_description_is_kept_in_its_place() {
    let app = App::start();
    let mut places = BTreeMap::new();
    let mut events = Vec::new();
    let mut ids = 0;
    for line in FIELDS.lines() {
        let category: Value = serde_json::from_str(line).expect("JSON");
        let forms = category["objects"].as_array().expect("forms");
        for event_type in category["types"].as_array().expect("types") {
            let event_type = event_type.as_str().expect("a type");
            for form in forms {
                // One form is of failed changes alone.
                let is_failure = form.get("reason*").is_some() && form.get("user_id*").is_some();
                if is_failure != (event_type == "USER.DATA_CHANGE_FAILED") {
                    continue;
                }
                let mut all = vec![Edit::None, Edit::Extra];
                edits(form, "", &mut all);
                for edit in all {
                    let mut generator = Generator { ids, edit };
                    let object = generator.value(form, "");
                    let event_id = generator.id();
                    let place = expected(event_type, &generator.edit);
                    ids = generator.ids;
                    places.insert(event_id, (place, event_type.to_owned(), generator.edit));
                    events.push(json!({
                        "id": event_id, "created_at": "2025-06-20T10:00:00.123456789Z",
                        "type": event_type, "object": object, "webhook_id": Uuid::nil(),
                    }));
                }
            }
        }
    }
    assert!(events.len() > 1_000, "{} events", events.len());
    for package in events.chunks(250) {
        let body = json!({"payload": package}).to_string();
        let answer = app.client.try_deliver(body.as_bytes()).expect("an answer");
        assert_eq!(answer.status, 200);
    }
    let rows = app
        .database
        .admin()
        .query(
            "select event_id, state, reason from retire.webhook_event",
            &[],
        )
        .expect("events");
    assert_eq!(rows.len(), places.len());
    for row in &rows {
        let ((state, reason), event_type, edit) = &places[&row.get::<_, Uuid>(0)];
        assert_eq!(
            (row.get::<_, &str>(1), row.get::<_, Option<&str>>(2)),
            (*state, *reason),
            "{event_type} {edit:?}"
        );
    }
}
