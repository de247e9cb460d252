//! Somebody who runs the ledger changes something and makes everything anew that is made
//! from it: leaves, roots, tiles, seals, the chain. What was changed is named.

use audit::{Fault, Finding, RowFinding, SettlementFinding};
use ledger::settlement::Fate;
use money::Cents;

use crate::audit;
use crate::world::{World, member, small, two_years};

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

pub fn forged(world: &World) -> Fault {
    let export = world.export();
    let fault = audit(&export).expect_err("forged");
    assert!(fault.line as usize <= export.len());
    fault
}

fn settlement(fault: Fault) -> SettlementFinding {
    match *fault.what {
        Finding::Settlement(finding) => finding,
        other => panic!("{other}"),
    }
}

/// Moves a cent between two credits of the first settlement, in the journal too.
#[test]
fn an_altered_credit_is_named_by_member() {
    let world = small();
    for (gains, loses) in [(2, 3), (4, 2), (3, 4)] {
        let mut other = world.clone();
        let id = other.settlements[0].id;
        for line in &mut other.settlements[0].lines {
            let change = i64::from(line.member_id == member(gains))
                - i64::from(line.member_id == member(loses));
            line.credit_cents = cents(line.credit_cents.get() + change);
        }
        let source = format!("settlement:{id}:credit:0");
        for entry in &mut other.entries {
            let taken_back = if entry.source == source { 1 } else { continue };
            for posting in &mut entry.postings {
                let change = i64::from(posting.member == Some(member(gains)))
                    - i64::from(posting.member == Some(member(loses)));
                posting.amount += change * taken_back;
            }
        }
        let fault = forged(&other);
        let line = fault.line;
        let SettlementFinding::Line {
            settlement_id,
            member_id,
            what,
            expected,
            found,
        } = settlement(fault)
        else {
            panic!("another finding")
        };
        let first = gains.min(loses);
        assert_eq!(
            (settlement_id, member_id, what),
            (id, member(first), "the credit in cents")
        );
        let difference = found.parse::<i64>().unwrap() - expected.parse::<i64>().unwrap();
        assert_eq!(difference, if first == gains { 1 } else { -1 });
        assert!(other.export()[line as usize - 1].contains(&member(first).to_string()));
    }
}

/// What a forger does.
type Change<T> = fn(&mut T);

/// A change of the line of one member, and what names it.
#[test]
fn altered_lines_are_named_by_member() {
    let changes: [(&str, Change<ledger::settlement::Leaf>); 7] = [
        ("the rate of dying", |line| line.q = "0.01".parse().ok()),
        ("the cash in cents by the journal", |line| {
            line.cash_cents = cents(line.cash_cents.get() - 100);
            line.securities_cents = cents(line.securities_cents.get() + 100);
        }),
        ("another sex", |line| line.sex = mortality::Sex::Female),
        ("another age", |line| {
            line.age_months = line.age_months.map(|months| months + 1)
        }),
        ("was not at risk", |line| {
            (line.age_months, line.q) = (None, None)
        }),
        ("no death in the period", |line| {
            line.fate = Fate::LeftToPool
        }),
        ("no such member", |line| line.member_id = member(99)),
    ];
    let world = small();
    for (expected, change) in changes {
        let mut other = world.clone();
        let line = other.settlements[1].lines.last_mut().expect("a line");
        change(line);
        let id = line.member_id;
        let text = forged(&other).to_string();
        assert!(
            text.contains(expected) && text.contains(&id.to_string()),
            "{text}"
        );
    }
}

#[test]
fn altered_sums_of_a_settlement_are_found() {
    let changes: [(&str, Change<crate::world::Settlement>); 9] = [
        ("pot_cents", |s| s.pot += 1),
        ("carried_out_cents", |s| s.carried_out += 1),
        ("carried_in_cents", |s| s.carried_in += 1),
        ("group_gain", |s| s.group_gain = "1.000000000000".to_owned()),
        ("outcome", |s| s.outcome = tontine::Outcome::SoleSurvivor),
        ("applied_rule", |s| {
            s.applied_rule = "overlay_fund".to_owned()
        }),
        ("revision", |s| s.revision += 1),
        ("last_day", |s| {
            s.last_day = s.last_day.previous_day().expect("a day")
        }),
        ("journal.to", |s| s.journal_to += 1),
    ];
    let world = small();
    for (expected, change) in changes {
        for index in 0..world.settlements.len() {
            let mut other = world.clone();
            change(&mut other.settlements[index]);
            let id = world.settlements[index].id;
            match settlement(forged(&other)) {
                SettlementFinding::Differs {
                    settlement_id,
                    what,
                    ..
                } => {
                    assert_eq!((settlement_id, what), (id, expected));
                }
                other => panic!("{other}"),
            }
        }
    }
}

/// A contribution that was a cent less: the journal still adds up.
#[test]
fn an_altered_booking_is_named_by_its_member() {
    let world = two_years();
    let mut other = world.clone();
    let entry = other
        .entries
        .iter_mut()
        .find(|e| e.source.starts_with("command:"))
        .expect("one");
    for posting in &mut entry.postings {
        posting.amount -= posting.amount.signum();
    }
    match settlement(forged(&other)) {
        SettlementFinding::Line {
            settlement_id,
            member_id,
            what,
            expected,
            found,
        } => {
            assert_eq!(settlement_id, world.settlements[0].id);
            assert_eq!(
                (member_id, what),
                (member(1), "the cash in cents by the journal")
            );
            assert_eq!(
                found.parse::<i64>().unwrap() - expected.parse::<i64>().unwrap(),
                1
            );
        }
        other => panic!("{other}"),
    }
}

/// A booking that is dated back into a settled period.
#[test]
fn a_booking_that_is_dated_back_is_found() {
    let mut world = small();
    let entry = world
        .entries
        .iter_mut()
        .find(|e| e.effective_on == time::macros::date!(2025 - 03 - 02));
    entry.expect("a booking").effective_on = time::macros::date!(2025 - 02 - 02);
    let finding = settlement(forged(&world));
    let what = "the cash in cents by the journal";
    assert!(matches!(finding, SettlementFinding::Line { what: found, .. } if found == what));
}

#[test]
fn an_entry_of_a_settlement_that_moves_something_else_is_found() {
    let world = two_years();
    for part in ["credit", "forfeiture"] {
        let ends = format!(":{part}:0");
        let all = 0..world.entries.len();
        for index in all.filter(|at| world.entries[*at].source.ends_with(&ends)) {
            // A cent from one account to another.
            let mut other = world.clone();
            let entry = &mut other.entries[index];
            let id = entry.settlement.expect("a settlement");
            let euro = entry.postings.iter_mut().filter(|p| p.asset == "EUR");
            for (posting, change) in euro.zip([1, -1]) {
                posting.amount += change;
            }
            let text = forged(&other).to_string();
            assert!(
                text.contains(&id.to_string()) || text.contains("reverses"),
                "{text}"
            );
            // Nothing at all.
            let mut other = world.clone();
            other.entries.remove(index);
            let text = forged(&other).to_string();
            assert!(
                text.contains(&format!("no {part} entry")) || text.contains("no earlier"),
                "{text}"
            );
        }
    }
}

/// Entries are for a thousand lines each: one for lines that are not there moves what it
/// likes.
#[test]
fn an_entry_for_lines_that_are_not_there_is_found() {
    let world = small();
    for part in ["credit:0", "forfeiture:0"] {
        let source = format!("settlement:{}:{part}", world.settlements[0].id);
        for other in ["1", "4294967295"] {
            let mut other_world = world.clone();
            let mut entries = other_world.entries.iter_mut();
            let entry = entries.find(|entry| entry.source == source).expect("it");
            entry.source = source.replace(":0", &format!(":{other}"));
            let finding = settlement(forged(&other_world));
            assert!(
                matches!(finding, SettlementFinding::NoPart { .. }),
                "{finding}"
            );
        }
    }
}

#[test]
fn a_replaced_settlement_that_was_not_taken_back_is_found() {
    let world = two_years();
    let is_reversal = |at: &usize| {
        let entry = &world.entries[*at];
        entry.reverses.is_some() && entry.settlement.is_some()
    };
    for index in (0..world.entries.len()).filter(is_reversal) {
        let mut other = world.clone();
        other.entries.remove(index);
        let text = forged(&other).to_string();
        let named = ["was not reversed", "by the journal", "entry"];
        assert!(named.iter().any(|part| text.contains(part)), "{text}");
    }
}

#[test]
fn a_settlement_replaces_one_of_its_own_period_that_holds() {
    let world = small();
    for index in 0..3 {
        let mut other = world.clone();
        // The third takes the place of the second.
        let replaces = if index == 1 { 2 } else { 0 };
        other.settlements[index.max(2)].replaces = Some(world.settlements[replaces].id);
        let finding = settlement(forged(&other));
        assert!(
            matches!(finding, SettlementFinding::Replaces { .. }),
            "{finding}"
        );
    }
    let mut other = world.clone();
    other.settlements[3].replaces = Some(world.settlements[1].id);
    let finding = settlement(forged(&other));
    assert!(
        matches!(finding, SettlementFinding::Replaces { .. }),
        "{finding}"
    );
}

#[test]
fn a_settlement_that_holds_cannot_be_taken_back() {
    let mut world = small();
    let last = world.settlements[2].id;
    let entry = world
        .entries
        .iter()
        .find(|e| e.settlement == Some(last))
        .expect("an entry");
    let (id, day) = (entry.id, entry.effective_on);
    world.reverse(id, day);
    let finding = settlement(forged(&world));
    assert!(
        matches!(finding, SettlementFinding::TakenBack { .. }),
        "{finding}"
    );
}

/// The pot may not be emptied after the last settlement either.
#[test]
fn the_pot_is_accounted_for_at_the_end() {
    let mut world = small();
    let id = world.charge(member(4), time::macros::date!(2025 - 04 - 02), 5);
    world
        .entries
        .iter_mut()
        .find(|e| e.id == id)
        .expect("it")
        .postings[0]
        .kind = "pot";
    world
        .entries
        .iter_mut()
        .find(|e| e.id == id)
        .expect("it")
        .postings[0]
        .member = None;
    let finding = settlement(forged(&world));
    assert_eq!(
        finding,
        SettlementFinding::Pot {
            expected: 0,
            found: -5
        }
    );
}

#[test]
fn other_rules_give_other_credits() {
    let mut world = small();
    world.rules[0].text = world.rules[0]
        .text
        .replace("nominal_gain", "finite_pool_correction");
    let finding = settlement(forged(&world));
    assert!(
        matches!(finding, SettlementFinding::Line { .. }),
        "{finding}"
    );
}

#[test]
fn a_life_table_is_the_one_of_its_id() {
    let mut world = two_years();
    world.tables[0] = world.tables[0].replace("\"0.0881\"", "\"0.0882\"");
    assert_ne!(world.tables, two_years().tables);
    let fault = forged(&world);
    assert!(
        matches!(*fault.what, Finding::Row(RowFinding::Table { .. })),
        "{fault}"
    );
    let mut world = two_years();
    world.tables[0] = world.tables[0].replacen("\"name\":\"Own\"", "\"name\":\"Mine\"", 1);
    assert!(forged(&world).to_string().contains("it has the name Own"));
    world.tables.clear();
    let finding = settlement(forged(&world));
    assert!(
        matches!(finding, SettlementFinding::NoRates { .. }),
        "{finding}"
    );
}
