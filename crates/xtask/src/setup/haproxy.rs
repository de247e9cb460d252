//! HAProxy, before which rollouts are rehearsed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::packages::Packages;
use super::unpacked;
use crate::process::{execute, find, output};
use crate::workspace;

const PACKAGES: Packages = Packages {
    apt: "haproxy",
    dnf: "haproxy",
    apk: "haproxy",
    brew: "haproxy",
};

/// Makes the program available where it is missing. On Debian its package would start a
/// service: there it is unpacked below `target`, with the libraries that it needs.
pub(crate) fn prepare() -> Result<()> {
    let folder = workspace::state()?.join("haproxy");
    let is_there = find("haproxy").is_some()
        || Path::new("/usr/sbin/haproxy").is_file()
        || folder.join("usr/sbin/haproxy").is_file();
    if is_there {
        return Ok(());
    }
    println!("Installing haproxy");
    if find("apt-get").is_none() {
        return PACKAGES.install().context("install the program haproxy");
    }
    unpack(&folder)
}

fn unpack(folder: &Path) -> Result<()> {
    let packages = folder.join("packages");
    std::fs::create_dir_all(&packages)?;
    let mut wanted = vec![PACKAGES.apt.to_owned()];
    wanted.extend(missing_libraries()?);
    let download = |wanted: &[String]| {
        let mut apt = Command::new("apt-get");
        apt.current_dir(&packages).args(unpacked::QUIETLY);
        execute(apt.arg("download").args(wanted))
    };
    if download(&wanted).is_err() {
        // The lists of packages are missing or of an older state.
        execute(crate::process::as_root("apt-get")?.args(["update", "--quiet"]))?;
        download(&wanted)?;
    }
    unpacked::extract_all(&packages, folder)?;
    ensure!(
        folder.join("usr/sbin/haproxy").is_file(),
        "the package haproxy has no such program"
    );
    Ok(())
}

/// The libraries that the package depends on and that are not installed.
fn missing_libraries() -> Result<Vec<String>> {
    let listed = output(Command::new("apt-cache").args([
        "depends",
        "--recurse",
        "--no-recommends",
        "--no-suggests",
        "--no-conflicts",
        "--no-breaks",
        "--no-replaces",
        "--no-enhances",
        PACKAGES.apt,
    ]))?;
    let libraries: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .filter(|name| name.starts_with("lib"))
        .collect();
    let is_installed = |name: &&str| {
        output(Command::new("dpkg-query").args(["--show", "--showformat=${Status}", name]))
            .is_ok_and(|status| status.ends_with(" installed"))
    };
    Ok(libraries
        .into_iter()
        .filter(|name| !is_installed(name))
        .map(str::to_owned)
        .collect())
}
