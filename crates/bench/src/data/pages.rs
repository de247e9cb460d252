//! Pages, one after the other.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use http::StatusCode;

use super::native;
use crate::ledger::Plan;
use crate::ledger::connection::Connection;
use crate::ledger::scene::Scene;
use crate::report::Report;
use crate::stats::{Times, ms};

/// What is asked; `{member}` is another member each time.
const QUESTIONS: [(&str, &str); 11] = [
    (
        "a member's postings",
        "journal?member_id=eq.{member}&limit=50",
    ),
    (
        "a day's contributions",
        "contributions?effective_on=eq.2025-09-05&limit=50",
    ),
    (
        "a member's credits, the last first",
        "credits?member_id=eq.{member}&order=period.desc&limit=50",
    ),
    ("an account", "balances?member_id=eq.{member}"),
    (
        "an account on a day",
        "balances?member_id=eq.{member}&as_of=2025-09-30",
    ),
    (
        "members born before 1950, some columns",
        "members?select=member_id,state,cash_cents&birth_year=lt.1950&limit=50",
    ),
    ("active members", "members?state=eq.active&limit=50"),
    (
        "payouts on their way",
        "payouts?state=eq.requested&order=requested_on&limit=50",
    ),
    (
        "the entries after one",
        "journal?entry_id=gt.100000&kind=in.(contribution,fee)&limit=50",
    ),
    (
        "settlements",
        "settlements?select=period,pot_cents&order=period",
    ),
    (
        "payouts by account and state",
        "payouts?select=account,state,count(),amount_cents.sum()",
    ),
];

pub(super) fn measure(report: &mut Report, plan: &Plan, scene: &Scene) -> Result<()> {
    let rows = scene
        .database
        .admin()?
        .query("select member_id::text from retire.member limit 1000", &[])?;
    let members: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let url = scene.database.component_url("data_query");
    let server = scene
        .runtime
        .block_on(native::start(&scene.application.keys, &url))?;
    let token = scene.token()?;
    let time = plan.time.min(Duration::from_secs(3)) / 2;
    let mut rows = Vec::new();
    for (what, question) in QUESTIONS {
        let mut best: [Option<Times>; 2] = [None, None];
        for _ in 0..plan.rounds.min(2) {
            let targets = [server.address, scene.application.running.address];
            for (slot, address) in best.iter_mut().zip(targets) {
                let Some(found) = ask(scene, address, &token, question, &members, time)? else {
                    continue;
                };
                let better = |b: &Times| found.percentile(50) < b.percentile(50);
                if slot.as_ref().is_none_or(better) {
                    *slot = Some(found);
                }
            }
        }
        println!("asked: {what}");
        let mut row = vec![what.to_owned()];
        for times in &best {
            row.extend([50, 99].map(|percent| {
                let time = times.as_ref().map(|times| ms(times.percentile(percent)));
                time.unwrap_or("refused".to_owned())
            }));
        }
        row.push(match &best {
            [Some(native), Some(wasm)] => {
                let ratio = wasm.percentile(50).as_secs_f64() / native.percentile(50).as_secs_f64();
                format!("{ratio:.2}")
            }
            _ => String::new(),
        });
        rows.push(row);
    }
    let method = format!(
        "One connection, one request after the other, the better of {} rounds of {:.1} s in turns; \
         refused is what takes longer than 5 s. \
         The native server is axum with data-query's own code and the blocking client of \
         tokio-postgres: the same SQL, the same token. Target: p99 of a filtered page of 50 rows \
         below 30 ms.",
        plan.rounds.min(2),
        time.as_secs_f64()
    );
    report.table(
        "Pages",
        &method,
        &[
            "",
            "native p50",
            "native p99",
            "data-query p50",
            "data-query p99",
            "ratio of p50",
        ],
        rows,
    );
    Ok(())
}

/// The times of a question; none if it is refused.
fn ask(
    scene: &Scene,
    address: SocketAddr,
    token: &str,
    question: &str,
    members: &[String],
    time: Duration,
) -> Result<Option<Times>> {
    scene.runtime.block_on(async {
        let mut connection = Connection::open(address, token).await?;
        let mut times = Vec::new();
        let start = Instant::now();
        while start.elapsed() < time || times.len() < 10 {
            let member = &members[times.len() * 7 % members.len()];
            let path = format!("/v1/data/{}", question.replace("{member}", member));
            let begin = Instant::now();
            let answer = connection.get(&path).await?;
            if answer.status != StatusCode::OK {
                println!("answered {}: {path}", answer.status);
                return Ok(None);
            }
            times.push(begin.elapsed());
        }
        // The first paid for a connection to the database.
        times.remove(0);
        Ok(Some(Times::new(times)))
    })
}
