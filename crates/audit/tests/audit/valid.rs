//! Exports as they are.

use crate::audit;
use crate::world::{small, two_years};

#[test]
fn a_small_pool() {
    let export = small().export();
    let report = audit(&export).expect("valid");
    assert_eq!(report.settlements, 4);
    assert_eq!(report.lines, 4 + 3 + 3 + 2);
    assert_eq!(report.heads.len(), 4);
    assert_eq!(report.head, report.heads.last().copied());
    assert_eq!(report.engines, ["e3b0"]);
    let count = |kind: &str| {
        let begin = format!(r#"{{"type":"{kind}","#);
        export
            .iter()
            .filter(|line| line.starts_with(&begin))
            .count() as u64
    };
    assert_eq!(report.entries, count("entry"));
    assert_eq!(report.postings, count("posting"));
}

#[test]
fn two_years_with_everything() {
    let world = two_years();
    let report = audit(&world.export()).expect("valid");
    assert_eq!(report.settlements, world.settlements.len() as u64);
    assert!(world.reversals.len() >= 5, "{}", world.reversals.len());
    let has = |part: &str| {
        world
            .entries
            .iter()
            .any(|entry| entry.source.contains(part))
    };
    for part in [
        ":credit",
        ":forfeiture",
        ":later:",
        ":returned:",
        "payout:",
        "reversal:",
    ] {
        assert!(has(part), "{part}");
    }
    let estates = world.settlements.iter().flat_map(|s| &s.lines);
    assert!(estates.clone().any(|line| line.estate_cents.get() > 0));
    assert!(estates.clone().any(|line| line.age_months.is_none()));
}

#[test]
fn a_pool_that_was_never_settled() {
    let mut world = small();
    world.settlements.clear();
    world.reversals.clear();
    world.entries.retain(|entry| entry.settlement.is_none());
    let report = audit(&world.export()).expect("valid");
    assert_eq!((report.settlements, report.head), (0, None));
}
