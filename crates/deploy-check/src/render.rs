//! Rendering with Kustomize, and the other programs that this needs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::object::Object;

/// The overlays.
pub const OVERLAYS: [&str; 3] = ["local", "staging", "production"];

/// A program by the variable that names it, in PATH, or below `target`, where
/// `cargo xtask deploy check` puts what is missing.
#[must_use]
pub fn program(workspace: &Path, variable: &str, name: &str) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(variable) {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).map(|folder| folder.join(name));
    let unpacked = workspace
        .join("target/retire")
        .join(name)
        .join("usr/bin")
        .join(name);
    folders
        .chain([unpacked])
        .find(|candidate| candidate.is_file())
}

/// Renders a folder with a `kustomization.yaml`, as text.
///
/// # Errors
/// There is no Kustomize, or it refuses.
pub fn text(workspace: &Path, folder: &Path) -> Result<String> {
    let mut command = if let Some(kustomize) = program(workspace, "RETIRE_KUSTOMIZE", "kustomize") {
        let mut command = Command::new(kustomize);
        command.arg("build");
        command
    } else if let Some(kubectl) = program(workspace, "RETIRE_KUBECTL", "kubectl") {
        let mut command = Command::new(kubectl);
        command.arg("kustomize");
        command
    } else {
        bail!("there is neither kustomize nor kubectl: `cargo xtask deploy check` fetches one");
    };
    let output = command.arg(folder).output().context("starting kustomize")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {}", folder.display(), said.trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Renders an overlay.
///
/// # Errors
/// There is no Kustomize, it refuses, or what it gives is no YAML.
pub fn overlay(workspace: &Path, name: &str) -> Result<Vec<Object>> {
    Object::read_all(&text(
        workspace,
        &workspace.join("deploy/overlays").join(name),
    )?)
}
