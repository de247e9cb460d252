//! The fuzz targets of `cargo xtask soak`.

use std::path::Path;
use std::process::{Child, Command};

use anyhow::{Context as _, Result, ensure};

use crate::process::execute;
use crate::workspace;

/// The binaries of the package `fuzz`, each named as its corpus.
const TARGETS: [&str; 4] = ["signature-input", "signature-base", "package", "question"];
/// The longest input: an hour is for forms, not for sizes.
const MAX_LEN: &str = "-max_len=8192";

/// What rustc is asked for so that libFuzzer sees which branches an input takes and what
/// it is compared with. No sanitizer: there is no `unsafe` to watch, and those need a
/// nightly compiler.
const INSTRUMENTATION: &str = "--cfg fuzzing \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks";

/// Runs every target for so long, all at the same time, from its corpus on. What is found
/// is kept in `target/fuzz`; what breaks something belongs into the corpus.
pub(crate) fn run(duration_s: u32) -> Result<()> {
    let target = workspace::target().join("fuzz");
    let host = host()?;
    let mut cargo = workspace::cargo();
    // With `--target`, build scripts and macros are not instrumented.
    cargo
        .args(["build", "--locked", "--profile", "bench", "--bins"])
        .args(["--package", "fuzz", "--target", &host])
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", INSTRUMENTATION);
    execute(&mut cargo).context("instrumented code needs a C++ compiler")?;
    let binaries = target.join(host).join("release");
    let mut running = Vec::new();
    for name in TARGETS {
        running.push((name, start(name, &binaries, &target, duration_s)?));
    }
    let mut broken = Vec::new();
    for (name, mut child) in running {
        if !child.wait()?.success() {
            broken.push(name);
        }
    }
    let places = target.display();
    ensure!(broken.is_empty(), "{broken:?}: the inputs are in {places}");
    Ok(())
}

fn start(name: &str, binaries: &Path, target: &Path, duration_s: u32) -> Result<Child> {
    let found = target.join("corpus").join(name);
    std::fs::create_dir_all(&found)?;
    let seeds = workspace::root().join("crates/fuzz/corpus").join(name);
    let crashes = target.join(format!("{name}-"));
    Command::new(binaries.join(name))
        .arg(format!("-max_total_time={duration_s}"))
        .arg(format!("-artifact_prefix={}", crashes.display()))
        .args([MAX_LEN, "-print_final_stats=1"])
        .args([found, seeds])
        .spawn()
        .with_context(|| format!("starting {name}"))
}

/// The triple of this machine.
fn host() -> Result<String> {
    let version = crate::process::output(Command::new("rustc").arg("-vV"))?;
    let line = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc names no host")?.to_owned())
}
