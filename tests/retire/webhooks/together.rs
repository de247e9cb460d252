//! Deliveries at the same time.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::quarantine::listed;
use super::{balance, in_state, package};
use crate::harness::{App, cash, text};

/// Senders at a time.
const SENDERS: usize = 8;
/// The events that each of them has.
const EVENTS: usize = 90;

/// Eight senders have the same events, each in another order and every second one with other
/// amounts under the same ids. Nobody waits for ever, whoever is first counts, and what the
/// others say differently is kept beside it, once.
#[test]
fn of_the_same_events_at_the_same_time_one_counts() {
    let app = App::start();
    let member = app.open_pool().member(1, 0);
    let group = super::group(1);
    let first: Vec<Value> = (0..EVENTS)
        .map(|_| cash(group, "TOPUP", 10_00, "2025-06-02"))
        .collect();
    let differing = |event: &Value| {
        let mut other = event.clone();
        other["object"]["delta"]["amount"] = json!("11.00");
        other
    };
    let second: Vec<Value> = first.iter().map(differing).collect();
    let (together, fresh) = (Barrier::new(SENDERS), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let mut events = [&first, &second][sender % 2].clone();
            events.rotate_left(11 * sender);
            if sender % 4 > 1 {
                events.reverse();
            }
            let (app, together, fresh) = (&app, &together, &fresh);
            scope.spawn(move || {
                together.wait();
                let answer = app.client.try_deliver(&package(&events));
                let answer = answer.expect("an answer");
                assert_eq!(answer.status, 200, "{}", text(&answer));
                let reply: Value = answer.json().expect("a reply");
                fresh.fetch_add(
                    reply["fresh"].as_u64().expect("a number"),
                    Ordering::Relaxed,
                );
            });
        }
    });
    assert_eq!(fresh.into_inner(), 2 * EVENTS as u64);
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    let row = app
        .database
        .admin()
        .query_one(deadlocks, &[])
        .expect("a row");
    assert_eq!(row.get::<_, i64>(0), 0, "nobody waits in a circle");
    let reasons: Vec<String> = listed(&app).into_iter().map(|event| event.reason).collect();
    assert_eq!(reasons, ["id-reused"; EVENTS]);
    // One package is stored before the other: all of it counts.
    let balance = balance(&app, member);
    assert!(
        [EVENTS as i64 * 10_00, EVENTS as i64 * 11_00].contains(&balance),
        "{balance}"
    );
    // And the event that has linked the member.
    assert_eq!(in_state(&app, "applied"), Some(EVENTS as i64 + 1));
    assert_eq!(in_state(&app, "quarantined"), Some(EVENTS as i64));
}
