//! `cargo xtask soak`

use anyhow::Result;

use crate::cluster::Durability;
use crate::database::Server;
use crate::setup;
use crate::test::cargo_test;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Cases of each property test.
    #[arg(long, default_value_t = 100_000)]
    cases: u32,
    /// Passed on to `cargo test`, such as a part of a test's name.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::components_and_guests()?;
    let server = Server::start("test", Durability::Volatile, false)?;
    let cases = [("PROPTEST_CASES", arguments.cases.to_string())];
    cargo_test(&server, &arguments.cargo, &cases)
}
