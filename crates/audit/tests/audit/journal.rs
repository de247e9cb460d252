//! A journal that does not add up, hashed anew.

use audit::{Fault, Finding, JournalFinding};

use crate::forgeries::forged;
use crate::world::{member, small, two_years};

#[test]
fn a_journal_that_does_not_add_up_is_named_by_entry() {
    let world = small();
    type Change = fn(&mut crate::world::Entry);
    let changes: [(&str, Change); 5] = [
        ("sum to", |entry| entry.postings[0].amount += 1),
        ("no postings", |entry| entry.postings.clear()),
        ("which no pool has", |entry| entry.postings[0].member = None),
        ("comes after", |entry| entry.id = 1),
        ("does not fit settlement_id", |entry| {
            entry.settlement = Some(member(1))
        }),
    ];
    for (expected, change) in changes {
        let mut other = world.clone();
        change(&mut other.entries[1]);
        let id = other.entries[1].id;
        let fault = forged(&other);
        assert!(
            fault.to_string().contains(&format!("entry {id} ")),
            "{fault}"
        );
        assert!(fault.to_string().contains(expected), "{fault}");
    }
}

#[test]
fn a_reversal_takes_back_what_was_booked_and_once() {
    let world = two_years();
    let at = world
        .entries
        .iter()
        .position(|e| e.source.starts_with("reversal:"))
        .expect("one");
    let reverses = world.entries[at].reverses.expect("it");

    let mut other = world.clone();
    for posting in &mut other.entries[at].postings {
        posting.amount *= 2;
    }
    let journal = |fault: Fault| match *fault.what {
        Finding::Journal(finding) => finding,
        other => panic!("{other}"),
    };
    assert!(matches!(
        journal(forged(&other)),
        JournalFinding::NotNegation { .. }
    ));

    let mut other = world.clone();
    other.reverse(reverses, time::macros::date!(2026 - 01 - 05));
    let twice = journal(forged(&other));
    assert!(
        matches!(twice, JournalFinding::ReversedTwice { .. }),
        "{twice}"
    );

    let mut other = world.clone();
    other.entries[at].reverses = Some(2);
    other.entries[at].source = "reversal:2".to_owned();
    assert!(matches!(
        journal(forged(&other)),
        JournalFinding::ReversesUnknown { .. }
    ));
}
