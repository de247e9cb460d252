//! What the journal has after the last seal is not sealed, but it adds up.

use audit::Finding;
use ledger::EntryKind;
use time::macros::date;
use uuid::Uuid;

use crate::audit;
use crate::world::{Posting, World, member, posting, small, wrapped};

/// A pool that was never settled.
fn unsettled() -> World {
    let mut world = small();
    world.settlements.clear();
    world.reversals.clear();
    world.entries.retain(|entry| entry.settlement.is_none());
    world
}

/// The export with the texts of postings written otherwise, and hashed so.
fn with_posting(world: &World, at: usize, change: impl Fn(&str) -> String) -> Vec<String> {
    let mut export = world.export();
    let postings = export
        .iter_mut()
        .filter(|line| line.starts_with(r#"{"type":"posting""#));
    let line = postings.into_iter().nth(at).expect("a posting");
    let begin = line.find(r#""body":"#).expect("a body") + r#""body":"#.len();
    *line = wrapped("posting", &change(&line[begin..line.len() - 1]));
    export
}

#[test]
fn postings_that_are_written_otherwise_are_found() {
    let world = unsettled();
    let id = world.entries[0].id;
    let entry_id = format!(r#""entry_id":{id},"#);
    for (from, to, expected) in [
        (
            &*entry_id,
            r#""entry_id":1,"#,
            "a posting of the entry 1 stands among",
        ),
        (
            r#""amount_minor":100000"#,
            r#""amount_minor":0"#,
            "a posting of nothing",
        ),
        (
            r#""balance_after_minor":100000"#,
            r#""balance_after_minor":100001"#,
            "holds 100000, and it says 100001",
        ),
        ("\"member\"", "\"broker\"", "which no pool has"),
        ("\"member\"", "\"purse\"", "the posting cannot be read"),
        ("\"EUR\"", "\"USD\"", "to zero"),
        (
            r#"{"account""#,
            r#"{"x":1,"account""#,
            "the posting cannot be read",
        ),
    ] {
        let export = with_posting(&world, 1, |body| {
            assert!(body.contains(from), "{body}");
            let body = body.replace(from, to);
            // What the account holds fits the amount, so that only one thing is wrong.
            if to.ends_with(":0") {
                body.replace("minor\":100000", "minor\":0")
            } else {
                body
            }
        });
        let fault = audit(&export).expect_err(expected).to_string();
        assert!(fault.contains(expected), "{fault}");
    }
    let stranger = member(77).to_string();
    let export = with_posting(&world, 1, |body| {
        body.replace(&member(1).to_string(), &stranger)
    });
    let fault = audit(&export).expect_err("a stranger").to_string();
    assert!(fault.contains(&stranger), "{fault}");
}

#[test]
fn postings_are_in_the_order_of_their_accounts_and_each_occurs_once() {
    let world = unsettled();
    let mut export = world.export();
    let is_posting = |line: &String| line.starts_with(r#"{"type":"posting""#);
    let first = export.iter().position(is_posting).expect("a posting");
    export.swap(first, first + 1);
    let fault = audit(&export).expect_err("swapped").to_string();
    assert!(
        fault.contains("out of order at the account broker EUR"),
        "{fault}"
    );

    let mut twice = world;
    let broker = posting("broker", None, "EUR", -1);
    twice.entries[0]
        .postings
        .extend([broker, posting("member", Some(member(2)), "EUR", 1)]);
    let fault = audit(&twice.export()).expect_err("twice").to_string();
    assert!(
        fault.contains("out of order at the account broker EUR"),
        "{fault}"
    );
}

/// Books one entry more.
fn and(source: &str, change: impl Fn(&mut crate::world::Entry)) -> Result<(), String> {
    let mut world = unsettled();
    let first = world.entries[0].clone();
    let postings: Vec<Posting> = match source.starts_with("reversal") {
        true => first
            .postings
            .iter()
            .map(|p| Posting {
                amount: -p.amount,
                ..p.clone()
            })
            .collect(),
        false => first.postings,
    };
    let day = date!(2025 - 05 - 05);
    world.book(EntryKind::Contribution, source.to_owned(), day, postings);
    change(world.entries.last_mut().expect("the entry"));
    audit(&world.export())
        .map(|_| ())
        .map_err(|fault| fault.to_string())
}

#[test]
fn a_source_is_recorded_once_and_says_what_the_entry_is() {
    let known = unsettled().entries[0].source.clone();
    let id = member(1);
    let of = |part: &str| format!("settlement:{id}:{part}");
    let mine = |kind| {
        move |entry: &mut crate::world::Entry| {
            (entry.settlement, entry.kind) = (Some(id), kind);
        }
    };
    assert_eq!(and("command:new:1", |_| {}), Ok(()));
    let (forfeiture, credit) = (EntryKind::Forfeiture, EntryKind::LongevityCredit);
    let unfit = |fault: Result<(), String>, what: &str| {
        let fault = fault.expect_err(what);
        assert!(fault.ends_with(&format!("does not fit {what}")), "{fault}");
    };
    let twice = and(&known, |_| {}).expect_err("twice");
    assert!(twice.contains("which an earlier one has"), "{twice}");
    unfit(
        and("command:new:1", |entry| entry.reverses = Some(3)),
        "reverses",
    );
    unfit(
        and("reversal:4", |entry| entry.reverses = Some(3)),
        "reverses",
    );
    unfit(and("reversal:3", |_| {}), "reverses");
    unfit(and(&of("credit:0"), |_| {}), "settlement_id");
    unfit(
        and(&of("credit:0"), |entry| entry.settlement = Some(member(2))),
        "settlement_id",
    );
    unfit(and(&of("other"), mine(credit)), "settlement_id");
    unfit(and("settlement:", mine(credit)), "settlement_id");
    for part in [
        "credit",
        "credit:",
        "credit:01",
        "credit:+1",
        "credit:0:0",
        "forfeiture:x",
    ] {
        assert!(and(&of(part), mine(credit)).is_err(), "{part}");
    }
    unfit(and(&of("credit:0"), mine(forfeiture)), "kind");
    unfit(and(&of("forfeiture:0"), mine(credit)), "kind");
    unfit(and(&of("later:2025-5-5"), mine(forfeiture)), "effective_on");
    let day = and(&of("later:2025-05-06"), mine(forfeiture)).expect_err("another day");
    assert!(
        day.contains("counts from 2025-05-05, not from 2025-05-06"),
        "{day}"
    );
    let unknown = and(&of("later:2025-05-05"), mine(forfeiture)).expect_err("unknown");
    assert!(
        unknown.contains("which the export does not have"),
        "{unknown}"
    );
}

#[test]
fn a_reversal_is_like_what_it_takes_back() {
    let first = unsettled().entries[0].id;
    let source = format!("reversal:{first}");
    let reverse = |change: &dyn Fn(&mut crate::world::Entry)| {
        and(&source, |entry| {
            entry.reverses = Some(first);
            change(entry);
        })
    };
    assert_eq!(reverse(&|_| {}), Ok(()));
    let differs = |change: &dyn Fn(&mut crate::world::Entry), what: &str| {
        let fault = reverse(change).expect_err(what);
        assert!(fault.ends_with(what), "{fault}");
    };
    differs(&|entry| entry.kind = EntryKind::Fee, "another kind");
    differs(
        &|entry| entry.settlement = Some(Uuid::nil()),
        "another settlement_id",
    );
    differs(
        &|entry| entry.effective_on = date!(2025 - 01 - 01),
        "another effective_on",
    );
    differs(&|entry| entry.postings.truncate(0), "no postings");
    let other = |entry: &mut crate::world::Entry| entry.postings[0].member = Some(member(2));
    differs(&other, &format!("account member {} EUR", member(2)));
}

#[test]
fn an_entry_is_taken_back_once_and_a_reversal_never() {
    let mut world = unsettled();
    let first = world.entries[0].id;
    world.reverse(first, date!(2025 - 05 - 05));
    let again = world.entries.last().expect("the reversal").id;
    world.reverse(again, date!(2025 - 05 - 06));
    let fault = audit(&world.export())
        .expect_err("a reversal of a reversal")
        .to_string();
    assert!(
        fault.contains(&format!("there is no earlier booking {again}")),
        "{fault}"
    );

    // A source of its own does not help: it does not say what is reversed.
    let last = world.entries.last_mut().expect("it");
    (last.reverses, last.source) = (Some(first), format!("reversal:{first} "));
    let fault = audit(&world.export()).expect_err("twice").to_string();
    assert!(fault.contains("does not fit reverses"), "{fault}");
    world.entries.last_mut().expect("it").source = format!("reversal:{first}");
    let fault = audit(&world.export()).expect_err("twice");
    assert!(matches!(*fault.what, Finding::Journal(_)), "{fault}");
}
