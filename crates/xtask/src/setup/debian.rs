//! The fallback where rustup cannot fetch the target: Debian's own compiler, which
//! builds the standard library from source.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{as_root, execute, find, output};
use crate::workspace;

/// The compiler (newer than Debian's ordinary one), the sources of its standard
/// library, and a linker.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld"];
/// The release whose `wasi-libc` knows wasm32-wasip2.
const LIBC_RELEASE: &str = "trixie";

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

/// Fetches `wasi-libc` of a later release and unpacks it below `target`: nothing of
/// that release is installed.
fn unpacked_libc() -> Result<PathBuf> {
    let folder = workspace::state()?.join("wasi-libc");
    let libc = folder.join("usr/lib/wasm32-wasip2");
    if libc.join("crt1-reactor.o").is_file() {
        return Ok(libc);
    }
    println!("Fetching wasi-libc of Debian {LIBC_RELEASE}");
    let lists = folder.join("lists");
    std::fs::create_dir_all(lists.join("partial"))?;
    let source = folder.join("sources.list");
    std::fs::write(&source, format!("{}\n", source_line()?))?;
    let options = |command: &mut Command| {
        command
            .current_dir(&folder)
            .args([
                "--quiet",
                "-o",
                "Debug::NoLocking=true",
                "-o",
                "APT::Sandbox::User=root",
            ])
            .args(["-o", "Dir::Etc::sourceparts=/dev/null"])
            .arg("-o")
            .arg(format!("Dir::Etc::sourcelist={}", source.display()))
            .arg("-o")
            .arg(format!("Dir::State::lists={}", lists.display()));
    };
    let mut update = Command::new("apt-get");
    options(&mut update);
    execute(update.arg("update"))?;
    let mut download = Command::new("apt-get");
    options(&mut download);
    execute(download.args(["download", "wasi-libc"]))?;
    let package = std::fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|e| e == "deb"))
        .context("wasi-libc was not downloaded")?;
    execute(Command::new("dpkg-deb").arg("-x").arg(package).arg(&folder))?;
    ensure!(
        libc.is_dir(),
        "{LIBC_RELEASE}'s wasi-libc has no wasm32-wasip2"
    );
    Ok(libc)
}

/// The keys of all releases, from Debian's `debian-archive-keyring`.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A source of the later release, at the mirror that this machine uses.
fn source_line() -> Result<String> {
    let indices = output(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(SITE)|$(ORIGIN)|$(LABEL)",
        "Created-By: Packages",
        "Component: main",
    ]))?;
    let site = indices
        .lines()
        .find_map(|line| line.strip_suffix("|Debian|Debian"))
        .context("no mirror of Debian is configured")?;
    let options = if Path::new(KEYRING).is_file() {
        format!("[signed-by={KEYRING}] ")
    } else {
        String::new()
    };
    Ok(format!("deb {options}{site} {LIBC_RELEASE} main"))
}
