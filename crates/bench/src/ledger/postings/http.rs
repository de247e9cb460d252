//! Bookings through HTTP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;
use uuid::Uuid;

use super::Shape;
use crate::ledger::connection::Connection;
use crate::ledger::scene::Scene;
use crate::stats::Times;

/// Batches a second, and the times of the requests.
pub(super) fn load(scene: &Scene, shape: Shape, time: Duration) -> Result<(f64, Times)> {
    let bodies: Arc<Vec<Bytes>> = Arc::new(bodies(scene, shape)?);
    let (address, token) = (scene.application.running.address, scene.token()?);
    let path: Arc<str> = scene.path("contributions").into();
    scene.runtime.block_on(async {
        let start = Instant::now();
        let tasks: Vec<_> = (0..shape.connections)
            .map(|number| {
                let (bodies, path, token) = (Arc::clone(&bodies), Arc::clone(&path), token.clone());
                let first = (number * shape.batches() / shape.connections) as usize;
                tokio::spawn(async move {
                    let mut connection = Connection::open(address, &token).await?;
                    let mut times = Vec::new();
                    for body in bodies.iter().cycle().skip(first) {
                        if start.elapsed() >= time {
                            break;
                        }
                        let begin = Instant::now();
                        let sent = connection.post(&path, Uuid::new_v4(), body.clone());
                        sent.await?.expect(&[201])?;
                        times.push(begin.elapsed());
                    }
                    Ok::<_, anyhow::Error>(times)
                })
            })
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await??);
        }
        let per_s = times.len() as f64 / start.elapsed().as_secs_f64();
        Ok((per_s, Times::new(times)))
    })
}

fn bodies(scene: &Scene, shape: Shape) -> Result<Vec<Bytes>> {
    let rows = scene.database.admin()?.query(
        "select body from bench.batch where items = $1 order by number",
        &[&i32::try_from(shape.items)?],
    )?;
    let body = |row: &postgres::Row| format!("{{\"items\":{}}}", row.get::<_, &str>(0)).into();
    Ok(rows.iter().map(body).collect())
}
