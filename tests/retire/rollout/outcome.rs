//! What must be true after a rehearsal, and what was measured.

use std::time::{Duration, Instant};

use audit::Audit;
use serde_json::{Value, json};

use super::load::{Kind, Load, Sent};
use super::proxy::Side;
use crate::harness::{Database, text};
use crate::ledger::get;

/// A switch of the proxy, from the order to its confirmation.
#[derive(Clone, Copy, Debug)]
pub struct Switch {
    pub to: Side,
    pub start: Instant,
    pub end: Instant,
}

/// Each request was answered by the side that was on when it was sent; while a switch is
/// made by either, but once one was answered by the new side, none that was sent later is
/// answered by the old one, whatever its function.
pub fn require_one_set(sent: &[Sent], switches: &[Switch], names: [&str; 2]) {
    let mut answered = [0, 0];
    for one in sent {
        let name = names.iter().position(|name| *name == one.schema);
        answered[name.expect("one of the two")] += 1;
        let before = switches.iter().rev().find(|switch| switch.end < one.start);
        let expected = before.map_or(Side::This, |switch| switch.to);
        let during: Vec<&Switch> = switches
            .iter()
            .filter(|switch| switch.end >= one.start && switch.start <= one.end)
            .collect();
        let is_expected = one.schema == names[expected as usize];
        let is_new = during
            .iter()
            .any(|switch| one.schema == names[switch.to as usize]);
        assert!(
            is_expected || is_new,
            "{one:?} was answered by a side that was off"
        );
    }
    for switch in switches {
        let new = names[switch.to as usize];
        let around = |one: &&Sent| one.end >= switch.start;
        let until = switches
            .iter()
            .map(|later| later.start)
            .filter(|start| *start > switch.start)
            .min();
        let first_new = sent
            .iter()
            .filter(around)
            .filter(|one| one.schema == new && one.start >= switch.start)
            .map(|one| one.end)
            .min();
        for one in sent {
            let is_later = first_new.is_some_and(|first| one.start > first);
            let is_of_this = until.is_none_or(|until| one.end < until);
            assert!(
                !(is_later && is_of_this) || one.schema == new,
                "{one:?} came after an answer of the new side"
            );
        }
    }
    assert!(answered.iter().all(|count| *count > 0), "{answered:?}");
}

/// Every account has what was acknowledged, no more; the journal sums to zero, and a
/// settlement after it all verifies from the export.
pub fn require_books(database: &Database, load: &Load, sent: &[Sent]) {
    let mut expected = vec![0; load.members.len()];
    let mut entries = 0_i64;
    for one in sent {
        if let Kind::Booking { member, cents } | Kind::Event { member, cents } = one.kind {
            expected[member] += cents;
            entries += 1;
        }
    }
    assert!(entries > 0);
    assert_eq!(database.count("journal_entry"), entries);
    for (member, cents) in load.members.iter().zip(expected) {
        let answer = get(&load.http, &format!("/v1/data/members/{member}")).expect("an answer");
        let account: Value = answer.json().expect("JSON");
        assert_eq!(account["cash_cents"], cents, "{member}");
    }
    let path = format!("/v1/pools/{}/settlements", load.pool);
    let settled = load
        .http
        .try_command(&path, "settle", &json!({"period": "2025-06"}));
    let settled = settled.expect("an answer");
    assert_eq!(settled.status, 201, "{}", text(&settled));
    let path = format!("/v1/pools/{}/export", load.pool);
    let export = get(&load.http, &path).expect("an answer");
    assert_eq!(export.status, 200, "{}", text(&export));
    let mut audit = Audit::new();
    for line in text(&export).lines() {
        audit.push(line).expect("it verifies");
    }
    let report = audit.finish().expect("it verifies");
    assert_eq!(report.settlements, 1);
    assert!(report.entries >= u64::try_from(entries).expect("a count"));
}

/// Everything that was acknowledged, sent once more, changes nothing.
pub fn require_once(database: &Database, load: &Load, sent: &[Sent]) {
    let before = database.rows();
    for one in sent
        .iter()
        .filter(|one| matches!(one.kind, Kind::Booking { .. }))
    {
        load.repeat(one);
    }
    assert_eq!(database.rows(), before);
}

/// Prints what was measured.
#[allow(clippy::print_stdout, reason = "figures for a reader")]
pub fn figures(name: &str, sent: &[Sent], switches: &[Switch]) {
    let mut all: Vec<Duration> = sent.iter().map(|one| one.end - one.start).collect();
    let during = |one: &&Sent| {
        let overlaps = |s: &&Switch| s.end >= one.start && s.start <= one.end;
        switches.iter().any(|switch| overlaps(&switch))
    };
    let mut met: Vec<Duration> = sent
        .iter()
        .filter(during)
        .map(|one| one.end - one.start)
        .collect();
    let begin = sent.iter().map(|one| one.start).min();
    let end = sent.iter().map(|one| one.end).max();
    let elapsed = begin
        .zip(end)
        .map_or(Duration::ZERO, |(begin, end)| end - begin);
    let took = switches
        .iter()
        .map(|switch| switch.end - switch.start)
        .max();
    let repeated = sent.iter().filter(|one| one.tries > 1).count();
    println!(
        "{name}: {} requests in {elapsed:.1?}, {} switches",
        sent.len(),
        switches.len()
    );
    println!("repeated by the caller: {repeated}; slowest switch {took:.1?}");
    println!(
        "latency {}; of {} that met a switch {}",
        spread(&mut all),
        met.len(),
        spread(&mut met)
    );
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| {
        let rank = (times.len() * percent).div_ceil(100).max(1) - 1;
        times.get(rank).copied().unwrap_or_default()
    };
    format!(
        "p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
        at(50),
        at(99),
        at(100)
    )
}
