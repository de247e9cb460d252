//! `cargo xtask bench`

use anyhow::Result;
use clap::ValueEnum;

use crate::cluster::Durability;
use crate::database::Server;
use crate::process::execute;
use crate::{setup, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to measure; everything if it is left out
    part: Option<Part>,
    /// Print the tables and leave docs/benchmarks.md as it is
    #[arg(long)]
    print: bool,
    /// Small pools and short loads, for a look while working; prints
    #[arg(long)]
    quick: bool,
    /// Members of the pools that the ledger settles, such as 1000,100000; the data layer
    /// has the last
    #[arg(long)]
    members: Option<String>,
}

/// A section of docs/benchmarks.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The components without a database: start, mathematics, load, memory
    Application,
    /// Postings, settlements, proofs and exports, with a durable database
    Ledger,
    /// Webhooks, stored and booked, with a durable database
    Webhook,
    /// Queries, exports and statements, over many months of a large pool
    Data,
    /// Processes from their start to the first answer of each function
    ColdStart,
    /// Memory of 1, 10 and 100 processes that have nothing to do
    Density,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::components()?;
    if matches!(arguments.part, None | Some(Part::Application)) {
        setup::engine_measurement()?;
    }
    let server = Server::start("bench", Durability::Durable, true)?;
    if matches!(arguments.part, None | Some(Part::ColdStart | Part::Density)) {
        processes()?;
    }
    let mut cargo = workspace::cargo();
    cargo
        .args(["run", "--quiet", "--locked", "--profile", "bench"])
        .args(["--package", "bench", "--bin", "bench", "--"])
        .env("DATABASE_URL", &server.admin_url);
    if let Some(pgbench) = setup::pgbench() {
        cargo.arg("--pgbench").arg(pgbench);
    }
    match arguments.part {
        Some(Part::Application) => cargo.arg("application"),
        Some(Part::Ledger) => cargo.arg("ledger"),
        Some(Part::Webhook) => cargo.arg("webhook"),
        Some(Part::Data) => cargo.arg("data"),
        Some(Part::ColdStart) => cargo.arg("cold-start"),
        Some(Part::Density) => cargo.arg("density"),
        None => cargo.args([
            "application",
            "ledger",
            "webhook",
            "data",
            "cold-start",
            "density",
        ]),
    };
    if arguments.quick {
        cargo.args(["--seconds", "1", "--rounds", "1"]);
    }
    match (&arguments.members, arguments.quick) {
        (Some(members), _) => cargo.args(["--members", members]),
        // More than a page of members: one of each way to settle.
        (None, true) => cargo.args(["--members", "1000,25000"]),
        (None, false) => &mut cargo,
    };
    if !arguments.print && !arguments.quick {
        cargo.args(["--write", "docs/benchmarks.md"]);
    }
    execute(&mut cargo)
}

/// Builds the programs that are started as processes.
fn processes() -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo
        .args(["build", "--quiet", "--locked", "--profile", "bench"])
        .args(["--package", "host", "--bin", "retire-host"])
        .args(["--package", "bench", "--bin", "native"]);
    execute(&mut cargo)
}
