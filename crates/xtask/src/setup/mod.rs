//! What a bare machine lacks.

mod debian;
mod postgres;
mod wasm;

use anyhow::Result;

use crate::process::execute;
use crate::workspace;

pub(crate) use postgres::binaries as postgres_binaries;

/// The components of the application.
pub(crate) const COMPONENTS: [&str; 4] = [
    "tontine-calc",
    "credit-accrual",
    "upvest-webhook",
    "data-query",
];

/// Builds the components in release, with the means to do so if they are missing.
pub(crate) fn components() -> Result<()> {
    wasm::Toolchain::prepare()?.build(&COMPONENTS)
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
