//! What a bare machine lacks.

mod debian;
mod postgres;
mod wasm;

use anyhow::Result;

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

/// Builds the components and the programs that only tests run.
pub(crate) fn components_and_guests() -> Result<()> {
    let toolchain = wasm::Toolchain::prepare()?;
    toolchain.build(&COMPONENTS)?;
    toolchain.build(&["probe"])
}
