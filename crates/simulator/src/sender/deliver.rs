//! Delivers packages over several connections.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Instant;

use anyhow::{Error, Result, anyhow};

use super::{DeliveryReport, Package, Queue, Schedule, Turn};

/// The failures that are repeated. Any other ends the delivery: Upvest would repeat it
/// for ever.
#[derive(Clone, Debug)]
pub struct Tolerated {
    /// Statuses besides 200.
    pub statuses: Vec<u16>,
    /// There may be no answer.
    pub unanswered: bool,
}

impl Tolerated {
    /// All of them.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            statuses: (100..600).collect(),
            unanswered: true,
        }
    }
}

struct State {
    queue: Queue,
    report: DeliveryReport,
    error: Option<Error>,
}

/// Delivers all packages with Upvest's repetitions. `post` sends the one at an index, which
/// failed so often before, and gives the status of the answer.
///
/// # Errors
/// An answer that is not tolerated.
pub fn deliver(
    packages: &[Package],
    connections: usize,
    schedule: Schedule,
    tolerated: &Tolerated,
    post: &(dyn Fn(usize, u32) -> Result<u16> + Sync),
) -> Result<DeliveryReport> {
    let start = Instant::now();
    let state = Mutex::new(State {
        queue: Queue::new(packages.len(), schedule),
        report: DeliveryReport::default(),
        error: None,
    });
    let news = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..connections.max(1) {
            scope.spawn(|| {
                work(start, &state, &news, tolerated, post);
                news.notify_all();
            });
        }
    });
    let State {
        mut report, error, ..
    } = state.into_inner().unwrap_or_else(|e| e.into_inner());
    if let Some(error) = error {
        return Err(error);
    }
    report.events = packages.iter().map(|package| package.events).sum();
    report.packages = packages.len();
    report.latencies.sort_unstable();
    report.elapsed = start.elapsed();
    Ok(report)
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(|e| e.into_inner())
}

/// One connection.
fn work(
    start: Instant,
    state: &Mutex<State>,
    news: &Condvar,
    tolerated: &Tolerated,
    post: &(dyn Fn(usize, u32) -> Result<u16> + Sync),
) {
    let mut held = lock(state);
    while held.error.is_none() {
        let now = start.elapsed();
        match held.queue.turn(now) {
            Turn::Done => return,
            Turn::Wait { until: None } => {
                held = news.wait(held).unwrap_or_else(|e| e.into_inner());
            }
            Turn::Wait { until: Some(until) } => {
                let (woken, _) = news
                    .wait_timeout(held, until.saturating_sub(now))
                    .unwrap_or_else(|e| e.into_inner());
                held = woken;
            }
            Turn::Send { package, failures } => {
                drop(held);
                let sent = Instant::now();
                let answer = post(package, failures);
                let latency = sent.elapsed();
                held = lock(state);
                held.report.retries += usize::from(failures > 0);
                let status = answer.as_ref().ok().copied();
                *held.report.answers.entry(status).or_default() += 1;
                if status.is_some() {
                    held.report.latencies.push(latency);
                }
                let is_tolerated = match status {
                    Some(status) => status == 200 || tolerated.statuses.contains(&status),
                    None => tolerated.unanswered,
                };
                if !is_tolerated {
                    held.error = Some(match answer {
                        Ok(status) => anyhow!("package {package} was answered {status}"),
                        Err(error) => error.context(format!("package {package}: no answer")),
                    });
                }
                held.queue
                    .answered(package, status == Some(200), start.elapsed());
                news.notify_all();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn packages(count: usize) -> Vec<Package> {
        let package = |number: usize| Package {
            body: number.to_string().into_bytes(),
            events: 2,
            is_forged_first: false,
        };
        (0..count).map(package).collect()
    }

    fn at_once() -> Schedule {
        Schedule::scaled(0.0).expect("a scale")
    }

    #[test]
    fn what_fails_is_sent_again_until_it_is_taken() {
        let taken = Mutex::new(Vec::new());
        let post = |package: usize, failures: u32| match (package, failures) {
            (3, 0..5) => Ok(503),
            (7, 0) => Err(anyhow!("cut off")),
            _ => {
                taken.lock().expect("no panic").push(package);
                Ok(200)
            }
        };
        let everything = Tolerated::everything();
        let report = deliver(&packages(40), 4, at_once(), &everything, &post).expect("delivered");
        let mut taken = taken.into_inner().expect("no panic");
        taken.sort_unstable();
        taken.dedup();
        assert_eq!(taken.len(), 40);
        assert_eq!(
            (report.events, report.packages, report.retries),
            (80, 40, 6)
        );
        let answers: Vec<_> = report.answers.into_iter().collect();
        assert_eq!(answers, [(None, 1), (Some(200), 40), (Some(503), 5)]);
        assert_eq!(report.latencies.len(), 45);
    }

    #[test]
    fn an_answer_that_is_not_tolerated_ends_it() {
        let sent = AtomicUsize::new(0);
        let post = |_, _| {
            let number = sent.fetch_add(1, Ordering::Relaxed);
            Ok(if number == 5 { 400 } else { 200 })
        };
        let tolerated = Tolerated {
            statuses: vec![503],
            unanswered: false,
        };
        let error = deliver(&packages(1_000), 2, at_once(), &tolerated, &post);
        assert!(error.expect_err("it ends").to_string().contains("400"));
        assert!(sent.into_inner() < 10);
    }
}
