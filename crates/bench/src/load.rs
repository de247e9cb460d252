//! Requests a second.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::application::{Application, PAUSE};
use crate::native;
use crate::report::Report;
use crate::stats::{Times, ms};

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 3;

/// What a load found.
struct Load {
    requests_per_s: f64,
    times: Times,
}

/// Sends the same request over kept-alive connections for a time.
async fn load(
    address: SocketAddr,
    path: &'static str,
    token: &str,
    body: &Bytes,
    connections: usize,
    time: Duration,
) -> Result<Load> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    let start = Instant::now();
    for _ in 0..connections {
        let (stop, token, body) = (Arc::clone(&stop), token.to_owned(), body.clone());
        tasks.push(tokio::spawn(async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let request = Request::post(path)
                    .header("host", "bench")
                    .header("authorization", format!("Bearer {token}"))
                    .header("content-type", "application/json")
                    .body(Full::new(body.clone()))?;
                let begin = Instant::now();
                let response = sender.send_request(request).await?;
                ensure!(
                    response.status().is_success(),
                    "answered {}",
                    response.status()
                );
                response.into_body().collect().await?;
                times.push(begin.elapsed());
            }
            Ok::<_, anyhow::Error>(times)
        }));
    }
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let elapsed = start.elapsed();
    let times = Times::new(times);
    Ok(Load {
        requests_per_s: times.len() as f64 / elapsed.as_secs_f64(),
        times,
    })
}

/// Credits of 100 members: the shipped component against the same code as a native
/// server, in turns.
pub(crate) async fn measure_credits(
    report: &mut Report,
    application: &Arc<Application>,
    time: Duration,
) -> Result<()> {
    let token = application.keys.token("bench", "analyst", 1)?;
    let body = Bytes::from(
        json!({"rule": "nominal_gain", "with_fairness": false, "members": members(100)})
            .to_string(),
    );
    let server = native::start(&application.keys).await?;
    let targets = [
        ("native axum server", server.address),
        ("tontine-calc, wasm", application.running.address),
    ];
    let mut best: [Option<Load>; 2] = [None, None];
    for _ in 0..ROUNDS {
        for (slot, (_, address)) in best.iter_mut().zip(targets) {
            let found = load(
                address,
                "/v1/tontine/credits",
                &token,
                &body,
                CONNECTIONS,
                time,
            )
            .await?;
            let better = slot
                .as_ref()
                .is_none_or(|b| found.requests_per_s > b.requests_per_s);
            if better {
                *slot = Some(found);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    let baseline = best[0].as_ref().context("measured")?.requests_per_s;
    let rows = best
        .iter()
        .flatten()
        .zip(targets)
        .map(|(load, (name, _))| {
            vec![
                name.to_owned(),
                format!("{:.0}", load.requests_per_s),
                format!("{:.2}", load.requests_per_s / baseline),
                ms(load.times.percentile(50)),
                ms(load.times.percentile(99)),
            ]
        })
        .collect();
    let method = format!(
        "`POST /v1/tontine/credits` with 100 members and a token, {CONNECTIONS} kept-alive \
         connections, the best of {ROUNDS} rounds of {} s each in turns. Both verify the token, \
         parse, compute, log and answer with the same code; the component does so in a fresh \
         instance per request on the local host.",
        time.as_secs()
    );
    report.table(
        "Requests a second, credits of 100 members",
        &method,
        &["", "requests/s", "ratio", "p50", "p99"],
        rows,
    );
    Ok(())
}

/// One connection, one request at a time: a reply in two segments would show as 40 ms.
pub(crate) async fn measure_segments(
    report: &mut Report,
    application: &Arc<Application>,
    time: Duration,
) -> Result<()> {
    let token = application.keys.token("bench", "analyst", 1)?;
    let body = Bytes::from(
        json!({"rule": "nominal_gain", "with_fairness": false, "members": members(1)}).to_string(),
    );
    let found = load(
        application.running.address,
        "/v1/tontine/credits",
        &token,
        &body,
        1,
        time,
    )
    .await?;
    let rows = vec![vec![
        "credits of one member".to_owned(),
        found.times.len().to_string(),
        ms(found.times.percentile(50)),
        ms(found.times.percentile(99)),
    ]];
    let method = "One kept-alive connection, one request after the other, no TCP_NODELAY on the \
                  server: most of it is the verification of the token.";
    report.table(
        "Latency of one caller",
        method,
        &["", "requests", "p50", "p99"],
        rows,
    );
    Ok(())
}

fn members(count: usize) -> Vec<Value> {
    (0..count)
        .map(|i| json!({"id": format!("m{i}"), "q": "0.01543007", "at_risk_cents": 1_000_000 + i, "died": i % 10 == 3}))
        .collect()
}
