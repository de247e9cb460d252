//! Lines that are missing, doubled or out of order.

use audit::{Finding, FormFinding, JournalFinding, SettlementFinding};

use crate::audit;
use crate::bytes::is_sealed;
use crate::world::small;

#[test]
fn a_dropped_line_is_missed() {
    let export = small().export();
    for index in 0..export.len() {
        let mut lines = export.clone();
        let dropped = lines.remove(index);
        assert!(audit(&lines).is_err(), "{dropped}");
    }
}

#[test]
fn a_doubled_line_is_noticed() {
    let export = small().export();
    for index in 0..export.len() {
        let mut lines = export.clone();
        lines.insert(index, export[index].clone());
        assert!(audit(&lines).is_err(), "{}", export[index]);
    }
}

#[test]
fn swapped_lines_are_noticed() {
    let export = small().export();
    for index in 1..export.len() {
        if is_sealed(&export[index]) || is_sealed(&export[index - 1]) {
            let mut lines = export.clone();
            lines.swap(index - 1, index);
            assert!(audit(&lines).is_err(), "{}", export[index]);
        }
    }
}

/// Such as a death that is told after the journal.
#[test]
fn lines_come_in_the_order_of_an_export() {
    let export = small().export();
    for line in &export {
        for to in [0, export.len()] {
            let is_in_order = match to {
                0 => line.contains(r#": "pool""#),
                _ => line.contains(r#""settlement_reversal""#),
            };
            let mut lines = export.clone();
            lines.insert(to, line.clone());
            let fault = audit(&lines).expect_err(line).to_string();
            assert!(is_in_order || fault.contains("cannot follow"), "{fault}");
        }
    }
}

#[test]
fn an_export_that_ends_early_is_noticed() {
    let export = small().export();
    let first = export
        .iter()
        .position(|l| l.starts_with(r#"{"type":"settlement""#))
        .expect("one");
    for end in 0..export.len() {
        assert!(audit(&export[..end]).is_err(), "{end}");
    }
    let last = &export[..export.len() - 1];
    let fault = audit(last).expect_err("no end");
    assert_eq!(fault.what, Box::new(Finding::Form(FormFinding::CutOff)));
    let cut = &export[first][..export[first].len() - 1];
    let mut lines = export[..first].to_vec();
    lines.push(cut.to_owned());
    assert!(audit(&lines).is_err());
}

#[test]
fn what_is_no_line_is_refused() {
    let export = small().export();
    for bad in [
        "",
        "null",
        "{}",
        "[]",
        r#"{"type":"pool"}"#,
        r#"{"type":"other","row":{}}"#,
        "\u{0}",
    ] {
        for index in [0, 1, export.len() / 2, export.len()] {
            let mut lines = export.clone();
            lines.insert(index, bad.to_owned());
            let fault = audit(&lines).expect_err("no line");
            assert_eq!(fault.line, index as u64 + 1);
        }
    }
    let fault = audit::<&str>(&[]).expect_err("empty");
    assert_eq!(*fault.what, Finding::Form(FormFinding::Empty));
}

#[test]
fn a_dropped_settlement_is_missed() {
    let world = small();
    // Its lines too, and the chain made anew.
    for index in 0..world.settlements.len() {
        let mut other = world.clone();
        let id = other.settlements.remove(index).id;
        other
            .reversals
            .retain(|(replaced, by)| *replaced != id && *by != id);
        for settlement in &mut other.settlements {
            settlement.replaces = settlement.replaces.filter(|replaced| *replaced != id);
        }
        let found = audit(&other.export());
        // The last one moved nothing: that it is missing says the published head.
        assert_eq!(found.is_err(), index < 3, "{index}");
    }
    let mut shorter = world;
    shorter.settlements.truncate(2);
    shorter.reversals.clear();
    let fault = audit(&shorter.export()).expect_err("the third moved something");
    let unknown = matches!(
        *fault.what,
        Finding::Journal(JournalFinding::UnknownSettlement { .. })
            | Finding::Settlement(SettlementFinding::TakenBack { .. })
    );
    assert!(unknown, "{fault}");
}
