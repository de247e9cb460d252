//! `cargo xtask bench`: measurements, as ratios in one run against a named baseline.
//!
//! Speed is never a test; the table says on which machine and how it was measured.

#![allow(clippy::print_stdout, reason = "a command line tool")]
#![allow(clippy::float_arithmetic, reason = "statistics")]

mod application;
mod data;
mod engine;
mod instances;
mod ledger;
mod load;
mod memory;
mod native;
mod processes;
mod report;
mod sizes;
mod stats;
mod stream;
mod webhook;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use tokio::runtime::Handle;

use crate::report::Report;

/// Measures, and writes the tables.
#[derive(Parser)]
struct Arguments {
    /// What to measure.
    #[arg(required = true)]
    parts: Vec<Part>,
    /// The document to write.
    #[arg(long)]
    write: Option<PathBuf>,
    /// Seconds of each load.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Rounds of each load; the best counts.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Members of the pools that the ledger settles; the data layer has the last.
    #[arg(long, value_delimiter = ',', default_value = "1000,100000,1000000")]
    members: Vec<u32>,
    /// The program pgbench, the baseline of postings.
    #[arg(long)]
    pgbench: Option<PathBuf>,
}

/// A section of the document.
#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// The components without a database
    Application,
    /// The ledger through HTTP, with a durable database
    Ledger,
    /// Webhooks through HTTP, with a durable database
    Webhook,
    /// The data layer through HTTP
    Data,
    /// Processes from their start to the first answer
    ColdStart,
    /// Processes that have nothing to do
    Density,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    for part in &arguments.parts {
        let report = match part {
            Part::Application => measure_application(&arguments).await?,
            Part::Ledger => measure_with("The ledger", &arguments, ledger::measure).await?,
            Part::Data => measure_with("The data layer", &arguments, data::measure).await?,
            Part::Webhook => measure_with("Webhooks", &arguments, webhook::measure).await?,
            Part::ColdStart => {
                measure_with("Cold start", &arguments, processes::measure_cold_start).await?
            }
            Part::Density => {
                measure_with("Density", &arguments, processes::measure_density).await?
            }
        };
        match &arguments.write {
            Some(path) => report.write(path)?,
            None => println!("{}", report.text()),
        }
    }
    Ok(())
}

async fn measure_application(arguments: &Arguments) -> Result<Report> {
    let time = Duration::from_secs(arguments.seconds);
    let mut report = Report::new("The application")?;
    sizes::measure(&mut report)?;
    application::measure_start(&mut report).await?;
    let app = application::start(application::limits()).await?;
    instances::measure(&mut report, &app).await?;
    engine::measure(&mut report).await?;
    engine::measure_lines(&mut report, &app).await?;
    engine::measure_forecast(&mut report, &app).await?;
    let app = Arc::new(app);
    load::measure_credits(&mut report, &app, time).await?;
    load::measure_segments(&mut report, &app, time).await?;
    let app = Arc::into_inner(app).context("the load has ended")?;
    app.running.stop().await;
    memory::measure(&mut report).await?;
    Ok(report)
}

async fn measure_with(
    title: &'static str,
    arguments: &Arguments,
    measure: fn(&mut Report, &ledger::Plan) -> Result<()>,
) -> Result<Report> {
    let mut report = Report::new(title)?;
    let plan = ledger::Plan {
        time: Duration::from_secs(arguments.seconds),
        rounds: arguments.rounds,
        members: arguments.members.clone(),
        pgbench: arguments.pgbench.clone(),
        runtime: Handle::current(),
    };
    // The database is asked by a client that blocks.
    tokio::task::spawn_blocking(move || {
        measure(&mut report, &plan)?;
        Ok(report)
    })
    .await?
}
