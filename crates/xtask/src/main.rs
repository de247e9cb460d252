//! `cargo xtask`: everything that a development machine does, in one place.

#![allow(clippy::print_stdout, reason = "a command line tool")]

mod bench;
mod calc;
mod cluster;
mod contract;
mod database;
mod demo;
mod deploy;
mod fuzz;
mod host;
mod image;
mod openapi;
mod process;
mod rehearse;
mod rollout;
mod setup;
mod soak;
mod test;
mod token;
mod up;
mod upvest_simulator;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use operator::{import, migration, upvest_keys, verify};

/// The commands of a development machine.
#[derive(Parser)]
#[command(
    bin_name = "cargo xtask",
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up, build and run everything; Ctrl-C stops it
    Up(up::Arguments),
    /// Play a year of 1,000 members through a running application and check it
    Demo(demo::Arguments),
    /// Set up, build and run every test
    Test(test::Arguments),
    /// Run the long campaigns: 100,000 cases of every property test
    Soak(soak::Arguments),
    /// Measure, and write docs/benchmarks.md
    Bench(bench::Arguments),
    /// Run the mathematics natively over a file of members
    Calc(calc::Arguments),
    /// Print a token for development
    Token(token::Arguments),
    /// Bring the database of DATABASE_URL to the schema of this build
    Migrate(migration::Arguments),
    /// Fetch the keys of Upvest's webhooks; print them, or store them in the database
    UpvestKeys(upvest_keys::Arguments),
    /// Send webhooks as Upvest does: signed, batched, repeated, in disorder
    UpvestSimulator(upvest_simulator::Arguments),
    /// Write the contract (openapi.json, problems.md) from the route table, or check it
    Openapi(openapi::Arguments),
    /// Ask the running application from its own contract, with schemathesis
    Contract(contract::Arguments),
    /// Verify a pool's export or a member's proof, offline
    Verify(verify::Arguments),
    /// Verify a pool's export and load it into an empty database
    Import(import::Arguments),
    /// Check everything in deploy/, or write the chart from it
    Deploy(deploy::Arguments),
    /// Install what a bare machine lacks and build the components
    Build,
    /// Assemble the application as an OCI image layout, with an SBOM and provenance
    Image(self::image::Arguments),
    /// Say which colour answers in a cluster, and switch to the other one or back
    Rollout(self::rollout::Arguments),
    /// Rehearse with real processes: rollouts under load, a restore to a point in time
    Rehearse(rehearse::Arguments),
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Up(arguments) => up::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Soak(arguments) => soak::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Calc(arguments) => calc::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Migrate(arguments) => migration::run(&arguments),
        Command::UpvestKeys(arguments) => upvest_keys::run(&arguments),
        Command::UpvestSimulator(arguments) => upvest_simulator::run(&arguments),
        Command::Openapi(arguments) => openapi::run(&arguments),
        Command::Contract(arguments) => contract::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Deploy(arguments) => deploy::run(&arguments),
        Command::Build => setup::components(),
        Command::Image(arguments) => self::image::run(&arguments),
        Command::Rollout(arguments) => self::rollout::run(&arguments),
        Command::Rehearse(arguments) => rehearse::run(&arguments),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_command_can_be_parsed() {
        Arguments::command().debug_assert();
    }
}
