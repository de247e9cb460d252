//! Webhooks through HTTP and the shipped component, beside plain inserts of the same rows.

mod deliveries;
mod plain;
mod reads;

use std::time::Duration;

use anyhow::{Context as _, Result};
use simulator::sender::{DeliveryReport, Package, Schedule, Tolerated, deliver};
use simulator::{Client, sender::Webhook};

use crate::ledger::Plan;
use crate::ledger::scene::Scene;
use crate::report::Report;
use crate::stats::ms;
use deliveries::Deliveries;
use reads::Reads;

/// The pool's members.
const MEMBERS: u32 = 10_000;
/// The events of a package.
const EVENTS: usize = 50;
/// Reads a second beside the deliveries.
const READS_PER_S: u32 = 300;
/// For how long they go on before.
const WARM_UP: Duration = Duration::from_secs(3);

/// Connections at a time, of a sender that does not wait as Upvest does.
const MOST_CONNECTIONS: usize = 16;

/// Measures everything.
pub(crate) fn measure(report: &mut Report, plan: &Plan) -> Result<()> {
    let scene = Scene::start(&plan.runtime, MEMBERS)?;
    let deliveries = Deliveries::new(&scene)?;
    report.paragraph(
        "Through HTTP on the local host, which is in the process of the client, and the shipped \
         component, in a fresh instance per request. PostgreSQL 15 as installed, every commit on \
         disk (`fsync` and `synchronous_commit` are on). Every event is a movement of money of \
         one of 10,000 members, new and signed, and is booked before the answer.",
    );
    // The first deliveries of each connection pay for plans and caches.
    send(&scene, &deliveries, 40, EVENTS, 1)?;
    send(
        &scene,
        &deliveries,
        10 * MOST_CONNECTIONS,
        EVENTS,
        MOST_CONNECTIONS,
    )?;
    scene
        .database
        .admin()?
        .batch_execute("analyze; checkpoint")?;
    latencies(report, plan, &scene, &deliveries)?;
    rates(report, plan, &scene, &deliveries)?;
    scene.stop();
    Ok(())
}

/// Sends so many packages of so many events.
fn send(
    scene: &Scene,
    deliveries: &Deliveries,
    packages: usize,
    events: usize,
    connections: usize,
) -> Result<DeliveryReport> {
    let packages = deliveries.packages(packages, events);
    post(scene, &packages, connections)
}

/// Sends packages. They are signed before: that is the sender's work.
fn post(scene: &Scene, packages: &[Package], connections: usize) -> Result<DeliveryReport> {
    let webhook = webhook(scene)?;
    let signed = packages.iter().map(|package| webhook.sign(package, 0));
    let signed = signed.collect::<Result<Vec<_>>>()?;
    let nothing = Tolerated {
        statuses: Vec::new(),
        unanswered: false,
    };
    deliver(
        packages,
        connections,
        Schedule::UPVEST,
        &nothing,
        &|package, _| Ok(webhook.send(&signed[package])?.status),
    )
}

fn client(scene: &Scene) -> Result<Client> {
    let url = format!("http://{}", scene.application.running.address);
    Client::new(&url, &scene.application.keys)
}

fn webhook(scene: &Scene) -> Result<Webhook> {
    client(scene)?.webhook()
}

/// How many packages take about as long as a load is to take.
fn packages_for(time: Duration) -> usize {
    usize::try_from(time.as_secs().max(1)).unwrap_or(1) * 100
}

fn latencies(
    report: &mut Report,
    plan: &Plan,
    scene: &Scene,
    deliveries: &Deliveries,
) -> Result<()> {
    let count = packages_for(plan.time);
    let alone = send(scene, deliveries, count, EVENTS, 1)?;
    let reads = Reads::start(scene, READS_PER_S)?;
    // Their first seconds pay for connections and plans, as those of the deliveries did.
    std::thread::sleep(WARM_UP);
    let beside = send(scene, deliveries, count, EVENTS, 1);
    let done = reads.stop()?;
    let beside = beside?;
    let whole = deliveries.package_of_octets(1 << 20);
    let events = whole.events;
    let octets = whole.body.len();
    let large = post(scene, &[whole], 1)?;
    let row = |what: String, report: &DeliveryReport| {
        let (p50, p99) = (report.latency(50), report.latency(99));
        vec![what, report.packages.to_string(), ms(p50), ms(p99)]
    };
    let rows = vec![
        row(format!("{EVENTS} events"), &alone),
        row(
            format!("{EVENTS} events, beside {:.0} reads/s", done.per_s),
            &beside,
        ),
        row(format!("{events} events, {octets} octets"), &large),
    ];
    let method = format!(
        "One connection, one package after the other. The reads are \
         `GET /v1/data/members/{{member}}` of random members with a token, {READS_PER_S} a second \
         wanted, from three seconds before; of those p50 {}, p99 {}. Target: p99 below 100 ms with the reads.",
        ms(done.times.percentile(50)),
        ms(done.times.percentile(99))
    );
    report.table(
        "A package, stored, booked and answered",
        &method,
        &["package", "packages", "p50", "p99"],
        rows,
    );
    Ok(())
}

fn rates(report: &mut Report, plan: &Plan, scene: &Scene, deliveries: &Deliveries) -> Result<()> {
    let count = packages_for(plan.time);
    let mut rows = Vec::new();
    for connections in [1, MOST_CONNECTIONS] {
        let mut best: Option<DeliveryReport> = None;
        let mut plain_per_s = 0.0_f64;
        for _ in 0..plan.rounds {
            let before = plain::last_entry(scene)?;
            let found = send(scene, deliveries, count, EVENTS, connections)?;
            let per_s = plain::load(scene, before, connections)?;
            plain_per_s = plain_per_s.max(per_s);
            let is_better = |b: &DeliveryReport| found.events_per_s() > b.events_per_s();
            if best.as_ref().is_none_or(is_better) {
                best = Some(found);
            }
        }
        let best = best.context("measured")?;
        let per_s = best.events_per_s();
        rows.push(vec![
            connections.to_string(),
            format!("{per_s:.0}"),
            format!("{plain_per_s:.0}"),
            format!("{:.2}", per_s / plain_per_s),
            ms(best.latency(50)),
            ms(best.latency(99)),
        ]);
    }
    let method = format!(
        "Packages of {EVENTS}. Beside it the same rows, which the delivery before has written, \
         inserted again into equal tables (with their indexes and checks, without foreign keys) \
         by prepared statements, a transaction for each package: events, transactions, entries, \
         postings, and the balances moved. The rows wait in tables. The best of {} rounds of \
         {count} packages in turns. Target: a ratio of at least 0.5.",
        plan.rounds
    );
    report.table(
        "Events a second",
        &method,
        &[
            "connections",
            "HTTP",
            "plain inserts",
            "ratio",
            "p50",
            "p99",
        ],
        rows,
    );
    Ok(())
}
