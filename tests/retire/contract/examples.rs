//! Examples show what they are examples of.

use serde_json::Value;

use crate::harness::CONTRACT;

/// RFC 6901, section 3.
fn below(place: &str, token: &str) -> String {
    format!("{place}/{}", token.replace('~', "~0").replace('/', "~1"))
}

/// Every example of a body, an answer, a parameter or a header, and every example within
/// a schema, is one of its schema.
#[test]
fn every_example_fits_its_schema() {
    let mut faults = Vec::new();
    let mut seen = 0;
    visit(CONTRACT.document(), "", &mut |place, value| {
        for (example, schema, shown) in examples(place, value) {
            seen += 1;
            if let Err(why) = CONTRACT.validate(&schema, &shown) {
                faults.push(format!("{example}: {why}"));
            }
        }
    });
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(seen > 200, "{seen} examples");
}

/// The examples of this place: where each is, where its schema is, and its value.
fn examples(place: &str, value: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    match &value["examples"] {
        // A schema's own.
        Value::Array(list) => {
            let each = list.iter().enumerate();
            found.extend(each.map(|(index, shown)| {
                (
                    format!("{place}/examples/{index}"),
                    place.to_owned(),
                    shown.clone(),
                )
            }));
        }
        // Of a body, an answer or a parameter.
        Value::Object(named) if value["schema"].is_object() => {
            for (name, example) in named {
                let at = below(&format!("{place}/examples"), name);
                let shown = match example["$ref"].as_str() {
                    Some(reference) => CONTRACT
                        .document()
                        .pointer(reference.trim_start_matches('#')),
                    None => Some(example),
                };
                let shown = shown.map(|example| example["value"].clone());
                let shown = shown.unwrap_or_else(|| panic!("{at} leads nowhere"));
                found.push((at, format!("{place}/schema"), shown));
            }
        }
        _ => {}
    }
    found
}

fn visit(value: &Value, place: &str, see: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            // What an example shows is no part of the contract.
            if !place.contains("/examples/") {
                see(place, value);
            }
            for (name, member) in members {
                visit(member, &below(place, name), see);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &format!("{place}/{index}"), see);
            }
        }
        _ => {}
    }
}

/// Each operation shows a request, where it takes a body, and an answer, but for the
/// contract itself and for letters.
#[test]
fn every_operation_has_examples() {
    let document = CONTRACT.document();
    let paths = document["paths"].as_object().expect("paths");
    let mut missing = Vec::new();
    for operations in paths.values() {
        for operation in operations.as_object().expect("operations").values() {
            let id = operation["operationId"].as_str().expect("an id");
            if operation["tags"][0] == "contract" {
                continue;
            }
            let content = |content: &Value| {
                let types = content.as_object().into_iter().flat_map(|c| c.values());
                types.into_iter().any(|t| t["examples"][id].is_object())
            };
            let body = &operation["requestBody"];
            if body.is_object() && !content(&body["content"]) {
                missing.push(format!("{id}: request"));
            }
            let of_text =
                |(_, answer): &(&String, &Value)| answer["content"]["application/pdf"].is_null();
            let answers = operation["responses"].as_object().expect("responses");
            let mut good = answers
                .iter()
                .filter(|(status, _)| status.starts_with('2'))
                .filter(of_text)
                .peekable();
            if good.peek().is_some() && !good.any(|(_, answer)| content(&answer["content"])) {
                missing.push(format!("{id}: answer"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
