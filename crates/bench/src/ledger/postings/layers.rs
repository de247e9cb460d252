//! Where the time of a single booking goes: requests that get further and further.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bytes::Bytes;
use uuid::Uuid;

use crate::ledger::connection::{Answer, Connection};
use crate::ledger::scene::Scene;
use crate::ledger::shares::Clock;
use crate::report::Report;
use crate::stats::{Times, ms};

/// Requests of each kind.
const REQUESTS: u32 = 500;
/// Where the host answers by itself.
const HEALTH: &str = "/.well-known/spin/health";

/// Measures one kind after the other, on one connection.
pub(super) fn measure(report: &mut Report, scene: &Scene) -> Result<()> {
    let mut connection = scene.connect()?;
    let http = times(200, || scene.runtime.block_on(connection.get(HEALTH)))?;
    let path = scene.path("contributions");
    let post = |connection: &mut Connection, body: &Bytes| {
        let sent = connection.post(&path, Uuid::new_v4(), body.clone());
        scene.runtime.block_on(sent)
    };
    let (address, none) = (scene.application.running.address, "");
    let mut stranger = scene.runtime.block_on(Connection::open(address, none))?;
    let body = body(scene)?;
    let instance = times(401, || post(&mut stranger, &body))?;
    let empty = Bytes::from_static(br#"{"items":[]}"#);
    let token = times(422, || post(&mut connection, &empty))?;
    let mut clock = Clock::start(scene)?;
    let booked = times(201, || clock.time(|| post(&mut connection, &body)))?;
    let shares = clock.lap()?;

    let layer = |name: &str, times: &Times, below: Duration| {
        let p50 = times.percentile(50);
        vec![name.to_owned(), ms(p50), ms(p50.saturating_sub(below))]
    };
    let part =
        |name: &str, time: Duration| vec![name.to_owned(), String::new(), ms(time / REQUESTS)];
    let rows = vec![
        layer("HTTP: the host's own answer", &http, Duration::ZERO),
        layer(
            "and an instance: without a token",
            &instance,
            http.percentile(50),
        ),
        layer(
            "and the token, and reading: a batch without items",
            &token,
            instance.percentile(50),
        ),
        layer("and the database: booked", &booked, token.percentile(50)),
        part("of that in the function", shares.sql),
        part("of that on the way, and the commit", shares.transfer),
    ];
    let method = format!(
        "{REQUESTS} requests of each kind, one after the other on one connection, each of which \
         gets further than those above it: the median, and what the layer adds. The last two \
         rows are means, counted as in the settlements below; on the way are a reset of the \
         pooled connection, the preparation of the statement and its execution, a turn of the \
         wire each."
    );
    report.table(
        "A single posting, layer by layer",
        &method,
        &["a request that comes as far as", "p50", "adds"],
        rows,
    );
    Ok(())
}

fn times(status: u16, mut request: impl FnMut() -> Result<Answer>) -> Result<Times> {
    let mut times = Vec::new();
    for _ in 0..REQUESTS {
        let start = Instant::now();
        let answer = request()?;
        times.push(start.elapsed());
        ensure!(
            answer.status.as_u16() == status,
            "answered {}",
            answer.status
        );
    }
    Ok(Times::new(times))
}

/// A contribution.
fn body(scene: &Scene) -> Result<Bytes> {
    let row = scene.database.admin()?.query_one(
        "select body from bench.batch where items = 1 and number = 0",
        &[],
    )?;
    Ok(format!("{{\"items\":{}}}", row.get::<_, &str>(0)).into())
}
