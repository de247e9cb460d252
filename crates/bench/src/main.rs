//! `cargo xtask bench`: measurements, as ratios in one run against a named baseline.
//!
//! Speed is never a test; the table says on which machine and how it was measured.

#![allow(clippy::print_stdout, reason = "a command line tool")]
#![allow(clippy::float_arithmetic, reason = "statistics")]

mod application;
mod engine;
mod instances;
mod load;
mod memory;
mod native;
mod report;
mod sizes;
mod stats;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::report::Report;

/// Measures, and writes the tables.
#[derive(Parser)]
struct Arguments {
    /// The file to write.
    #[arg(long)]
    write: Option<PathBuf>,
    /// Seconds of each load.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let time = Duration::from_secs(arguments.seconds);
    let mut report = Report::new()?;

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

    let text = report.text();
    match arguments.write {
        Some(path) => {
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
            println!("wrote {}", path.display());
        }
        None => println!("{text}"),
    }
    Ok(())
}
