//! Where things are.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::output;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("."))
        .to_path_buf()
}

/// Where components are built and a development machine keeps its state: always
/// here, because `spin.toml` names the components by this path.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// The cargo that runs this command, in the workspace, building into [`target`].
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).env("CARGO_TARGET_DIR", target());
    cargo
}

/// What must survive from one command to the next: keys, the database. Made if it
/// is not there.
pub(crate) fn state() -> Result<PathBuf> {
    let state = target().join("retire");
    std::fs::create_dir_all(&state).with_context(|| state.display().to_string())?;
    Ok(state)
}

/// Copies the sources, and nothing that was made from them, to a folder, which is made
/// anew.
pub(crate) fn copy_sources(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let listed = output(Command::new("git").current_dir(root()).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))
    .context("listing the sources")?;
    for name in listed.lines() {
        let (from, to) = (root().join(name), folder.join(name));
        // Git lists what was removed until that is committed.
        if from.is_file() {
            std::fs::create_dir_all(to.parent().context("a folder")?)?;
            std::fs::copy(&from, &to).with_context(|| name.to_owned())?;
        }
    }
    Ok(())
}
