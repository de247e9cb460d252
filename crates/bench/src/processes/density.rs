//! What processes take that have nothing to do.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::process::{Program, Server, World, requests};
use crate::application::root;
use crate::ledger::Plan;
use crate::report::Report;

/// Applications at a time.
const COUNTS: [usize; 3] = [1, 10, 100];
/// After which nothing is freed any more.
const SETTLED: Duration = Duration::from_secs(2);

pub(crate) fn measure(report: &mut Report, _: &Plan) -> Result<()> {
    let world = World::create()?;
    let mut rows = Vec::new();
    for count in COUNTS {
        let host = pss_kib(&world, Program::Host, count)?;
        let native = pss_kib(&world, Program::Native, count)?;
        let mib = |kib: u64| format!("{:.1} MiB", kib as f64 / 1024.0);
        let each = |kib: u64| mib(kib / count as u64);
        rows.push(vec![
            count.to_string(),
            mib(native),
            each(native),
            mib(host),
            each(host),
            format!("{:.1}", host as f64 / native as f64),
        ]);
    }
    let method = "So many processes with all four functions each, after one request to \
                  tontine-calc and two seconds: the sum of their proportional set sizes (PSS of \
                  `smaps_rollup`: what several map is counted once). The local host maps compiled \
                  code from files, which all processes share; a host that compiles at the start \
                  has a copy in each. Spin itself was not at hand.";
    report.table(
        "Idle memory",
        method,
        &[
            "applications",
            "native",
            "each",
            "local host",
            "each",
            "ratio",
        ],
        rows,
    );
    Ok(())
}

fn pss_kib(world: &World, program: Program, count: usize) -> Result<u64> {
    let requests = requests(world)?;
    let (_, ask) = requests.first().context("a request")?;
    let mut servers = Vec::new();
    for _ in 0..count {
        let mut server = Server::start(program, &root().join("spin.toml"), world)?;
        server.first_answer(world, ask)?;
        servers.push(server);
    }
    std::thread::sleep(SETTLED);
    servers.iter().map(Server::pss_kib).sum()
}
