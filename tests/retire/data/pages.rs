//! Pages: every row once, in order, and a cursor that is good for nobody else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use simulator::Answer;

use super::world::World;
use crate::harness::{Caller, KEYS, problem, text};

fn next(answer: &Answer) -> Option<String> {
    assert_eq!(answer.status, 200, "{}", text(answer));
    let document: Value = answer.json().expect("JSON");
    document["next"].as_str().map(str::to_owned)
}

/// The pages of a query together are the query without pages, whatever it is ordered by.
#[test]
fn pages_are_the_whole_in_order() {
    let world = World::make();
    for query in [
        "members?select=member_id,died_on,state&order=died_on.desc",
        "members?select=member_id&order=died_on.asc.nullsfirst,birth_year",
        "members?select=m:member_id&order=state,died_on.desc.nullslast,cash_cents.desc",
        "journal?select=entry_id,account_id,reverses,member_id&order=member_id,reverses.desc",
        "journal?kind=eq.fee&order=amount_minor.desc",
        "journal?select=kind,account,sum:amount_minor.sum(),count()",
        "journal?select=member_id,total:amount_minor.sum()&order=total.desc",
        "journal?select=settlement_id,count()&order=settlement_id.nullsfirst",
        "credits?order=credit_cents.desc,q",
    ] {
        for caller in [Caller::Auditor, Caller::Analyst] {
            let whole = world.items(&format!("/{query}&limit=1000"), caller);
            assert!(!whole.is_empty(), "{query}");
            let mut pages = Vec::new();
            let mut cursor = None::<String>;
            loop {
                let cursor_part = cursor.map_or(String::new(), |c| format!("&cursor={c}"));
                let answer = world.get(&format!("/{query}&limit=2{cursor_part}"), caller);
                let document: Value = answer.json().expect("JSON");
                pages.extend(document["items"].as_array().expect("a list").clone());
                cursor = next(&answer);
                let link = answer.header("link").map(str::to_owned);
                assert_eq!(link.is_some(), cursor.is_some());
                if let Some(cursor) = &cursor {
                    assert!(link.expect("a link").contains(&format!("cursor={cursor}")));
                } else {
                    break;
                }
                assert!(pages.len() <= whole.len(), "{query}");
            }
            assert_eq!(pages, whole, "{query}");
        }
    }
}

#[test]
fn a_cursor_is_for_its_subject_and_its_question() {
    let world = World::make();
    let path = "/members?select=member_id&limit=5";
    let cursor = next(&world.get(path, Caller::Operator)).expect("a next page");
    let refused = |path: &str, caller: Caller<'_>, why: &str| {
        let (status, code, _) = problem(&world.get(path, caller));
        assert_eq!((status, code.as_str()), (400, "cursor-refused"), "{why}");
    };
    let with = |cursor: &str| format!("{path}&cursor={cursor}");
    assert_eq!(world.get(&with(&cursor), Caller::Operator).status, 200);
    let other = KEYS.token("operator-2", "operator", 1).expect("keys");
    refused(&with(&cursor), Caller::Token(&other), "another subject");
    let analyst = KEYS.token("operator-1", "analyst", 1).expect("keys");
    refused(&with(&cursor), Caller::Token(&analyst), "another audience");
    for question in [
        "/members?select=member_id,sex&limit=5",
        "/members?select=member_id&limit=5&state=eq.active",
        "/deaths?select=member_id&limit=5",
    ] {
        let path = format!("{question}&cursor={cursor}");
        let (status, _, _) = problem(&world.get(&path, Caller::Operator));
        assert_eq!(status, 400, "another question");
    }
    let larger = format!("/members?select=member_id&limit=7&cursor={cursor}");
    assert_eq!(
        world.get(&larger, Caller::Operator).status,
        200,
        "a page may be larger"
    );

    let octets = URL_SAFE_NO_PAD.decode(&cursor).expect("base64");
    let document: Value = serde_json::from_slice(&octets).expect("JSON");
    for (field, value) in [
        ("e", json!(4_000_000_000_i64)),
        ("e", json!(0)),
        ("p", json!("[\"00000000-0000-0000-0000-000000000000\"]")),
        ("p", json!("[\"' or 1=1 --\"]")),
        ("p", json!("[null]")),
        ("p", json!("[]")),
        ("p", json!("{}")),
        ("s", json!("0".repeat(64))),
        ("s", json!("")),
    ] {
        let mut forged = document.clone();
        forged[field] = value;
        let forged = URL_SAFE_NO_PAD.encode(forged.to_string());
        let (status, code, _) = problem(&world.get(&with(&forged), Caller::Operator));
        assert_eq!(status, 400, "{field}");
        assert!(
            ["cursor-refused", "invalid-parameter"].contains(&code.as_str()),
            "{code}"
        );
    }
    for nothing in ["", "x", "e30", "%00", &"A".repeat(7_000)] {
        refused(&with(nothing), Caller::Operator, nothing);
    }
}

/// As of a day, and as it was known at a time.
#[test]
fn moments_are_those_of_the_journal() {
    let world = World::make();
    let pool = world.large;
    let sum = |rest: &str| -> i64 {
        let path = format!(
            "/balances?select=amount_minor.sum()&pool_id=eq.{pool}&account=eq.member&asset_id=eq.EUR{rest}"
        );
        let items = world.items(&path, Caller::Auditor);
        items[0]["sum"].as_i64().unwrap_or(0)
    };
    let contributed: i64 = (1..=22).map(|n| 1_000_00 + n).sum();
    assert_eq!(sum("&as_of=2025-06-01"), 0);
    assert_eq!(sum("&as_of=2025-06-02"), contributed);
    assert_eq!(sum("&as_of=2025-06-03"), contributed - 600_00);
    assert_eq!(sum("&known_at=2025-01-01T00:00:00Z"), 0);
    assert_eq!(sum("&as_of=2030-01-01"), sum(""));
    let count = |rest: &str| {
        let path = format!("/credits?select=count()&pool_id=eq.{pool}{rest}");
        world.items(&path, Caller::Auditor)[0]["count"].clone()
    };
    assert_eq!(count(""), 22);
    assert_eq!(count("&as_of=2025-06-29"), 0);
    assert_eq!(count("&as_of=2025-06-30"), 22);
    assert_eq!(count("&known_at=2025-06-30T00:00:00Z"), 0);
    let positions = |rest: &str| {
        world.items(
            &format!("/positions?select=quantity_minor,value_cents{rest}"),
            Caller::Auditor,
        )
    };
    assert!(positions("&as_of=2025-06-02").is_empty());
    assert_eq!(
        positions("&as_of=2025-06-29"),
        [json!({"quantity_minor": 6_500_000_000_i64, "value_cents": null})]
    );
    assert_eq!(
        positions(""),
        [json!({"quantity_minor": 6_500_000_000_i64, "value_cents": 650_00})]
    );
}
