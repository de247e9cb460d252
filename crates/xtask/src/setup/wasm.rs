//! Compiling for wasm32-wasip2.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::debian;
use crate::process::{execute, execute_within, find, output};
use crate::workspace;

const TARGET: &str = "wasm32-wasip2";
/// How long rustup may take to fetch a standard library of 20 MB.
const FETCH_LIMIT: Duration = Duration::from_secs(180);
/// Chooses the fallback without trying rustup: to test it.
const CHOICE: &str = "RETIRE_WASM_TOOLCHAIN";

/// A compiler for the target.
pub(crate) enum Toolchain {
    /// The one that runs this command.
    Rustup,
    /// That of Debian's packages.
    Debian(debian::Toolchain),
}

impl Toolchain {
    /// Finds a compiler for the target, or installs what it needs.
    pub(crate) fn prepare() -> Result<Self> {
        let forced = std::env::var(CHOICE).is_ok_and(|choice| choice == "debian");
        if !forced {
            if has_standard_library() {
                return Ok(Self::Rustup);
            }
            println!("Installing the target {TARGET} with rustup");
            match rustup_add() {
                Ok(()) => return Ok(Self::Rustup),
                Err(error) => println!("rustup cannot: {error:#}"),
            }
        }
        println!("Falling back to Debian's compiler for {TARGET}");
        debian::Toolchain::prepare().map(Self::Debian).context(
            "no compiler for wasm32-wasip2: `rustup target add wasm32-wasip2` is the ordinary way",
        )
    }

    /// Builds packages of the workspace as components in release.
    pub(crate) fn build(&self, packages: &[&str]) -> Result<()> {
        for package in packages {
            println!("Building {package} for {TARGET}");
            let mut cargo = match self {
                Self::Rustup => workspace::cargo(),
                Self::Debian(toolchain) => toolchain.cargo(),
            };
            // A library that is only a cdylib can be optimised as a whole.
            cargo
                .current_dir(workspace::root())
                .args([
                    "rustc",
                    "--quiet",
                    "--release",
                    "--target",
                    TARGET,
                    "--locked",
                ])
                .args(["--package", package, "--lib", "--crate-type", "cdylib"]);
            execute(&mut cargo).with_context(|| format!("building {package}"))?;
        }
        Ok(())
    }
}

impl Toolchain {
    /// Builds an example as a command in release.
    pub(crate) fn build_example(&self, package: &str, example: &str) -> Result<()> {
        println!("Building the example {example} for {TARGET}");
        let mut cargo = match self {
            Self::Rustup => workspace::cargo(),
            Self::Debian(toolchain) => toolchain.cargo(),
        };
        cargo
            .current_dir(workspace::root())
            .args(["build", "--quiet", "--release", "--locked"])
            .args(["--target", TARGET])
            .args(["--package", package, "--example", example]);
        execute(&mut cargo).with_context(|| format!("building {example}"))
    }
}

fn has_standard_library() -> bool {
    let printed = output(Command::new("rustc").current_dir(workspace::root()).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]));
    printed.is_ok_and(|folder| std::path::Path::new(&folder).is_dir())
}

fn rustup_add() -> Result<()> {
    find("rustup").context("there is no rustup")?;
    execute_within(
        Command::new("rustup")
            .current_dir(workspace::root())
            .args(["target", "add", TARGET]),
        FETCH_LIMIT,
    )
}
