//! Hosts are killed and connections cut while commands are on their way.
//!
//! Whoever sends a command repeats it under its key until there is an answer. In the
//! end each command that was acknowledged has happened once, and at no time was a part
//! of a settlement to be seen.

mod mishaps;
mod reader;
mod script;

use std::thread;

use mishaps::{Crew, Mishap};
use script::{Cast, bookings, payouts, settlements};

use super::dice::Dice;
use super::environment;
use super::model::book::Book;
use super::model::{compare, settled};
use crate::harness::serve_if_asked;

/// The test that is the host's process.
pub const HOST: &str = "ledger::kill::host_process";

/// Does nothing, unless it is the child of another test.
#[test]
fn host_process() {
    serve_if_asked();
}

#[test]
fn what_was_acknowledged_has_happened_once() {
    let first: u64 = environment("RETIRE_SOAK_FIRST").unwrap_or(0);
    let count: u64 = environment("RETIRE_SOAK_KILLS").unwrap_or(4);
    for seed in first..first + count {
        println!("seed {seed}");
        run(&mut Dice::new(seed));
    }
}

/// Kills and cuts at commands that are chosen before, of the 60 or so that are sent.
fn plan(dice: &mut Dice) -> Vec<(usize, Mishap)> {
    let restarts = environment::<u32>("RETIRE_SOAK_RESTARTS").is_some();
    let mut plan: Vec<(usize, Mishap)> = Vec::new();
    for _ in 0..3 {
        plan.push((1 + dice.below(60), Mishap::Kill));
        plan.push((1 + dice.below(60), Mishap::Cut));
    }
    if restarts {
        plan.push((1 + dice.below(60), Mishap::Restart));
    }
    plan
}

fn run(dice: &mut Dice) {
    let crew = Crew::start(HOST, plan(dice));
    let cast = Cast::enrol(&crew);
    let states = cast.states();
    let reader = reader::Reader::new(&crew, &cast, &states);
    let done = thread::scope(|scope| {
        scope.spawn(|| crew.mishaps());
        let reading = scope.spawn(|| reader.read());
        let booking = scope.spawn(|| bookings(&crew, &cast));
        let paying = scope.spawn(|| payouts(&crew, &cast));
        let rival = scope.spawn(|| settlements(&crew, &cast, "rival"));
        settlements(&crew, &cast, "first");
        let mut done = booking.join().expect("no panic");
        done.extend(paying.join().expect("no panic"));
        rival.join().expect("no panic");
        crew.finish();
        reading.join().expect("no panic");
        done
    });

    // The settlements and the bookings do not depend on one another.
    let mut book = states.last().expect("a last state").clone();
    for (command, answer) in &done {
        book.apply(command, answer);
    }
    let mut admin = crew.database.admin();
    compare::balances(&mut admin, &book);
    let http = crew.http();
    compare::pool(&http, &book);
    compare::trial_balance(&http, &book);
    compare::members(&http, &book);
    settled::settlements(&http, &book);
    for one in &book.settlements {
        settled::lines(&http, &book, one);
    }
    settled::audit(&http, &book);
    require_once(&crew, &book);
}

/// Nothing that was acknowledged is missing, and nothing is there twice.
fn require_once(crew: &Crew, book: &Book) {
    crew.repeat_all();
    let mut admin = crew.database.admin();
    let mut count = |what: &str| -> usize {
        let count = admin.query_one(&format!("select count(*) from retire.{what}"), &[]);
        let count: i64 = count.expect("a count").get(0);
        usize::try_from(count).expect("a count")
    };
    assert_eq!(count("pool"), 1);
    assert_eq!(count("member"), book.people.len());
    assert_eq!(count("death"), book.reports.len());
    assert_eq!(count("payout"), book.payouts.len());
    assert_eq!(
        count("journal_entry where source like 'command:%'"),
        book.bookings.len()
    );
    assert_eq!(count("settlement"), book.settlements.len());
    assert_eq!(count("settlement_run"), 0);
    assert_eq!(count("idempotency where reply is null"), 0);
    // A settlement may have been recorded under a key that was answered later.
    let settles = "key like 'first-%' or key like 'rival-%'";
    let keys = crew.keys().into_iter();
    let keys = keys.filter(|key| !key.starts_with("first-") && !key.starts_with("rival-"));
    assert_eq!(
        count(&format!("idempotency where not ({settles})")),
        keys.count()
    );
}
