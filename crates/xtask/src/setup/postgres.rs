//! PostgreSQL's programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{as_root, execute, find, output};

/// The oldest version that the SQL is written for.
const OLDEST: u32 = 15;

/// The folder with `initdb`, `pg_ctl` and `postgres`, of the newest version that is
/// installed; installs the system's package where there is none.
pub(crate) fn binaries() -> Result<PathBuf> {
    if let Some(folder) = newest() {
        return Ok(folder);
    }
    println!("Installing PostgreSQL");
    install().context("install PostgreSQL 15 or newer, or set DATABASE_URL")?;
    newest().context("PostgreSQL was installed, but not found: set DATABASE_URL")
}

/// The load generator that comes with PostgreSQL, if it is installed.
pub(crate) fn pgbench() -> Option<PathBuf> {
    let beside = newest().map(|folder| folder.join("pgbench"));
    beside
        .filter(|program| program.is_file())
        .or_else(|| find("pgbench"))
}

fn newest() -> Option<PathBuf> {
    candidates()
        .into_iter()
        .filter_map(|folder| Some((major_version(&folder)?, folder)))
        .filter(|(version, _)| *version >= OLDEST)
        .max()
        .map(|(_, folder)| folder)
}

/// The folder of PATH and the usual ones.
fn candidates() -> Vec<PathBuf> {
    let in_path = find("pg_ctl")
        .and_then(|pg_ctl| pg_ctl.canonicalize().ok())
        .and_then(|pg_ctl| pg_ctl.parent().map(Path::to_path_buf));
    let mut folders: Vec<PathBuf> = in_path.into_iter().collect();
    for (parent, inside) in [
        ("/usr/lib/postgresql", "bin"),
        ("/usr", "bin"),
        ("/usr/local/pgsql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("/usr/libexec/postgresql", ""),
    ] {
        folders.push(Path::new(parent).join(inside));
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        folders.extend(entries.map(|entry| entry.path().join(inside)));
    }
    folders
}

fn major_version(folder: &Path) -> Option<u32> {
    let complete = ["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file());
    if !complete {
        return None;
    }
    // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
    let text = output(Command::new(folder.join("postgres")).arg("--version")).ok()?;
    let number = text.split(' ').nth(2)?;
    number.split('.').next()?.parse().ok()
}

fn install() -> Result<()> {
    if find("apt-get").is_some() {
        execute(as_root("apt-get")?.args(["update", "--quiet"]))?;
        execute(
            as_root("apt-get")?
                .env("DEBIAN_FRONTEND", "noninteractive")
                .args([
                    "install",
                    "--quiet",
                    "--yes",
                    "--no-install-recommends",
                    "postgresql",
                ]),
        )
    } else if find("dnf").is_some() {
        execute(as_root("dnf")?.args(["install", "--assumeyes", "postgresql-server"]))
    } else if find("apk").is_some() {
        execute(as_root("apk")?.args(["add", "postgresql"]))
    } else if find("brew").is_some() {
        execute(Command::new("brew").args(["install", "postgresql@17"]))
    } else {
        bail!("there is no package manager that this command knows")
    }
}
