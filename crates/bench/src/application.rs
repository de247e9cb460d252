//! The application on the local host, and how fast it starts.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use host::{Limits, Log, Options, Running};
use simulator::{AUDIENCE, DevKeys, ISSUER};

use crate::report::Report;
use crate::stats::{Times, ms};

pub(crate) const COMPONENTS: [&str; 4] = [
    "tontine-calc",
    "credit-accrual",
    "upvest-webhook",
    "data-query",
];

/// A running application and the keys that it believes.
pub(crate) struct Application {
    pub running: Running,
    pub keys: DevKeys,
}

pub(crate) fn limits() -> Limits {
    Limits {
        instances: 1_100,
        ..Limits::default()
    }
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The shipped file of a component.
pub(crate) fn wasm_file(component: &str) -> PathBuf {
    let name = component.replace('-', "_");
    root().join(format!("target/wasm32-wasip2/release/{name}.wasm"))
}

/// Starts the shipped components without a database.
pub(crate) async fn start(limits: Limits) -> Result<Application> {
    let nowhere = |_: &str| "postgres://nobody@127.0.0.1:5432/nothing".to_owned();
    start_on(limits, "127.0.0.1:5432", nowhere).await
}

/// Starts the shipped components on the database server at `host`, a `host:port`;
/// `url` tells the address that a component uses.
pub(crate) async fn start_on(
    limits: Limits,
    host: &str,
    url: impl Fn(&str) -> String,
) -> Result<Application> {
    let keys = DevKeys::generate()?;
    let variables = [
        ("database_host", host.to_owned()),
        ("auth_jwks", keys.token_jwks()?),
        ("auth_issuer", ISSUER.to_owned()),
        ("auth_audience", AUDIENCE.to_owned()),
        ("upvest_jwks", keys.upvest_key()?.jwks()),
        ("engine_sha256", "0".repeat(64)),
        ("credit_accrual_database_url", url("credit_accrual")),
        ("upvest_webhook_database_url", url("upvest_webhook")),
        ("data_query_database_url", url("data_query")),
        ("tontine_calc_database_url", url("tontine_calc")),
    ];
    let running = host::start(Options {
        manifest: root().join("spin.toml"),
        variables: variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        limits,
        log: Log::none(),
    })
    .await?;
    Ok(Application { running, keys })
}

/// From the decision to start to the first answer, with compiled code from the cache
/// and without.
pub(crate) async fn measure_start(report: &mut Report) -> Result<()> {
    let mut rows = Vec::new();
    for (name, cached, runs) in [
        ("compiled code cached", true, 30),
        ("compiling first", false, 5),
    ] {
        let mut times = Vec::new();
        for _ in 0..runs {
            if !cached {
                drop_cache()?;
            }
            if cached && times.is_empty() {
                // Compiled code of this build may not be there yet.
                start(limits()).await?.running.stop().await;
            }
            let begin = Instant::now();
            let application = start_and_ask().await?;
            times.push(begin.elapsed());
            application.running.stop().await;
        }
        let times = Times::new(times);
        rows.push(vec![
            name.to_owned(),
            times.len().to_string(),
            ms(times.percentile(50)),
            ms(times.percentile(99)),
        ]);
    }
    let method = "The local host in this process: load four components, listen, answer one \
                  `POST /v1/tontine/credits` with a token. Spin itself was not at hand.";
    report.table(
        "First answer after a start",
        method,
        &["", "runs", "p50", "p99"],
        rows,
    );
    Ok(())
}

async fn start_and_ask() -> Result<Application> {
    let application = start(limits()).await?;
    let client = simulator::Client::new(
        &format!("http://{}", application.running.address),
        &application.keys,
    )?;
    let answer = tokio::task::spawn_blocking(move || {
        let body = serde_json::json!({"rule": "nominal_gain", "members": [{"id": "A", "q": "0.1", "at_risk_cents": 1}]});
        client.try_command("/v1/tontine/credits", "k", &body)
    })
    .await??;
    anyhow::ensure!(answer.status == 200, "answered {}", answer.status);
    Ok(application)
}

/// Removes the compiled code beside the components.
fn drop_cache() -> Result<()> {
    let folder = wasm_file("").parent().context("a folder")?.to_path_buf();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "cwasm") {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// How long to wait for a quiet machine between two measurements.
pub(crate) const PAUSE: Duration = Duration::from_millis(500);
