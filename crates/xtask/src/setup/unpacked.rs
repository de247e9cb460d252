//! Programs of Debian's packages, unpacked below `target`: nothing is installed, and no
//! service is started.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{execute, find, output};
use crate::workspace;

/// The release that has every package.
pub(crate) const LATER_RELEASE: &str = "trixie";

/// Of apt-get: few words, and as the user who calls.
pub(crate) const QUIETLY: [&str; 3] = ["--quiet", "-o", "APT::Sandbox::User=root"];

/// The program of this name, or that of a package, fetched if it is not there yet.
pub(crate) fn program(name: &str, package: &str) -> Result<PathBuf> {
    if let Some(found) = find(name) {
        return Ok(found);
    }
    let folder = workspace::state()?.join(name);
    let program = folder.join("usr/bin").join(name);
    if !program.is_file() {
        unpack(package, &folder)
            .with_context(|| format!("there is no {name} in PATH, and none could be fetched"))?;
    }
    ensure!(program.is_file(), "{package} has no {name}");
    Ok(program)
}

/// Fetches a package of the later release and unpacks it into a folder.
pub(crate) fn unpack(package: &str, folder: &Path) -> Result<()> {
    ensure!(find("apt-get").is_some(), "this is no Debian");
    println!("Fetching {package} of Debian {LATER_RELEASE}");
    let lists = folder.join("lists");
    std::fs::create_dir_all(lists.join("partial"))?;
    let source = folder.join("sources.list");
    std::fs::write(&source, format!("{}\n", source_line()?))?;
    let apt = |action: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .current_dir(folder)
            .args(QUIETLY)
            .args(["-o", "Debug::NoLocking=true"])
            .args(["-o", "Dir::Etc::sourceparts=/dev/null"])
            .arg("-o")
            .arg(format!("Dir::Etc::sourcelist={}", source.display()))
            .arg("-o")
            .arg(format!("Dir::State::lists={}", lists.display()))
            .args(action);
        command
    };
    execute(&mut apt(&["update"]))?;
    execute(&mut apt(&["download", package]))?;
    extract_all(folder, folder)?;
    Ok(std::fs::remove_dir_all(lists)?)
}

/// Unpacks the packages that were downloaded into a folder, and removes them.
pub(crate) fn extract_all(downloaded: &Path, folder: &Path) -> Result<()> {
    let entries: Vec<_> = std::fs::read_dir(downloaded)?.collect::<Result<_, _>>()?;
    let files = entries.into_iter().map(|entry| entry.path());
    let packages: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|e| e == "deb"))
        .collect();
    ensure!(!packages.is_empty(), "no package was downloaded");
    for package in packages {
        execute(Command::new("dpkg-deb").arg("-x").arg(&package).arg(folder))?;
        std::fs::remove_file(package)?;
    }
    Ok(())
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
    Ok(format!("deb {options}{site} {LATER_RELEASE} main"))
}
