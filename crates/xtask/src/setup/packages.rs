//! The system's packages.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{as_root, execute, find};

/// The name of a package, by package manager.
pub(crate) struct Packages {
    pub(crate) apt: &'static str,
    pub(crate) dnf: &'static str,
    pub(crate) apk: &'static str,
    pub(crate) brew: &'static str,
}

impl Packages {
    /// Installs the package.
    pub(crate) fn install(&self) -> Result<()> {
        if find("apt-get").is_some() {
            execute(as_root("apt-get")?.args(["update", "--quiet"]))?;
            execute(
                as_root("apt-get")?
                    .env("DEBIAN_FRONTEND", "noninteractive")
                    .args(["install", "--quiet", "--yes", "--no-install-recommends"])
                    .arg(self.apt),
            )
        } else if find("dnf").is_some() {
            execute(as_root("dnf")?.args(["install", "--assumeyes", self.dnf]))
        } else if find("apk").is_some() {
            execute(as_root("apk")?.args(["add", self.apk]))
        } else if find("brew").is_some() {
            execute(Command::new("brew").args(["install", self.brew]))
        } else {
            bail!("there is no package manager that this command knows")
        }
    }
}
