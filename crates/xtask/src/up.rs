//! `cargo xtask up`

use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use ledger::record::{Member, Page, Pool};
use mortality::{FractionalAge, Table};
use simulator::{AUDIENCE, Client, DevKeys, ISSUER, Scenario, play};

use crate::cluster::Durability;
use crate::database::Server;
use crate::demo::Bar;
use crate::host::HostChoice;
use crate::{setup, workspace};

/// The members and the months of the demonstration pool, and a seed with which
/// somebody dies in them.
const DEMONSTRATION: (usize, usize, u64) = (60, 3, 18);
/// How long the printed tokens are valid.
const TOKEN_DAYS: u64 = 30;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The port of the application.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Begin anew: drop the data of the private database.
    #[arg(long)]
    fresh: bool,
    /// Which host runs the application.
    #[arg(long, value_enum, default_value_t = HostChoice::Auto)]
    host: HostChoice,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // The receiver is gone when everything is stopping already.
        let _ = stop.send(());
    })?;

    let start = Instant::now();
    TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).with_context(|| {
        format!(
            "port {} is in use: choose another with --port",
            arguments.port
        )
    })?;
    setup::components()?;
    let host = arguments.host.resolve()?;
    let server = Server::start("up", Durability::Durable, arguments.fresh)?;
    let keys = DevKeys::load_or_create(&workspace::state()?.join("keys.json"))?;
    let mut variables = server.prepare()?;
    variables.extend([
        ("auth_jwks".to_owned(), keys.token_jwks()?),
        ("auth_issuer".to_owned(), ISSUER.to_owned()),
        ("auth_audience".to_owned(), AUDIENCE.to_owned()),
        ("upvest_jwks".to_owned(), keys.upvest_key()?.jwks()),
        ("engine_sha256".to_owned(), setup::engine_sha256()?),
    ]);
    let log = workspace::state()?.join("application.log");
    let mut application = host.start(arguments.port, &variables, &log)?;

    let url = format!("http://127.0.0.1:{}", arguments.port);
    let client = Client::new(&url, &keys)?;
    let member = demonstration_member(&client)?;
    println!();
    println!(
        "Retire answers at {url} after {:.1} s ({host:?} host, log in {})",
        start.elapsed().as_secs_f32(),
        log.display()
    );
    println!();
    println!("export RETIRE={url}");
    println!(
        "export OPERATOR={}",
        keys.token("operator", "operator", TOKEN_DAYS)?
    );
    println!(
        "export MEMBER={}",
        keys.token(&member.member_id.to_string(), "member", TOKEN_DAYS)?
    );
    println!();
    println!(r#"curl -s $RETIRE/v1/data/me -H "authorization: Bearer $MEMBER""#);
    println!(
        r#"curl -s "$RETIRE/v1/data/me/statements?from=2025-01&to=2025-03" -H "authorization: Bearer $MEMBER""#
    );
    println!(
        r#"curl -s $RETIRE/v1/data/pools/{}/settlements -H "authorization: Bearer $OPERATOR""#,
        member.pool_id
    );
    println!();
    println!("Ctrl-C stops everything.");

    loop {
        match stopped.recv_timeout(std::time::Duration::from_millis(500)) {
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => application
                .ensure_running()
                .with_context(|| format!("see {}", log.display()))?,
        }
    }
    println!("Stopping");
    application.stop();
    drop(server);
    Ok(())
}

/// A living member of a pool; the demonstration pool is made where there is none.
fn demonstration_member(client: &Client) -> Result<Member> {
    let pools: Page<Pool> = client.get("/v1/data/pools")?;
    let pool_id = match pools.items.first() {
        Some(pool) => pool.pool_id,
        None => {
            println!("Seeding a demonstration pool");
            let (members, months, seed) = DEMONSTRATION;
            let table = Table::by_id("destatis-2022-2024")?;
            let first = "2025-01".parse()?;
            let assumption = FractionalAge::ConstantForce;
            let scenario = Scenario::draw(members, months, first, table, assumption, seed);
            play(client, &scenario, &Bar::new())?.pool_id
        }
    };
    let members: Page<Member> = client.get(&format!("/v1/data/pools/{pool_id}/members"))?;
    let alive = |member: &&Member| member.died_on.is_none();
    let member = members
        .items
        .iter()
        .find(alive)
        .context("the pool has no living member")?;
    Ok(member.clone())
}
