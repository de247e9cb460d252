//! What a bare machine lacks.

mod debian;
mod haproxy;
mod openssl;
mod packages;
mod postgres;
mod schemathesis;
mod unpacked;
mod wasm;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::process::{execute, find};
use crate::workspace;

pub(crate) use haproxy::prepare as haproxy;
pub(crate) use openssl::prepare as openssl;
pub(crate) use postgres::{binaries as postgres_binaries, pgbench};
pub(crate) use schemathesis::prepare as schemathesis;

/// The components of the application.
pub(crate) const COMPONENTS: [&str; 4] = [
    "tontine-calc",
    "credit-accrual",
    "upvest-webhook",
    "data-query",
];

/// Where cargo leaves components, below its target folder.
pub(crate) const WASM_FOLDER: &str = "wasm32-wasip2/release";

/// Builds the components as they are shipped: from the sources in `root` into `target`,
/// with nothing in them of where either is.
pub(crate) fn shipped_components(root: &Path, target: &Path) -> Result<()> {
    wasm::Toolchain::prepare()?.build_shipped(root, target, &COMPONENTS)
}

/// Builds the components in release, with the means to do so if they are missing.
pub(crate) fn components() -> Result<()> {
    wasm::Toolchain::prepare()?.build(&COMPONENTS)
}

/// The programs that check deploy/: Kustomize, or `kubectl` with it inside, and promtool;
/// each with the variable that names it to the checks.
pub(crate) fn deploy_programs() -> Result<Vec<(&'static str, PathBuf)>> {
    let renderer = match find("kubectl") {
        Some(kubectl) => ("RETIRE_KUBECTL", kubectl),
        None => (
            "RETIRE_KUSTOMIZE",
            unpacked::program("kustomize", "kustomize")?,
        ),
    };
    let promtool = unpacked::program("promtool", "promtool")?;
    Ok(vec![renderer, ("RETIRE_PROMTOOL", promtool)])
}

/// SHA-256, in hex, of the component that settles, as it was built.
pub(crate) fn engine_sha256() -> Result<String> {
    let file = workspace::target().join("wasm32-wasip2/release/credit_accrual.wasm");
    let component = std::fs::read(&file).with_context(|| file.display().to_string())?;
    let digest = Sha256::digest(component);
    Ok(digest.iter().map(|b| format!("{b:02x}")).collect())
}

/// Builds what measures the engine, as a component and natively.
pub(crate) fn engine_measurement() -> Result<()> {
    wasm::Toolchain::prepare()?.build_example("tontine", "measure")?;
    execute(workspace::cargo().args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "tontine",
        "--example",
        "measure",
    ]))
}

/// Builds the components and the programs that only tests run.
pub(crate) fn components_and_guests() -> Result<()> {
    let toolchain = wasm::Toolchain::prepare()?;
    toolchain.build(&COMPONENTS)?;
    toolchain.build(&["probe"])
}
