//! As many rows, by a bare COPY.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use super::{MEMBERS, Shape};
use crate::ledger::scene::Scene;

/// Batches a second.
pub(super) fn load(scene: &Scene, shape: Shape, time: Duration) -> Result<f64> {
    let row = scene
        .database
        .admin()?
        .query_one("select coalesce(max(entry_id), 0) from bench.posting", &[])?;
    let next_entry = AtomicU64::new(u64::try_from(row.get::<_, i64>(0))? + 1);
    let start = Instant::now();
    let batches = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..shape.connections)
            .map(|_| scope.spawn(|| write(scene, shape, &next_entry, start + time)))
            .collect();
        let written = writers.into_iter().map(|writer| {
            let written = writer.join();
            written.map_err(|_| anyhow!("a writer panicked"))?
        });
        written.sum::<Result<u32>>()
    })?;
    Ok(f64::from(batches) / start.elapsed().as_secs_f64())
}

/// Copies batch after batch and gives how many.
fn write(scene: &Scene, shape: Shape, next_entry: &AtomicU64, end: Instant) -> Result<u32> {
    let mut client = scene.database.admin()?;
    let copy = client.prepare(
        "copy bench.posting (entry_id, account_id, amount_minor, balance_after_minor) from stdin",
    )?;
    let mut batches = 0;
    while Instant::now() < end {
        let items = u64::from(shape.items);
        let first = next_entry.fetch_add(items, Ordering::Relaxed);
        let mut rows = String::new();
        for entry in first..first + items {
            // The pool's own account is the first, the members' follow.
            let account = 2 + entry % u64::from(MEMBERS);
            writeln!(rows, "{entry}\t{account}\t100\t1000100")?;
            writeln!(rows, "{entry}\t1\t-100\t-1000100")?;
        }
        let mut writer = client.copy_in(&copy)?;
        writer.write_all(rows.as_bytes())?;
        writer.finish()?;
        batches += 1;
    }
    Ok(batches)
}
