//! What requests use: time in the database, and linear memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use wasmtime::{ResourceLimiter, StoreLimits, StoreLimitsBuilder};

/// What the requests of an application have used since it was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Calls of the database: connections opened and statements run.
    pub database_calls: u64,
    /// The time of these calls, from the component's call to the component's result.
    pub database_time: Duration,
    /// The most linear memory that one instance had.
    pub peak_memory_bytes: usize,
}

/// Counts for all requests.
#[derive(Default)]
pub(crate) struct Meter {
    database_calls: AtomicU64,
    database_ns: AtomicU64,
    peak_memory_bytes: AtomicUsize,
}

impl Meter {
    pub(crate) fn usage(&self) -> Usage {
        Usage {
            database_calls: self.database_calls.load(Ordering::Relaxed),
            database_time: Duration::from_nanos(self.database_ns.load(Ordering::Relaxed)),
            peak_memory_bytes: self.peak_memory_bytes.load(Ordering::Relaxed),
        }
    }

    /// Waits for a call of the database and counts it.
    pub(crate) async fn database_call<T>(&self, call: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = call.await;
        let elapsed = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.database_ns.fetch_add(elapsed, Ordering::Relaxed);
        self.database_calls.fetch_add(1, Ordering::Relaxed);
        result
    }
}

/// Limits the linear memory of an instance, and tells the meter of it.
pub(crate) struct Memory {
    limits: StoreLimits,
    bytes: usize,
    meter: Arc<Meter>,
}

impl Memory {
    /// Up to `max_bytes` for each memory of the instance.
    pub(crate) fn new(max_bytes: usize, meter: Arc<Meter>) -> Self {
        Self {
            limits: StoreLimitsBuilder::new().memory_size(max_bytes).build(),
            bytes: 0,
            meter,
        }
    }
}

impl ResourceLimiter for Memory {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let may = self.limits.memory_growing(current, desired, maximum)?;
        if may {
            // A component has several memories: what counts is all of them.
            self.bytes += desired.saturating_sub(current);
            self.meter
                .peak_memory_bytes
                .fetch_max(self.bytes, Ordering::Relaxed);
        }
        Ok(may)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.limits.memory_grow_failed(error)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.limits.table_growing(current, desired, maximum)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.limits.table_grow_failed(error)
    }

    fn instances(&self) -> usize {
        self.limits.instances()
    }

    fn tables(&self) -> usize {
        self.limits.tables()
    }

    fn memories(&self) -> usize {
        self.limits.memories()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_of_all_memories_of_one_instance() {
        let meter = Arc::new(Meter::default());
        let mut first = Memory::new(300, Arc::clone(&meter));
        for (current, desired, may) in [(0, 100, true), (0, 50, true), (100, 400, false)] {
            assert_eq!(
                first
                    .memory_growing(current, desired, None)
                    .expect("an answer"),
                may
            );
        }
        assert_eq!(meter.usage().peak_memory_bytes, 150);
        let mut second = Memory::new(300, Arc::clone(&meter));
        assert!(second.memory_growing(0, 120, None).expect("an answer"));
        assert_eq!(
            meter.usage().peak_memory_bytes,
            150,
            "instances do not add up"
        );
    }
}
