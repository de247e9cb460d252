//! What a delivery came to.

use std::collections::BTreeMap;
use std::time::Duration;

/// What was sent and what was answered.
#[derive(Clone, Debug, Default)]
pub struct DeliveryReport {
    /// Events in the packages, repetitions by the retry schedule not counted.
    pub events: usize,
    /// Packages that were taken.
    pub packages: usize,
    /// Requests that repeated a package.
    pub retries: usize,
    /// Requests by the status of their answer; `None`: no answer came.
    pub answers: BTreeMap<Option<u16>, usize>,
    /// The times until an answer, sorted.
    pub latencies: Vec<Duration>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

impl DeliveryReport {
    /// The time until an answer that `percent` of the answers do not exceed.
    #[must_use]
    pub fn latency(&self, percent: usize) -> Duration {
        let rank = (self.latencies.len() * percent).div_ceil(100).max(1) - 1;
        self.latencies.get(rank).copied().unwrap_or_default()
    }

    /// Events that were taken in a second.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "a rate for a reader")]
    pub fn events_per_s(&self) -> f64 {
        let events = u32::try_from(self.events).map_or(f64::MAX, f64::from);
        events / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let mut report = DeliveryReport::default();
        assert_eq!(report.latency(99), Duration::ZERO);
        report.latencies = (1..=200).map(Duration::from_millis).collect();
        let percentiles = [0, 1, 50, 99, 100].map(|percent| report.latency(percent).as_millis());
        assert_eq!(percentiles, [1, 2, 100, 198, 200]);
    }
}
