//! The `openssl` program, with which tests sign as somebody else.

use anyhow::{Context as _, Result};

use super::packages::Packages;
use crate::process::find;

const PACKAGES: Packages = Packages {
    apt: "openssl",
    dnf: "openssl",
    apk: "openssl",
    brew: "openssl",
};

/// Installs it where it is missing.
pub(crate) fn prepare() -> Result<()> {
    if find("openssl").is_some() {
        return Ok(());
    }
    println!("Installing openssl");
    PACKAGES.install().context("install the program openssl")
}
