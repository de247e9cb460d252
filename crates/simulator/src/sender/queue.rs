//! The queue of a subscription: a package that failed holds back those behind it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Schedule;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Send this package, which failed so often before.
    Send {
        /// Its number, from 0.
        package: usize,
        /// Its failures so far.
        failures: u32,
    },
    /// Wait for an answer, or until this time if it comes first.
    Wait {
        /// By the clock that is passed in.
        until: Option<Duration>,
    },
    /// Everything was answered with 200.
    Done,
}

/// A package that was not answered with 200.
#[derive(Clone, Copy, Debug)]
struct Failed {
    failures: u32,
    due: Duration,
    is_under_way: bool,
}

/// The packages of a subscription. Several may be under way; as soon as one fails, no
/// later one is begun until it was taken.
#[derive(Clone, Debug)]
pub struct Queue {
    packages: usize,
    next: usize,
    under_way: usize,
    failed: BTreeMap<usize, Failed>,
    schedule: Schedule,
}

impl Queue {
    /// A queue of so many packages, none of them sent.
    #[must_use]
    pub const fn new(packages: usize, schedule: Schedule) -> Self {
        Self {
            packages,
            next: 0,
            under_way: 0,
            failed: BTreeMap::new(),
            schedule,
        }
    }

    /// What to do at `now`.
    pub fn turn(&mut self, now: Duration) -> Turn {
        if self.failed.is_empty() {
            if self.next < self.packages {
                self.next += 1;
                self.under_way += 1;
                return Turn::Send {
                    package: self.next - 1,
                    failures: 0,
                };
            }
            if self.under_way == 0 {
                return Turn::Done;
            }
            return Turn::Wait { until: None };
        }
        let mut waiting = self.failed.iter_mut().filter(|(_, f)| !f.is_under_way);
        if let Some((package, failed)) = waiting.find(|(_, failed)| failed.due <= now) {
            failed.is_under_way = true;
            self.under_way += 1;
            return Turn::Send {
                package: *package,
                failures: failed.failures,
            };
        }
        let waiting = self.failed.values().filter(|failed| !failed.is_under_way);
        Turn::Wait {
            until: waiting.map(|failed| failed.due).min(),
        }
    }

    /// Takes note of an answer: whether it was 200.
    pub fn answered(&mut self, package: usize, is_taken: bool, now: Duration) {
        self.under_way -= 1;
        if is_taken {
            self.failed.remove(&package);
            return;
        }
        let failed = self.failed.entry(package).or_insert(Failed {
            failures: 0,
            due: now,
            is_under_way: false,
        });
        failed.failures = failed.failures.saturating_add(1);
        failed.is_under_way = false;
        failed.due = now + self.schedule.delay(failed.failures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn send(package: usize, failures: u32) -> Turn {
        Turn::Send { package, failures }
    }

    #[test]
    fn a_failed_package_holds_back_all_later_ones() {
        let mut queue = Queue::new(4, Schedule::UPVEST);
        assert_eq!(queue.turn(s(0)), send(0, 0));
        assert_eq!(queue.turn(s(0)), send(1, 0));
        queue.answered(0, false, s(10));
        // The one beside it was under way already and may end.
        queue.answered(1, true, s(10));
        assert_eq!(queue.turn(s(10)), Turn::Wait { until: Some(s(11)) });
        assert_eq!(queue.turn(s(11)), send(0, 1));
        assert_eq!(queue.turn(s(11)), Turn::Wait { until: None });
        queue.answered(0, false, s(12));
        assert_eq!(queue.turn(s(13)), Turn::Wait { until: Some(s(14)) });
        assert_eq!(queue.turn(s(14)), send(0, 2));
        queue.answered(0, true, s(14));
        assert_eq!(queue.turn(s(14)), send(2, 0));
        assert_eq!(queue.turn(s(14)), send(3, 0));
        assert_eq!(queue.turn(s(14)), Turn::Wait { until: None });
        queue.answered(3, true, s(15));
        queue.answered(2, true, s(15));
        assert_eq!(queue.turn(s(15)), Turn::Done);
    }

    #[test]
    fn it_never_gives_up() {
        let mut queue = Queue::new(1, Schedule::UPVEST);
        let mut now = s(0);
        for failures in 0..1_000 {
            assert_eq!(queue.turn(now), send(0, failures));
            queue.answered(0, false, now);
            let Turn::Wait { until: Some(until) } = queue.turn(now) else {
                panic!("it waits");
            };
            assert!(until > now && until - now <= s(600));
            now = until;
        }
    }
}
