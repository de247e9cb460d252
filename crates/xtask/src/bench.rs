//! `cargo xtask bench`

use anyhow::Result;

use crate::cluster::Durability;
use crate::database::Server;
use crate::process::execute;
use crate::{setup, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Print the tables and leave docs/benchmarks.md as it is.
    #[arg(long)]
    print: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::components()?;
    setup::engine_measurement()?;
    let server = Server::start("bench", Durability::Durable, true)?;
    let mut cargo = workspace::cargo();
    cargo
        .args([
            "run",
            "--quiet",
            "--locked",
            "--profile",
            "bench",
            "--package",
            "bench",
            "--",
        ])
        .env("DATABASE_URL", &server.admin_url);
    if !arguments.print {
        cargo.args(["--write", "docs/benchmarks.md"]);
    }
    execute(&mut cargo)
}
