//! `cargo xtask contract`: the running application asked by schemathesis, from the
//! document that it serves.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use ledger::record::{Member, Page};
use mortality::{FractionalAge, Table};
use simulator::{AUDIENCE, Client, DevKeys, ISSUER, Scenario, play};

use crate::cluster::Durability;
use crate::database::Server;
use crate::demo::Bar;
use crate::host::HostChoice;
use crate::process::execute;
use crate::{setup, workspace};

/// The members and the months of the pool that there is, and a seed with which somebody
/// dies in them.
const POOL: (usize, usize, u64) = (12, 2, 18);
/// All scopes at once: each operation lets one of them in.
const SCOPES: &str = "member operator analyst auditor";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which requests are made: the same seed makes the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The most requests of each kind for an operation.
    #[arg(long, default_value_t = 15)]
    examples: u32,
    /// Which host runs the application.
    #[arg(long, value_enum, default_value_t = HostChoice::Local)]
    host: HostChoice,
    /// Passed on to schemathesis, such as `--include-operation-id openPool`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    schemathesis: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let schemathesis = setup::schemathesis()?;
    setup::components()?;
    let host = arguments.host.resolve()?;
    let server = Server::start("contract", Durability::Volatile, true)?;
    let keys = DevKeys::generate()?;
    let mut variables = server.prepare()?;
    variables.extend([
        ("auth_jwks".to_owned(), keys.token_jwks()?),
        ("auth_issuer".to_owned(), ISSUER.to_owned()),
        ("auth_audience".to_owned(), AUDIENCE.to_owned()),
        ("upvest_jwks".to_owned(), keys.upvest_key()?.jwks()),
        ("engine_sha256".to_owned(), setup::engine_sha256()?),
    ]);
    let port = free_port()?;
    let log = workspace::state()?.join("contract.log");
    let mut application = host.start(port, &variables, &log)?;
    let url = format!("http://127.0.0.1:{port}");
    let asked = ask(arguments, &schemathesis, &url, &keys);
    application.stop();
    asked.with_context(|| format!("the application's log is {}", log.display()))
}

/// Plays a small pool and lets schemathesis ask.
fn ask(arguments: &Arguments, schemathesis: &Path, url: &str, keys: &DevKeys) -> Result<()> {
    let client = Client::new(url, keys)?;
    let (members, months, seed) = POOL;
    let table = Table::by_id("destatis-2022-2024")?;
    let assumption = FractionalAge::ConstantForce;
    let scenario = Scenario::draw(members, months, "2025-01".parse()?, table, assumption, seed);
    let pool_id = play(&client, &scenario, &Bar::new())?.pool_id;
    let members: Page<Member> = client.get(&format!("/v1/data/pools/{pool_id}/members"))?;
    let alive = members.items.iter().find(|member| member.died_on.is_none());
    let member_id = alive.context("nobody is alive")?.member_id.to_string();
    execute(
        Command::new(schemathesis)
            .current_dir(folder())
            .args(["run", &format!("{url}/v1/openapi.json")])
            .args(["--seed", &arguments.seed.to_string()])
            .args(["--max-examples", &arguments.examples.to_string()])
            .args(&arguments.schemathesis)
            .env("RETIRE_TOKEN", keys.token(&member_id, SCOPES, 1)?)
            .env("RETIRE_POOL", pool_id.to_string())
            .env("RETIRE_MEMBER", &member_id)
            .env("SCHEMATHESIS_HOOKS", "hooks")
            // What it keeps for itself is no part of the sources.
            .env(
                "HYPOTHESIS_STORAGE_DIRECTORY",
                workspace::state()?.join("hypothesis"),
            )
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    )
}

/// Where schemathesis finds what it is told.
fn folder() -> PathBuf {
    workspace::root().join("tests/contract")
}

/// A port that nobody uses.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
