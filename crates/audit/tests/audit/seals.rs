//! A seal that does not fit what it seals, hashed anew.

use audit::{Finding, SettlementFinding};
use merkle::sha256;

use crate::audit;
use crate::world::small;

/// The export with a text of the last settlement written otherwise, in its row and in its
/// seal. Nothing comes after it that would name its head.
fn resealed(from: &str, to: &str) -> Vec<String> {
    let mut export = small().export();
    let is_settlement = |line: &String| line.starts_with(r#"{"type":"settlement","#);
    let at = export
        .iter()
        .rposition(is_settlement)
        .expect("a settlement");
    let (begin, rest) = export[at].split_once(r#","head":""#).expect("a head");
    let (_, rest) = rest.split_once('"').expect("its end");
    let (tiles, seal) = rest.split_once(r#","seal":"#).expect("a seal");
    let seal = seal[..seal.len() - 1].replacen(from, to, 1);
    assert!(export[at].contains(from), "{from}");
    let head = sha256(seal.as_bytes());
    let begin = begin.replacen(from, to, 1);
    export[at] = format!(r#"{begin},"head":"{head}"{tiles},"seal":{seal}}}"#);
    export
}

#[test]
fn each_field_of_a_seal_is_compared() {
    assert!(audit(&resealed("", "")).is_ok());
    let world = small();
    let export = world.export();
    let last = world.settlements.last().expect("one");
    let seal = export
        .iter()
        .rfind(|line| line.contains(r#","seal":"#))
        .expect("one");
    let value = |field: &str| {
        let rest = seal.rsplit(field).next().expect("a value");
        rest.split('"').next().expect("its end").to_owned()
    };
    let root = value(r#""lines":{"leaves":2,"root":""#);
    let previous = value(r#""previous":""#);
    let zeros = "0".repeat(64);
    let journal = format!(r#","to":{}}}"#, last.journal_to);
    let beyond = format!(r#","to":{}}}"#, last.journal_to + 1);
    let pool = world.pool_id.to_string();
    let other = world.settlements[0].id.to_string();
    for (from, to, what) in [
        (
            r#""lines":{"leaves":2"#,
            r#""lines":{"leaves":3"#,
            "lines.leaves",
        ),
        (&*root, &*zeros, "lines.root"),
        (&*previous, &*zeros, "previous"),
        (r#""number":4"#, r#""number":5"#, "number"),
        (&*pool, &*other, "pool_id"),
        (&*journal, &*beyond, "journal.to"),
        (
            r#""journal":{"from":"#,
            r#""journal":{"from":1"#,
            "journal.from",
        ),
        (
            r#""rules_version":1"#,
            r#""rules_version":2"#,
            "rules_version",
        ),
        (r#""cadence":"month""#, r#""cadence":"quarter""#, "rules"),
        (r#""revision":1"#, r#""revision":2"#, "revision"),
        ("2025-03-01", "2025-04-01", "first_day"),
        ("2025-03-31", "2025-03-30", "last_day"),
        (
            r#""carried_in_cents":0"#,
            r#""carried_in_cents":1"#,
            "carried_in_cents",
        ),
    ] {
        let fault = audit(&resealed(from, to)).expect_err(what);
        let Finding::Settlement(SettlementFinding::Differs { what: found, .. }) = *fault.what
        else {
            panic!("{what}: {fault}")
        };
        assert_eq!(found, what);
    }
    let twice = audit(&resealed(&last.id.to_string(), &other)).expect_err("twice");
    let twice = *twice.what;
    assert!(
        matches!(twice, Finding::Settlement(SettlementFinding::Twice { .. })),
        "{twice}"
    );
}

/// What is sealed says nothing else, and nothing twice.
#[test]
fn a_seal_has_its_fields_and_no_other() {
    for (from, to) in [
        (r#"{"applied_rule""#, r#"{"a":1,"applied_rule""#),
        (r#""number":4"#, r#""number":4,"number":4"#),
        (r#""number":4"#, r#""number":"4""#),
        (r#""number":4,"#, ""),
        (r#""lines":{"#, r#""lines":{"a":1,"#),
        (r#""journal":{"#, r#""journal":{"a":1,"#),
        ("00.250000Z", "00.250000"),
    ] {
        let fault = audit(&resealed(from, to)).expect_err(to).to_string();
        assert!(fault.contains("the settlement cannot be read"), "{fault}");
    }
}
