//! The ledger through HTTP and the shipped component, beside what the database does
//! without them.

pub(crate) mod connection;
pub(crate) mod database;
mod export;
mod fill;
mod postings;
mod proofs;
pub(crate) mod scene;
mod settlement;
mod shares;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use tokio::runtime::Handle;

use crate::report::Report;
use scene::Scene;

/// What to measure.
pub(crate) struct Plan {
    /// Of each load.
    pub time: Duration,
    /// Of each load; the best counts.
    pub rounds: u32,
    /// The sizes of the pools that are settled.
    pub members: Vec<u32>,
    /// The program pgbench, if it is at hand.
    pub pgbench: Option<PathBuf>,
    /// Where the application runs.
    pub runtime: Handle,
}

/// Measures everything.
pub(crate) fn measure(report: &mut Report, plan: &Plan) -> Result<()> {
    report.paragraph(
        "Through HTTP on the local host, which is in the process of the client, and the shipped \
         component, with a token, in a fresh instance per request. PostgreSQL 15 as installed, \
         every commit on disk (`fsync` and `synchronous_commit` are on). A database of its own \
         for the postings and for each pool.",
    );
    postings::measure(report, plan)?;
    let mut settlements = settlement::Rows::default();
    let mut exports = Vec::new();
    for &members in &plan.members {
        let scene = Scene::start(&plan.runtime, members)?;
        fill::report_deaths(&scene)?;
        let settled = settlement::settle(&scene)?;
        let proofs = proofs::ask(&scene)?;
        settlements.add(members, &settled, &proofs);
        exports.push(export::export(&scene, members)?);
        fill::report_late_deaths(&scene)?;
        settlements.add_again(members, &settlement::settle(&scene)?);
        scene.stop();
    }
    settlements.report(report);
    export::report(report, exports);
    Ok(())
}
