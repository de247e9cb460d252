//! Exports as they are.

use crate::audit;
use crate::world::{large, small, two_years};

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

/// Entries of a settlement are for a thousand lines each, and its tiles for 256.
#[test]
fn a_pool_of_thousands() {
    let world = large();
    let sources = world
        .entries
        .iter()
        .filter(|entry| entry.settlement.is_some());
    let sources: Vec<&str> = sources.map(|entry| &entry.source[48..]).collect();
    assert_eq!(
        sources,
        [
            "forfeiture:0",
            "forfeiture:2",
            "credit:0",
            "credit:1",
            "credit:2"
        ]
    );
    let report = audit(&world.export()).expect("valid");
    assert_eq!(report.lines, 2_100);

    // A credit that is posted with those of other lines.
    let mut other = world;
    let last = other.entries.len() - 1;
    let [from, to] = [last - 1, last];
    let credit = other.entries[from].postings.remove(0);
    for (at, amount) in [(from, credit.amount), (to, -credit.amount)] {
        let postings = other.entries[at].postings.iter_mut();
        postings
            .filter(|p| p.kind == "pot")
            .for_each(|p| p.amount += amount);
    }
    other.entries[to].postings.push(credit.clone());
    let fault = audit(&other.export())
        .expect_err("not its entry")
        .to_string();
    let member = credit.member.expect("a member").to_string();
    assert!(
        fault.contains("credit entry") && fault.contains(&member),
        "{fault}"
    );
}
