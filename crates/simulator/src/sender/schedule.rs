//! When a delivery is repeated.

use std::time::Duration;

/// Seconds between an answer that is not 200 and the next attempt; from the last on it
/// stays the same, without limit. Upvest names the first five and the last.
const DELAYS_S: [u64; 14] = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 600];

/// The schedule of repetitions, at Upvest's pace or faster.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    time_scale: f64,
}

impl Schedule {
    /// Upvest's own pace.
    pub const UPVEST: Self = Self { time_scale: 1.0 };

    /// A second of Upvest's takes `time_scale` seconds. `None` unless that is between 0
    /// and 1.
    #[must_use]
    pub fn scaled(time_scale: f64) -> Option<Self> {
        (0.0..=1.0)
            .contains(&time_scale)
            .then_some(Self { time_scale })
    }

    /// How long to wait after so many failures of a package, the first of them 1.
    #[must_use]
    pub fn delay(self, failures: u32) -> Duration {
        let index = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
        let seconds = DELAYS_S[index.min(DELAYS_S.len() - 1)];
        Duration::from_secs(seconds).mul_f64(self.time_scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_slows_down_to_ten_minutes_and_never_ends() {
        let seconds = |failures| Schedule::UPVEST.delay(failures).as_secs();
        let first: Vec<u64> = (1..=5).map(seconds).collect();
        assert_eq!(first, [1, 2, 3, 5, 8]);
        assert!((1..40).all(|n| seconds(n) <= seconds(n + 1)));
        assert_eq!([seconds(14), seconds(1_000), seconds(u32::MAX)], [600; 3]);
    }

    #[test]
    fn it_can_be_played_faster_but_not_backwards() {
        let fast = Schedule::scaled(0.001).expect("a scale");
        assert_eq!(fast.delay(5), Duration::from_millis(8));
        for scale in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Schedule::scaled(scale).is_none(), "{scale}");
        }
    }
}
