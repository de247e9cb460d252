//! Members' statements at a steady rate.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use uuid::Uuid;

use crate::ledger::Plan;
use crate::ledger::connection::Connection;
use crate::ledger::scene::Scene;
use crate::report::Report;
use crate::stats::{Times, ms};

/// Requests a second.
const PER_S: u32 = 200;
const READERS: u32 = 8;

pub(super) fn measure(report: &mut Report, plan: &Plan, scene: &Scene) -> Result<()> {
    let rows = scene
        .database
        .admin()?
        .query("select member_id from retire.member limit 20000", &[])?;
    let members: Arc<Vec<Uuid>> = Arc::new(rows.iter().map(|row| row.get(0)).collect());
    // The first connections to the database are not the statements'.
    run(scene, &members, Duration::from_secs(1))?;
    let mut rows = Vec::new();
    for what in ["each for the first time", "the same again"] {
        let start = Instant::now();
        let times = run(scene, &members, plan.time * 2)?;
        let per_s = times.len() as f64 / start.elapsed().as_secs_f64();
        rows.push(vec![
            what.to_owned(),
            format!("{per_s:.0}"),
            ms(times.percentile(50)),
            ms(times.percentile(99)),
        ]);
    }
    let method = format!(
        "`GET /v1/data/members/{{member}}/statements` for one month, of another member each time, {PER_S} \
         requests a second on {READERS} connections, from when a request was due: what is on \
         disk alone, and then what was read before. Target: p99 below 50 ms."
    );
    report.table(
        "Statements of members",
        &method,
        &["", "requests/s", "p50", "p99"],
        rows,
    );
    Ok(())
}

fn run(scene: &Scene, members: &Arc<Vec<Uuid>>, time: Duration) -> Result<Times> {
    let (address, token) = (scene.application.running.address, scene.token()?);
    scene.runtime.block_on(async {
        let start = Instant::now();
        let mut readers = Vec::new();
        for reader in 0..READERS {
            let (token, members) = (token.clone(), Arc::clone(members));
            readers.push(tokio::spawn(async move {
                let mut connection = Connection::open(address, &token).await?;
                let mut times = Vec::new();
                for turn in (reader..).step_by(READERS as usize) {
                    let due = start + Duration::from_secs(turn.into()) / PER_S;
                    if due.duration_since(start) > time {
                        break;
                    }
                    tokio::time::sleep_until(due.into()).await;
                    let member = members[turn as usize * 7_919 % members.len()];
                    let path =
                        format!("/v1/data/members/{member}/statements?from=2025-09&to=2025-09");
                    connection.get(&path).await?.expect(&[200])?;
                    times.push(due.elapsed());
                }
                Ok::<_, anyhow::Error>(times)
            }));
        }
        let mut times = Vec::new();
        for reader in readers {
            times.extend(reader.await.map_err(|error| anyhow!(error))??);
        }
        Ok(Times::new(times))
    })
}
