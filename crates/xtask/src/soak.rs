//! `cargo xtask soak`

use anyhow::Result;

use crate::cluster::{Cluster, Durability};
use crate::process::execute;
use crate::{fuzz, setup, workspace};

/// The crates with property tests that need nothing but a processor.
const CRATES: [&str; 15] = [
    "audit",
    "merkle",
    "money",
    "mortality",
    "fairness",
    "tontine",
    "payout",
    "forecast",
    "ledger",
    "event-cipher",
    "upvest-events",
    "upvest-signature",
    "fuzz",
    "query",
    "tontine-calc",
];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Cases of each property test.
    #[arg(long, default_value_t = 100_000)]
    cases: u32,
    /// Deliveries that differ from a signed one.
    #[arg(long, default_value_t = 1_000_000)]
    mutations: u64,
    /// Random sequences of commands, against the model of the ledger
    #[arg(long, default_value_t = 500)]
    sequences: u32,
    /// Runs in which hosts are killed, connections cut and the database crashes
    #[arg(long, default_value_t = 500)]
    kills: u32,
    /// Orders in which the broker's events arrive
    #[arg(long, default_value_t = 2_000)]
    orders: u32,
    /// Events that are delivered while the host is killed ten times
    #[arg(long, default_value_t = 10_000)]
    events: u32,
    /// Seconds for which each fuzz target runs, instrumented for coverage
    #[arg(long, default_value_t = 3_600)]
    fuzz_s: u32,
    /// Generated queries of the data layer, against plain SQL
    #[arg(long, default_value_t = 20_000)]
    queries: u32,
    /// Passed on to the `cargo test` of the property tests, such as a part of a test's
    /// name.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.cases > 0 || arguments.mutations > 0 {
        property_tests(arguments)?;
    }
    if arguments.sequences
        + arguments.kills
        + arguments.orders
        + arguments.events
        + arguments.queries
        > 0
    {
        ledger(arguments)?;
    }
    if arguments.fuzz_s > 0 {
        fuzz::run(arguments.fuzz_s)?;
    }
    Ok(())
}

/// Optimised: a hundred thousand pools would take hours otherwise.
fn property_tests(arguments: &Arguments) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--locked", "--profile", "bench", "--all-features"]);
    for name in CRATES {
        cargo.args(["--package", name]);
    }
    cargo
        .args(&arguments.cargo)
        .env("PROPTEST_CASES", arguments.cases.to_string())
        .env("RETIRE_SOAK_MUTATIONS", arguments.mutations.to_string());
    execute(&mut cargo)
}

/// The shipped components with a database that crashes: it is always one of our own, what
/// it has acknowledged must be on the disk, and one test at a time may use it.
fn ledger(arguments: &Arguments) -> Result<()> {
    setup::components_and_guests()?;
    let cluster = Cluster::start("soak", Durability::Durable, true)?;
    let mut cargo = workspace::cargo();
    cargo
        .args(["test", "--locked", "--package", "tests", "--all-features"])
        .args(["--", "ledger::", "the_order_of_arrival_does_not_matter"])
        .args(["webhooks::load::", "data::differential::"])
        .args(["--test-threads=1", "--nocapture"])
        .env("DATABASE_URL", cluster.admin_url("postgres"))
        .env("RETIRE_SOAK_SEQUENCES", arguments.sequences.to_string())
        .env("RETIRE_SOAK_KILLS", arguments.kills.to_string())
        .env("RETIRE_SOAK_ORDERS", arguments.orders.to_string())
        .env("RETIRE_SOAK_EVENTS", arguments.events.to_string())
        .env("RETIRE_SOAK_QUERIES", arguments.queries.to_string())
        .env("RETIRE_SOAK_RESTARTS", "1");
    execute(&mut cargo)
}
