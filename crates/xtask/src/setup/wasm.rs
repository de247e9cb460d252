//! Compiling for wasm32-wasip2.

use std::path::{Path, PathBuf};
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

/// The variable with the compiler's flags for the target.
const FLAGS: &str = "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS";

impl Toolchain {
    /// Builds packages of the sources in `root` into `target`, so that the bytes tell
    /// neither of them, nor where cargo keeps the sources of others.
    pub(crate) fn build_shipped(
        &self,
        root: &Path,
        target: &Path,
        packages: &[&str],
    ) -> Result<()> {
        std::fs::create_dir_all(target)?;
        let mut cargo = match self {
            Self::Rustup => workspace::cargo(),
            Self::Debian(toolchain) => toolchain.cargo(),
        };
        let set = cargo.get_envs().find(|(name, _)| *name == FLAGS);
        let mut flags = set
            .and_then(|(_, value)| value)
            .unwrap_or_default()
            .to_owned();
        for (from, to) in [
            (root.canonicalize()?, "/retire"),
            (target.canonicalize()?, "/target"),
            (cargo_home()?, "/cargo"),
        ] {
            flags.push(" --remap-path-prefix=");
            flags.push(from);
            flags.push("=");
            flags.push(to);
        }
        cargo
            .current_dir(root)
            .env("CARGO_TARGET_DIR", target)
            .env(FLAGS, flags)
            // They would come instead of those above.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        for package in packages {
            println!(
                "Building {package} as it is shipped, from {}",
                root.display()
            );
            let mut build = again(&cargo);
            build
                .args([
                    "rustc",
                    "--quiet",
                    "--release",
                    "--locked",
                    "--target",
                    TARGET,
                ])
                .args(["--package", package, "--lib", "--crate-type", "cdylib"]);
            execute(&mut build).with_context(|| format!("building {package}"))?;
        }
        Ok(())
    }
}

/// The same command without arguments.
fn again(command: &Command) -> Command {
    let mut again = Command::new(command.get_program());
    if let Some(folder) = command.get_current_dir() {
        again.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    again
}

/// Where cargo keeps the sources of the registry.
fn cargo_home() -> Result<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    set.or_else(home)
        .context("neither CARGO_HOME nor HOME is set")
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
