//! Postings a second: through HTTP, by pgbench, by a bare COPY.

mod copy;
mod http;
mod layers;
mod pgbench;

use anyhow::{Context as _, Result};

use super::Plan;
use super::scene::Scene;
use crate::application::PAUSE;
use crate::report::Report;
use crate::stats::{Times, ms};

/// The pool's members.
const MEMBERS: u32 = 10_000;

/// What is booked by how many at a time.
#[derive(Clone, Copy)]
struct Shape {
    /// The contributions of a batch.
    items: u32,
    connections: u32,
}

/// Ten thousand at a time take most of a second each, and batches take turns: more
/// callers would wait longer than a lock may be waited for.
const SHAPES: [Shape; 6] = [
    Shape {
        items: 1,
        connections: 1,
    },
    Shape {
        items: 1,
        connections: 8,
    },
    Shape {
        items: 100,
        connections: 1,
    },
    Shape {
        items: 100,
        connections: 8,
    },
    Shape {
        items: 10_000,
        connections: 1,
    },
    Shape {
        items: 10_000,
        connections: 2,
    },
];

impl Shape {
    /// How many different batches there are.
    const fn batches(self) -> u32 {
        MEMBERS / self.items
    }

    fn postings(self) -> f64 {
        f64::from(self.items) * 2.0
    }
}

/// The best rounds.
#[derive(Default)]
struct Best {
    http_per_s: f64,
    times: Option<Times>,
    pgbench_per_s: Option<f64>,
    copy_per_s: f64,
}

/// Measures the three in turns.
pub(crate) fn measure(report: &mut Report, plan: &Plan) -> Result<()> {
    let scene = Scene::start(&plan.runtime, MEMBERS)?;
    prepare(&scene)?;
    let mut rows = Vec::new();
    for shape in SHAPES {
        let mut best = Best::default();
        for _ in 0..plan.rounds {
            let (per_s, times) = http::load(&scene, shape, plan.time)?;
            if per_s > best.http_per_s {
                (best.http_per_s, best.times) = (per_s, Some(times));
            }
            std::thread::sleep(PAUSE);
            if let Some(program) = &plan.pgbench {
                let per_s = pgbench::load(program, &scene, shape, plan.time)?;
                best.pgbench_per_s = Some(best.pgbench_per_s.unwrap_or(0.0).max(per_s));
                std::thread::sleep(PAUSE);
            }
            let per_s = copy::load(&scene, shape, plan.time)?;
            best.copy_per_s = best.copy_per_s.max(per_s);
            std::thread::sleep(PAUSE);
        }
        println!("booked: {} at a time on {}", shape.items, shape.connections);
        rows.push(row(shape, best)?);
    }
    let method = format!(
        "`POST /v1/pools/{{pool}}/contributions` in a pool of {MEMBERS} members; each \
         contribution is an entry with two postings. Beside it `pgbench` with prepared \
         statements, which calls the same function with the same arguments (the batches wait in \
         a table), and `COPY` of as many rows into a table equal to that of the postings, a \
         transaction for each batch. Kept-alive connections, new keys, the best of {} rounds of \
         {} s each in turns. In brackets the ratio of HTTP to it. The times are those of a \
         request. Targets: single ones at least half of pgbench, batches at least 20,000 \
         postings a second.",
        plan.rounds,
        plan.time.as_secs()
    );
    report.table(
        "Postings a second",
        &method,
        &[
            "batch",
            "connections",
            "HTTP",
            "pgbench",
            "COPY",
            "p50",
            "p99",
        ],
        rows,
    );
    layers::measure(report, &scene)?;
    scene.stop();
    Ok(())
}

fn row(shape: Shape, best: Best) -> Result<Vec<String>> {
    let http = best.http_per_s * shape.postings();
    let beside = |per_s: f64| {
        let postings = per_s * shape.postings();
        format!("{postings:.0} ({:.2})", http / postings)
    };
    let times = best.times.context("measured")?;
    Ok(vec![
        shape.items.to_string(),
        shape.connections.to_string(),
        format!("{http:.0}"),
        best.pgbench_per_s.map_or("not at hand".to_owned(), beside),
        beside(best.copy_per_s),
        ms(times.percentile(50)),
        ms(times.percentile(99)),
    ])
}

/// The batches, and the table that is copied into.
fn prepare(scene: &Scene) -> Result<()> {
    let mut admin = scene.database.admin()?;
    admin.batch_execute(
        "create schema bench;
         create table bench.batch (
             items integer, number integer, body text, primary key (items, number));
         alter table bench.batch alter column body set storage external;
         create table bench.posting (like retire.posting including all);
         grant usage on schema bench to public;
         grant select on bench.batch to public;",
    )?;
    for items in [1, 100, 10_000] {
        admin.batch_execute(&format!(
            "insert into bench.batch
             select {items}, n / {items}, json_agg(json_build_object(
                 'member_id', member_id, 'amount_cents', 100 + n, 'currency', 'EUR',
                 'effective_on', '2025-06-03'))::text
             from (select member_id, row_number() over (order by member_id) - 1 as n
                 from retire.member) m
             group by n / {items};"
        ))?;
    }
    admin.batch_execute("vacuum analyze bench.batch")?;
    Ok(())
}
