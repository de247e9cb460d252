//! `cargo xtask soak`

use anyhow::Result;

use crate::process::execute;
use crate::workspace;

/// The crates with property tests that need nothing but a processor.
const CRATES: [&str; 10] = [
    "money",
    "mortality",
    "fairness",
    "tontine",
    "payout",
    "forecast",
    "ledger",
    "upvest-events",
    "upvest-signature",
    "tontine-calc",
];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Cases of each property test.
    #[arg(long, default_value_t = 100_000)]
    cases: u32,
    /// Passed on to `cargo test`, such as a part of a test's name.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo: Vec<String>,
}

/// Optimised: a hundred thousand pools would take hours otherwise.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--locked", "--profile", "bench", "--all-features"]);
    for name in CRATES {
        cargo.args(["--package", name]);
    }
    cargo
        .args(&arguments.cargo)
        .env("PROPTEST_CASES", arguments.cases.to_string());
    execute(&mut cargo)
}
