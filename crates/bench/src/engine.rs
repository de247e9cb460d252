//! The mathematics on large pools.

use std::process::Command as Program;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::application::{Application, root};
use crate::native;
use crate::report::Report;

/// What the measuring program prints: `members nanoseconds` a line.
fn read(text: &str) -> Vec<(u64, f64)> {
    text.lines()
        .filter_map(|line| {
            let (members, time) = line.split_once(' ')?;
            Some((members.parse().ok()?, time.parse().ok()?))
        })
        .collect()
}

/// Sharing by nominal gain: natively, in WebAssembly, and in NumPy.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let target = root().join("target");
    let native = Program::new(target.join("release/examples/measure"))
        .arg("credits")
        .output()
        .context("the native measurement")?;
    let native = read(&String::from_utf8_lossy(&native.stdout));
    let file = target.join("wasm32-wasip2/release/examples/measure.wasm");
    let printed = run_component(&std::fs::read(file)?).await?;
    let wasm = read(&printed);
    let script = root().join("crates/bench/numpy/nominal_gain.py");
    let numpy = Program::new("python3").arg(script).output();
    let numpy = numpy.map_or_else(
        |_| Vec::new(),
        |output| read(&String::from_utf8_lossy(&output.stdout)),
    );
    let memory = |members: u64| {
        let prefix = format!("{members} memory ");
        let bytes = printed.lines().find_map(|line| line.strip_prefix(&prefix));
        bytes.and_then(|bytes| bytes.parse::<u64>().ok())
    };
    let mut rows = Vec::new();
    for ((members, native), (_, wasm)) in native.iter().zip(&wasm) {
        let numpy = numpy.iter().find(|(n, _)| n == members).map(|(_, t)| *t);
        let ratio = |of: f64| format!("{of:.0} ns ({:.2})", of / native);
        rows.push(vec![
            members.to_string(),
            format!("{native:.0} ns"),
            ratio(*wasm),
            numpy.map_or("not at hand".to_owned(), ratio),
            memory(*members).map_or(String::new(), |bytes| format!("{} B", bytes / members)),
        ]);
    }
    let method = "Nominal gain with group gain, from rates and balances to cents, a member; the \
                  best of several runs, and in brackets the ratio to native. The same code \
                  natively and as a component on wasmtime, with 256-bit integers; NumPy with \
                  floats of 53 bits, one vectorised pass. Memory is all of the component's, \
                  the pool included (48 B a member).";
    report.table(
        "Credits of large pools, the engine alone",
        method,
        &["members", "native", "wasm", "NumPy", "wasm memory a member"],
        rows,
    );
    Ok(())
}

struct State {
    table: ResourceTable,
    wasi: WasiCtx,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Runs a command and gives what it printed.
async fn run_component(wasm: &[u8]) -> Result<String> {
    let engine = Engine::default();
    let component = Component::new(&engine, wasm)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    let stdout = MemoryOutputPipe::new(1 << 16);
    let wasi = WasiCtx::builder()
        .args(&["measure", "credits"])
        .stdout(stdout.clone())
        .build();
    let state = State {
        table: ResourceTable::new(),
        wasi,
    };
    let mut store = Store::new(&engine, state);
    let command = Command::instantiate_async(&mut store, &component, &linker).await?;
    let ended = command.wasi_cli_run().call_run(&mut store).await?;
    ensure!(ended.is_ok(), "the measurement failed");
    drop(store);
    Ok(String::from_utf8_lossy(&stdout.contents()).into_owned())
}

/// A pool by line: what `members` lines look like.
fn lines(members: usize) -> String {
    use std::fmt::Write as _;
    let mut body = String::from("{\"rule\":\"nominal_gain\",\"with_fairness\":false}\n");
    for i in 0..members {
        let (q, cents, died) = (80 + i % 4_919, 1_000_000 + i % 9_000_000, i % 997 == 0);
        // A string takes all.
        let _ = writeln!(
            body,
            "{{\"id\":\"{i:032x}\",\"q\":\"0.{q:05}\",\"at_risk_cents\":{cents},\"died\":{died}}}"
        );
    }
    body
}

/// The whole way over HTTP: read, share, answer.
pub(crate) async fn measure_lines(report: &mut Report, application: &Application) -> Result<()> {
    let baseline = native::start(&application.keys).await?;
    let mut rows = Vec::new();
    for members in [1_000, 100_000, 1_000_000] {
        let body = Arc::new(lines(members));
        let native = post(application, baseline.address, "credits", &body, LINES).await?;
        let wasm = post(
            application,
            application.running.address,
            "credits",
            &body,
            LINES,
        )
        .await?;
        rows.push(vec![
            members.to_string(),
            format!("{:.1}", body.len() as f64 / 1e6),
            format!("{native:.3} s"),
            format!("{wasm:.3} s"),
            format!("{:.2}", wasm / native),
        ]);
    }
    let method = "`POST /v1/tontine/credits` as `application/x-ndjson` without fairness, the \
                  best of 3: from the first octet sent to the last received. The native server \
                  collects the body before it begins, the component reads it as it comes.";
    report.table(
        "Credits of large pools by line",
        method,
        &[
            "members",
            "MB sent",
            "native axum server",
            "tontine-calc, wasm",
            "ratio",
        ],
        rows,
    );
    Ok(())
}

/// A forecast of 10,000 paths.
pub(crate) async fn measure_forecast(report: &mut Report, application: &Application) -> Result<()> {
    let baseline = native::start(&application.keys).await?;
    let body = Arc::new(
        json!({
            "pool": {"described": {
                "members": 1_000, "youngest_age": 60, "oldest_age": 90, "male_share": "0.5",
                "balance_cents": 10_000_000,
                "watched": {"sex": "female", "age_years": 65, "balance_cents": 10_000_000},
            }},
            "deaths": {
                "mortality": {"table": {"id": "destatis-2022-2024", "closing": "log_quadratic_120"}},
                "blend": "by_sex", "improvement": "none", "fractional_age": "constant_force",
            },
            "terms": {
                "seed": 1, "paths": 10_000, "years": 40, "first_year": 2025,
                "interest": {"effective": "0.02"},
                "returns": {"mean": "0.03", "volatility": "0.1"},
            },
            "question": {"fall": "0.2", "band": "0.1", "confidence": "0.9"},
            "snapshots": 1,
        })
        .to_string(),
    );
    let native = post(application, baseline.address, "forecasts", &body, JSON).await?;
    let wasm = post(
        application,
        application.running.address,
        "forecasts",
        &body,
        JSON,
    )
    .await?;
    report.table(
        "A forecast",
        "10,000 paths of 40 years for 1,000 members, one core, the best of 3. Target: below 2 s.",
        &["", "time", "ratio"],
        vec![
            vec![
                "native axum server".into(),
                format!("{native:.3} s"),
                "1.00".into(),
            ],
            vec![
                "tontine-calc, wasm".into(),
                format!("{wasm:.3} s"),
                format!("{:.2}", wasm / native),
            ],
        ],
    );
    Ok(())
}

const LINES: &str = "application/x-ndjson";
const JSON: &str = "application/json";

/// The seconds of a request, the best of 3.
async fn post(
    application: &Application,
    address: std::net::SocketAddr,
    operation: &'static str,
    body: &Arc<String>,
    content_type: &'static str,
) -> Result<f64> {
    let token = application.keys.token("bench", "operator", 1)?;
    let mut best = f64::MAX;
    for _ in 0..3 {
        let (token, body) = (token.clone(), Arc::clone(body));
        let client = simulator::Client::new(&format!("http://{address}"), &application.keys)?;
        let seconds = tokio::task::spawn_blocking(move || -> Result<f64> {
            let headers = [
                (
                    "authorization".to_owned(),
                    format!("Bearer {token}").into_bytes(),
                ),
                ("content-type".to_owned(), content_type.as_bytes().to_vec()),
            ];
            let start = Instant::now();
            let path = format!("/v1/tontine/{operation}");
            let answer = client.send("POST", &path, &headers, body.as_bytes())?;
            let seconds = start.elapsed().as_secs_f64();
            ensure!(answer.status == 200, "answered {}", answer.status);
            Ok(seconds)
        });
        best = best.min(seconds.await??);
    }
    Ok(best)
}
