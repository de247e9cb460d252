//! Many events on many connections while the host is killed and started again.
//!
//! The simulator repeats as Upvest does. In the end every event has been applied once,
//! and the ledger is that of the same events delivered once, in order, in peace.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, RwLock};
use std::thread;

use serde_json::json;
use simulator::Client;
use simulator::sender::{DeliveryReport, Package, Packaging, Schedule, Tolerated, deliver};
use simulator::traffic::{EXAMPLE, Traffic, TrafficScenario};
use uuid::Uuid;

use crate::harness::{App, Database, HostProcess, client, pool_command, serve_if_asked, text};

/// The test that is the host's process.
const HOST: &str = "webhooks::load::host_process";
const SEED: u64 = 5;
const CONNECTIONS: usize = 16;

/// Does nothing, unless it is the child of another test.
#[test]
fn host_process() {
    serve_if_asked();
}

/// `RETIRE_SOAK_EVENTS` makes it more than the slice that always runs.
#[test]
fn every_event_is_applied_once_whatever_is_killed() {
    let soak = std::env::var("RETIRE_SOAK_EVENTS");
    let soak: Option<usize> = soak.ok().and_then(|text| text.parse().ok());
    let (events, package, kills) = match soak {
        Some(events) => (events, 50, 10),
        None => (600, 20, 2),
    };
    let mut scenario = TrafficScenario::read(EXAMPLE).expect("the example is right");
    scenario.accounts = u32::try_from(events / 50).expect("few");
    scenario.per_mille.poison = 20;
    let traffic = Traffic::draw(&scenario, events, SEED).expect("drawn");
    assert!(!traffic.poison.is_empty());
    let packaging = Packaging {
        max_octets: 1 << 20,
        max_events: package,
        splits_per_mille: scenario.per_mille.splits,
        forged_per_mille: 50,
    };
    let arrivals = traffic.arrivals(&scenario.per_mille, SEED);
    let packages = packaging.pack(&arrivals, SEED);

    let database = Database::create();
    let report = attacked(&database, &traffic, &packages, kills);
    assert_eq!(report.answers[&Some(200)], packages.len());
    let known = [None, Some(200), Some(401), Some(503)];
    assert!(
        report.answers.keys().all(|status| known.contains(status)),
        "{:?}",
        report.answers
    );
    // Whoever sent to a dead host had no answer.
    assert!(report.answers[&None] >= kills, "{:?}", report.answers);

    let found = state(&database);
    let calm = App::start();
    let join = enrol(&calm.client, &traffic.users);
    join(0, 2);
    join(1, 2);
    let in_order = Packaging {
        max_events: 250,
        splits_per_mille: 0,
        forged_per_mille: 0,
        ..packaging
    };
    for package in in_order.pack(&traffic.events, SEED) {
        let answer = calm.client.try_deliver(&package.body).expect("an answer");
        assert_eq!(answer.status, 200, "{}", text(&answer));
    }
    let expected = state(&calm.database);
    for (name, rows) in &expected {
        assert_eq!(&found[name], rows, "{name}");
        assert!(!rows.is_empty(), "{name}");
    }

    // By the events themselves: none is lost, and the poison alone is in quarantine.
    let mut poison: Vec<String> = traffic.poison.iter().map(Uuid::to_string).collect();
    poison.sort_unstable();
    assert_eq!(found["quarantine"], poison);
    assert_eq!(found["events"].len(), events);
}

/// Delivers all packages while the host is killed so many times.
fn attacked(
    database: &Database,
    traffic: &Traffic,
    packages: &[Package],
    kills: usize,
) -> DeliveryReport {
    let connect = |host: &HostProcess| client(&format!("http://{}", host.address));
    let host = Mutex::new(HostProcess::start(database, HOST));
    let client = connect(&host.lock().expect("no panic"));
    // Half of the members are known before, half after.
    enrol(&client, &traffic.users)(0, 2);
    let webhook = RwLock::new(client.webhook().expect("an address"));
    let sent = AtomicUsize::new(0);
    let (alarm, alarms) = channel();
    let alarm = Mutex::new(alarm);
    let report = thread::scope(|scope| {
        let killer = scope.spawn(|| {
            for () in alarms {
                let mut host = host.lock().expect("no panic");
                host.kill();
                *host = HostProcess::start(database, HOST);
                *webhook.write().expect("no panic") = connect(&host).webhook().expect("an address");
            }
        });
        let post = |package: usize, failures: u32| {
            let number = 1 + sent.fetch_add(1, Ordering::Relaxed);
            if (1..=kills).any(|kill| number == packages.len() * kill / (kills + 1)) {
                // While this package is on its way, and those of the others.
                alarm
                    .lock()
                    .expect("no panic")
                    .send(())
                    .expect("somebody listens");
            }
            let webhook = webhook.read().expect("no panic");
            Ok(webhook.post(&packages[package], failures)?.status)
        };
        let schedule = Schedule::scaled(0.001).expect("a scale");
        let everything = Tolerated::everything();
        let report = deliver(packages, CONNECTIONS, schedule, &everything, &post);
        // The last kill may come after the last answer.
        drop(std::mem::replace(
            &mut *alarm.lock().expect("no panic"),
            channel().0,
        ));
        killer.join().expect("no panic");
        report.expect("delivered")
    });
    let client = connect(&host.lock().expect("no panic"));
    enrol(&client, &traffic.users)(1, 2);
    report
}

/// Opens a pool and gives what enrols every so manieth of the users, from one on.
fn enrol<'a>(client: &'a Client, users: &'a [Uuid]) -> impl Fn(usize, usize) + 'a {
    move |first, step| {
        let pool: serde_json::Value = client
            .command("/v1/pools", "load-pool", &pool_command())
            .expect("a pool");
        let pool = pool["pool_id"].as_str().expect("an id").to_owned();
        for user in users.iter().skip(first).step_by(step) {
            let command = json!({
                "upvest_user_id": user, "sex": "female", "enrolled_on": "2025-05-01",
            });
            let path = format!("/v1/pools/{pool}/members");
            let _: serde_json::Value = client
                .command(&path, &format!("load-{user}"), &command)
                .expect("a member");
        }
    }
}

/// What is left of it in the end.
fn state(database: &Database) -> BTreeMap<&'static str, Vec<String>> {
    let questions = [
        (
            "events",
            "select event_id || ' ' || state || ' ' || coalesce(reason, '')
             from retire.webhook_event order by 1",
        ),
        (
            "quarantine",
            "select event_id::text from retire.webhook_event where state = 'quarantined' order by 1",
        ),
        (
            "journal",
            "select concat_ws(' ', regexp_replace(e.source, ':\\d+$', ''), e.kind, e.effective_on,
                 (select source from retire.journal_entry o where o.entry_id = e.reverses),
                 m.upvest_user_id, a.kind, a.asset_id, p.amount_minor)
             from retire.journal_entry e join retire.posting p using (entry_id)
             join retire.account a using (account_id) left join retire.member m using (member_id)
             order by 1",
        ),
        (
            "balances",
            "select concat_ws(' ', m.upvest_user_id, a.kind, a.asset_id, b.amount_minor)
             from retire.balance b join retire.account a using (account_id)
             left join retire.member m using (member_id) order by 1",
        ),
        (
            "transactions",
            "select concat_ws(' ', transaction_id, account_group_id, asset_id, amount_minor, posted)
             from retire.broker_transaction order by 1",
        ),
        (
            "objects",
            "select concat_ws(' ', category, object_id, status, event_id)
             from retire.broker_object order by 1",
        ),
        (
            "snapshots",
            "select concat_ws(' ', account_group_id, amount_minor, event_id)
             from retire.broker_cash_balance
             union all
             select concat_ws(' ', broker_account_id, asset_id, quantity_minor, event_id)
             from retire.broker_position
             union all
             select concat_ws(' ', broker_account_id, valued_on, event_id)
             from retire.broker_valuation order by 1",
        ),
    ];
    let mut admin = database.admin();
    questions
        .into_iter()
        .map(|(name, question)| {
            let rows = admin.query(question, &[]).expect(name);
            (name, rows.iter().map(|row| row.get(0)).collect())
        })
        .collect()
}
