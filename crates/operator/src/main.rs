//! `retire`: the program of the operator's image.

use anyhow::Result;
use clap::{Parser, Subcommand};
use operator::{import, migration, settle, upvest_keys, verify};
use time::UtcDateTime;

/// What runs beside the application.
#[derive(Parser)]
#[command(version, arg_required_else_help = true, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring the database of DATABASE_URL to the schema of this release
    Migrate(migration::Arguments),
    /// Settle what is over: a pool that is settled stays as it is
    Settle(settle::Arguments),
    /// Fetch the keys of Upvest's webhooks; print them, or store them in the database
    UpvestKeys(upvest_keys::Arguments),
    /// Verify a pool's export or a member's proof, offline
    Verify(verify::Arguments),
    /// Verify a pool's export and load it into an empty database
    Import(import::Arguments),
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Migrate(arguments) => migration::run(&arguments),
        Command::Settle(arguments) => settle::run(&arguments, UtcDateTime::now().date()),
        Command::UpvestKeys(arguments) => upvest_keys::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
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
