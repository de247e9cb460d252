//! Everything that is held about a member.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::lively;
use crate::harness::{App, Caller, event, text};

fn export(app: &App, member: Uuid) -> String {
    let answer = app.get("/v1/data/me/export", Caller::Member(member));
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    text(&answer)
}

fn by_type(export: &str) -> BTreeMap<String, Vec<Value>> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in export.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let name = line["type"].as_str().expect("a type").to_owned();
        found.entry(name).or_default().push(line);
    }
    found
}

/// The person, the books and the broker's events; nothing of anybody else.
#[test]
fn an_export_has_all_that_is_held() {
    let app = App::start();
    let (pool, members) = lively(&app);
    let named = json!({"beneficiaries": [{"reference": "b-4711", "share_ppm": 1_000_000}]});
    let path = format!("/members/{}/beneficiaries", members[0]);
    super::command(&pool, &path, &named);
    app.deliver(&[
        event(
            "USER.CREATED",
            &json!({"id": Uuid::from_u128(1), "first_name": "Ottilie"}),
        ),
        event(
            "SHARED",
            &json!({"users": [Uuid::from_u128(1), Uuid::from_u128(2)], "note": "of two"}),
        ),
    ]);
    let text = export(&app, members[0]);
    let found = by_type(&text);
    let lines = text.lines().count();
    let (first, last) = (&found["export"][0], &found["end"][0]);
    assert_eq!(first["member_id"], json!(members[0]));
    assert_eq!(last["lines"].as_u64(), Some(lines as u64 - 1));
    assert_eq!(found["member"][0]["row"]["birth_date"], "1950-03-14");
    assert_eq!(found["beneficiary"][0]["row"]["reference"], "b-4711");
    assert_eq!(found["payout"].len(), 1);
    assert_eq!(found["operator_valuation"].len(), super::MONTH_ENDS.len());
    // Seven periods, three of them twice.
    assert_eq!(found["settlement_line"].len(), 10);
    let entries = super::of_member(&app, members[0], "transactions?limit=500");
    assert_eq!(
        found["entry"].len(),
        entries["items"].as_array().expect("a list").len()
    );
    assert!(text.contains("Ottilie"), "the text of the event");
    assert!(!text.contains("of two"), "it is about somebody else, too");
    let kept: Vec<&Value> = found["event"]
        .iter()
        .map(|event| &event["text_is"])
        .collect();
    assert!(kept.contains(&&json!("about_others_too")));
    for other in &members[1..] {
        assert!(!text.contains(&other.to_string()));
    }
    // Each type is explained.
    let about = first["about"]["categories"].to_string();
    for name in found
        .keys()
        .filter(|name| !matches!(name.as_str(), "export" | "end"))
    {
        assert!(about.contains(&format!("\"{name}\"")), "{name}");
    }
}
