//! Memory with many requests under way.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::application::{limits, start};
use crate::report::Report;

const REQUESTS: usize = 1_000;

/// Opens requests whose bodies stop before their end, so that each holds an instance,
/// and reads the memory of the process.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let application = start(limits()).await?;
    let address = application.running.address;
    let token = application.keys.token("bench", "analyst", 1)?;
    let body =
        json!({"rule": "nominal_gain", "members": [{"id": "A", "q": "0.1", "at_risk_cents": 1}]})
            .to_string();
    let before = resident_kib()?;
    let head = format!(
        "POST /v1/tontine/credits HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let (first, last) = body.as_bytes().split_at(body.len() - 1);
    let mut streams = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(first)?;
        streams.push(stream);
    }
    // Every instance has read what there is and waits for the rest.
    let during = settled_kib().await?;
    for stream in &mut streams {
        stream.write_all(last)?;
    }
    for stream in &mut streams {
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let after = resident_kib()?;
    let mib = |kib: u64| format!("{:.1} MiB", kib as f64 / 1024.0);
    let each = (during.saturating_sub(before)) as f64 / REQUESTS as f64;
    let rows = vec![
        vec!["before".to_owned(), mib(before)],
        vec![format!("{REQUESTS} requests in flight"), mib(during)],
        vec!["each request".to_owned(), format!("{each:.0} KiB")],
        vec!["after".to_owned(), mib(after)],
    ];
    let method = "Resident memory of the process, which is server and client: requests to \
                  tontine-calc whose bodies lack their last byte, each with its own instance.";
    report.table(
        "Memory with 1,000 requests in flight",
        method,
        &["", "resident"],
        rows,
    );
    application.running.stop().await;
    Ok(())
}

/// The resident memory once it no longer grows.
async fn settled_kib() -> Result<u64> {
    let mut last = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = resident_kib()?;
        if now <= last {
            return Ok(now);
        }
        last = now;
    }
}

fn resident_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap_or_default();
    Ok(line.split_whitespace().nth(1).unwrap_or_default().parse()?)
}
