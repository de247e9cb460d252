//! Reads beside the deliveries, at a steady rate.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use serde_json::Value;
use uuid::Uuid;

use super::client;
use crate::ledger::scene::Scene;
use crate::stats::Times;

/// Readers.
const READERS: u32 = 6;

/// Readers at work.
pub(super) struct Reads {
    stop: Arc<AtomicBool>,
    readers: Vec<JoinHandle<Result<Vec<Duration>>>>,
    start: Instant,
}

/// What they have read.
pub(super) struct Done {
    pub per_s: f64,
    pub times: Times,
}

impl Reads {
    /// Starts to read so many times a second.
    pub(super) fn start(scene: &Scene, per_s: u32) -> Result<Self> {
        let rows = scene
            .database
            .admin()?
            .query("select member_id from retire.member", &[])?;
        let members: Arc<Vec<Uuid>> = Arc::new(rows.iter().map(|row| row.get(0)).collect());
        let stop = Arc::new(AtomicBool::new(false));
        let start = Instant::now();
        let mut readers = Vec::new();
        for reader in 0..READERS {
            let (client, stop, members) = (client(scene)?, Arc::clone(&stop), Arc::clone(&members));
            readers.push(std::thread::spawn(move || {
                let mut times = Vec::new();
                for turn in (reader..).step_by(READERS as usize) {
                    let due = start + Duration::from_secs(turn.into()) / per_s;
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let member = members[turn as usize * 7_919 % members.len()];
                    let begin = Instant::now();
                    let _: Value = client.get(&format!("/v1/data/members/{member}"))?;
                    times.push(begin.elapsed());
                }
                Ok(times)
            }));
        }
        Ok(Self {
            stop,
            readers,
            start,
        })
    }

    /// Stops, and tells.
    pub(super) fn stop(self) -> Result<Done> {
        self.stop.store(true, Ordering::Relaxed);
        let mut times = Vec::new();
        for reader in self.readers {
            times.extend(reader.join().map_err(|_| anyhow!("a reader panicked"))??);
        }
        Ok(Done {
            per_s: times.len() as f64 / self.start.elapsed().as_secs_f64(),
            times: Times::new(times),
        })
    }
}
