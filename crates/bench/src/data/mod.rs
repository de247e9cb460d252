//! The data layer: pages, exports, statements, beside the database alone and the same
//! code as a native server.

mod export;
mod fill;
mod native;
mod pages;
mod statements;

use anyhow::{Context as _, Result};

use crate::ledger::Plan;
use crate::ledger::scene::Scene;
use crate::report::Report;

/// The months that the members paid in and were credited.
const MONTHS: u32 = 20;

/// Measures everything.
pub(crate) fn measure(report: &mut Report, plan: &Plan) -> Result<()> {
    let members = *plan.members.last().context("no pool is asked for")?;
    let scene = Scene::start(&plan.runtime, members)?;
    let filled = fill::fill(&scene, MONTHS)?;
    report.paragraph(&format!(
        "Through HTTP on the local host, which is in the process of the client, and the shipped \
         component, with a token, in a fresh instance per request. A pool of {members} members with \
         {} postings and {} lines of settlements, {}; the database was filled by plain SQL in {:.0} s.",
        filled.postings,
        filled.lines,
        filled.size,
        filled.time.as_secs_f64(),
    ));
    pages::measure(report, plan, &scene)?;
    export::measure(report, &scene)?;
    statements::measure(report, plan, &scene)?;
    scene.stop();
    Ok(())
}
