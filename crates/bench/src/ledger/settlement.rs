//! A settlement, step by step.

use std::time::Duration;

use anyhow::Result;
use ledger::record::{RunState, SettlementProgress};
use serde_json::json;
use uuid::Uuid;

use super::scene::{PERIOD, Scene};
use super::shares::{Clock, Shares};
use crate::report::Report;
use crate::stats::{Times, ms};

/// Requests of a settlement that do the same.
struct Step {
    name: &'static str,
    requests: u32,
    shares: Shares,
}

/// What a settlement took.
pub(crate) struct Settled {
    steps: Vec<Step>,
    /// The most linear memory of an instance.
    peak_memory_bytes: usize,
}

/// Sends the command until the period is settled.
pub(crate) fn settle(scene: &Scene) -> Result<Settled> {
    let mut connection = scene.connect()?;
    let (path, key) = (scene.path("settlements"), Uuid::new_v4());
    let body = json!({"period": PERIOD}).to_string();
    let mut clock = Clock::start(scene)?;
    let (mut steps, mut state, mut requests) = (Vec::new(), None, 0);
    loop {
        let answer = clock.time(|| {
            let sent = connection.post(&path, key, body.clone().into());
            scene.runtime.block_on(sent)
        })?;
        requests += 1;
        let is_settled = answer.status == http::StatusCode::CREATED;
        let body = answer.expect(&[201, 202])?;
        let now = if is_settled {
            None
        } else {
            Some(serde_json::from_slice::<SettlementProgress>(&body)?.state)
        };
        let name = match (state, now) {
            (None, None) => "in one request",
            (None, Some(_)) => "begin",
            (Some(RunState::Freezing), _) => "freeze",
            (Some(RunState::Frozen), _) => "compute",
            (Some(RunState::Computed), _) => "publish",
        };
        // Freezing takes several requests.
        if name != "freeze" || now != Some(RunState::Freezing) {
            steps.push(Step {
                name,
                requests,
                shares: clock.lap()?,
            });
            requests = 0;
        }
        state = now;
        if is_settled {
            break;
        }
    }
    let all: Duration = steps.iter().map(|step: &Step| step.shares.all).sum();
    println!("settled: {} members in {all:.1?}", scene.members);
    Ok(Settled {
        steps,
        peak_memory_bytes: scene.application.running.app.usage().peak_memory_bytes,
    })
}

/// The rows of both tables.
#[derive(Default)]
pub(crate) struct Rows {
    sizes: Vec<Vec<String>>,
    steps: Vec<Vec<String>>,
}

impl Rows {
    /// The period's first settlement, and proofs of it.
    pub(crate) fn add(&mut self, members: u32, settled: &Settled, proofs: &Times) {
        let proofs = [proofs.percentile(50), proofs.percentile(99)].map(ms);
        self.push(members, "first", settled, proofs);
    }

    /// The settlement that replaces the first.
    pub(crate) fn add_again(&mut self, members: u32, settled: &Settled) {
        self.push(members, "again", settled, [String::new(), String::new()]);
    }

    fn push(&mut self, members: u32, which: &str, settled: &Settled, proofs: [String; 2]) {
        let sum = |part: fn(&Shares) -> Duration| {
            let parts = settled.steps.iter().map(|step| part(&step.shares));
            parts.sum::<Duration>()
        };
        let all = Shares {
            all: sum(|shares| shares.all),
            sql: sum(|shares| shares.sql),
            transfer: sum(|shares| shares.transfer),
        };
        let each = all.all.as_secs_f64() * 1e6 / f64::from(members);
        let percent = |part: Duration| {
            format!(
                "{:.0} %",
                part.as_secs_f64() * 100.0 / all.all.as_secs_f64()
            )
        };
        let [p50, p99] = proofs;
        self.sizes.push(vec![
            members.to_string(),
            which.to_owned(),
            seconds(all.all),
            format!("{each:.0} µs"),
            percent(all.computing()),
            percent(all.sql),
            percent(all.transfer),
            format!(
                "{:.1} MiB",
                settled.peak_memory_bytes as f64 / f64::from(1 << 20)
            ),
            p50,
            p99,
        ]);
        for Step {
            name,
            requests,
            shares,
        } in &settled.steps
        {
            self.steps.push(vec![
                members.to_string(),
                which.to_owned(),
                (*name).to_owned(),
                requests.to_string(),
                seconds(shares.all),
                seconds(shares.computing()),
                seconds(shares.sql),
                seconds(shares.transfer),
            ]);
        }
    }

    pub(crate) fn report(self, report: &mut Report) {
        report.table(
            "A settlement",
            "`POST /v1/pools/{pool}/settlements` until it answers 201: nominal gain, 3 % of the \
             members died, one run each, after `analyze` and a checkpoint. Computing is what is \
             not in the database's hands: the instance, the token, reading the inputs, the \
             engine, writing the results, HTTP. SQL is the time within functions as PostgreSQL \
             counts it (`track_functions`). Transfer is the rest of the host's calls of the \
             database: the wire, the conversion of parameters and rows, the commit. Memory is \
             the most linear memory of an instance. Then proofs: \
             `GET …/settlements/{period}/proof` of 300 random members on one connection. \
             \"again\": as many deaths more are confirmed late, and the period is settled anew, \
             with all entries of the first settlement taken back. \
             Targets: 1,000,000 members in less than 120 s, with linear growth, in less than \
             256 MiB; a proof in less than 50 ms.",
            &[
                "members",
                "settled",
                "time",
                "a member",
                "computing",
                "SQL",
                "transfer",
                "memory",
                "proof p50",
                "proof p99",
            ],
            self.sizes,
        );
        report.table(
            "The steps of these settlements",
            "The same runs, step by step.",
            &[
                "members",
                "settled",
                "step",
                "requests",
                "time",
                "computing",
                "SQL",
                "transfer",
            ],
            self.steps,
        );
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}
