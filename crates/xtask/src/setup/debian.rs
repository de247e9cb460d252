//! The fallback where rustup cannot fetch the target: Debian's own compiler, which
//! builds the standard library from source.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::unpacked::{LATER_RELEASE, unpack};
use crate::process::{as_root, execute, find, output};
use crate::workspace;

/// The compiler (newer than Debian's ordinary one), the sources of its standard
/// library, and a linker.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld"];

/// Debian's compiler with what it needs beside it.
pub(crate) struct Toolchain {
    /// The folder with `wasm-component-ld`.
    linkers: PathBuf,
    /// `usr/lib/wasm32-wasip2` of the unpacked `wasi-libc`.
    libc: PathBuf,
}

impl Toolchain {
    /// Installs what is missing.
    pub(crate) fn prepare() -> Result<Self> {
        ensure!(find("apt-get").is_some(), "this is no Debian");
        if !Path::new("/usr/bin/cargo").exists() || !Path::new("/usr/bin/rustc").exists() {
            println!("Installing {}", PACKAGES.join(", "));
            execute(as_root("apt-get")?.args(["update", "--quiet"]))?;
            execute(
                as_root("apt-get")?
                    .args(["install", "--quiet", "--yes", "--no-install-recommends"])
                    .args(PACKAGES),
            )?;
        }
        Ok(Self {
            linkers: linkers()?,
            libc: unpacked_libc()?,
        })
    }

    /// Debian's cargo, set up to build the standard library for the target.
    pub(crate) fn cargo(&self) -> Command {
        let libc = self.libc.display();
        let mut path = vec![self.linkers.join("gcc-ld"), self.linkers.clone()];
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        let mut cargo = Command::new("/usr/bin/cargo");
        cargo
            .current_dir(workspace::root())
            .env("CARGO_TARGET_DIR", workspace::target())
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "CARGO_TARGET_WASM32_WASIP2_LINKER",
                self.linkers.join("wasm-component-ld"),
            )
            .env(
                "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS",
                format!(
                    "-Clink-self-contained=no -Lnative={libc} -Clink-arg={libc}/crt1-reactor.o"
                ),
            )
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("CARGO");
        if let Ok(path) = std::env::join_paths(path) {
            cargo.env("PATH", path);
        }
        cargo
    }
}

/// The toolchain's own linkers: `wasm-component-ld`, and `gcc-ld/wasm-ld`.
fn linkers() -> Result<PathBuf> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let host = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let folder = Path::new(&sysroot).join(format!("lib/rustlib/{host}/bin"));
    ensure!(
        folder.join("wasm-component-ld").is_file(),
        "{} has no wasm-component-ld",
        folder.display()
    );
    Ok(folder)
}

/// `wasi-libc` of a later release, which knows wasm32-wasip2, below `target`.
fn unpacked_libc() -> Result<PathBuf> {
    let folder = workspace::state()?.join("wasi-libc");
    let libc = folder.join("usr/lib/wasm32-wasip2");
    if !libc.join("crt1-reactor.o").is_file() {
        unpack("wasi-libc", &folder)?;
    }
    ensure!(
        libc.is_dir(),
        "{LATER_RELEASE}'s wasi-libc has no wasm32-wasip2"
    );
    Ok(libc)
}
