//! Settles what is over, through the application: for a schedule.
//!
//! Running it twice, or beside an operator who does the same, is one settlement: a period
//! that is settled is answered with that settlement, and each request has a key of the
//! pool, the period and the day.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use ledger::record::Pool;
use ledger::{Month, Term};
use serde::de::DeserializeOwned;
use time::Date;
use uuid::Uuid;

use crate::https;

/// How long a request may take: as long as the application lets one.
const LIMIT: Duration = Duration::from_secs(150);
/// The most steps that a settlement may take; a million members take some hundred.
const MAX_STEPS: u32 = 10_000;
/// The most periods that one run settles of a pool.
const MAX_PERIODS: u32 = 120;
/// The most octets of an answer.
const MAX_ANSWER_LEN: u64 = 1 << 20;

/// What to settle.
#[derive(clap::Args)]
pub struct Arguments {
    /// The address of the application
    #[arg(long, env = "RETIRE_URL")]
    pub url: String,
    /// The pools
    #[arg(long = "pool", required = true, value_delimiter = ',')]
    pub pools: Vec<Uuid>,
    /// The month in which the period begins; every one that is over if it is left out
    #[arg(long)]
    pub period: Option<Month>,
    /// The file with a token of the scope `operator`
    #[arg(long, env = "RETIRE_TOKEN_FILE")]
    pub token_file: PathBuf,
}

/// Settles the pools one after the other, with what is over before `today`; the exceptions
/// of one do not keep the others from being settled.
///
/// # Errors
/// A pool could not be settled; it says which, and why.
pub fn run(arguments: &Arguments, today: Date) -> Result<()> {
    let path = &arguments.token_file;
    let token = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let application = Application {
        agent: https::agent(LIMIT),
        url: arguments.url.trim_end_matches('/').to_owned(),
        authorization: format!("Bearer {}", token.trim()),
        today,
    };
    let mut failed = 0;
    for pool in &arguments.pools {
        let settled = match arguments.period {
            Some(period) => application.settle(*pool, period).map(|()| 1),
            None => application.settle_due(*pool),
        };
        match settled {
            Ok(0) => println!("{pool} has no period that is over"),
            Ok(_) => {}
            Err(error) => {
                failed += 1;
                println!("{pool} is not settled: {error:#}");
            }
        }
    }
    ensure!(failed == 0, "{failed} pools are not settled");
    Ok(())
}

struct Application {
    agent: ureq::Agent,
    url: String,
    authorization: String,
    today: Date,
}

struct Answer {
    status: u16,
    body: String,
}

impl Application {
    /// Settles every period that is over; gives how many.
    fn settle_due(&self, pool: Uuid) -> Result<u32> {
        for settled in 0..MAX_PERIODS {
            let state: Pool = self.read(&format!("/v1/pools/{pool}"))?;
            let next = Term {
                starts: state.next_period,
                cadence: state.rules.cadence,
            };
            if next.last_day() >= self.today {
                return Ok(settled);
            }
            self.settle(pool, next.starts)?;
        }
        bail!("{MAX_PERIODS} periods, and still one is over");
    }

    /// Settles a period; a large pool takes a request for each step.
    fn settle(&self, pool: Uuid, period: Month) -> Result<()> {
        let path = format!("/v1/pools/{pool}/settlements");
        let body = serde_json::json!({ "period": period }).to_string();
        let key = format!("settle-{pool}-{period}-{}", self.today);
        for _ in 0..MAX_STEPS {
            let request = ureq::http::Request::post(format!("{}{path}", self.url))
                .header("content-type", "application/json")
                .header("idempotency-key", &key);
            let answer = self.send(request, body.as_bytes())?;
            match answer.status {
                202 => {}
                200 => {
                    println!("{pool} {period} was settled before");
                    return Ok(());
                }
                201 => {
                    println!("{pool} {period} is settled");
                    return Ok(());
                }
                status => bail!("{period}: answered {status}: {}", answer.body),
            }
        }
        bail!("{period}: {MAX_STEPS} steps, and it is not settled");
    }

    fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let request = ureq::http::Request::get(format!("{}{path}", self.url));
        let answer = self.send(request, b"")?;
        ensure!(
            answer.status == 200,
            "{path}: answered {}: {}",
            answer.status,
            answer.body
        );
        Ok(serde_json::from_str(&answer.body)?)
    }

    fn send(&self, request: ureq::http::request::Builder, body: &[u8]) -> Result<Answer> {
        let request = request.header("authorization", &self.authorization);
        let answer = if body.is_empty() {
            self.agent.run(request.body(())?)
        } else {
            self.agent.run(request.body(body)?)
        };
        let mut answer = answer.context("asking the application")?;
        Ok(Answer {
            status: answer.status().as_u16(),
            body: answer
                .body_mut()
                .with_config()
                .limit(MAX_ANSWER_LEN)
                .read_to_string()?,
        })
    }
}
