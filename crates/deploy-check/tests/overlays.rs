//! The overlays have no findings.

use std::path::{Path, PathBuf};

use anyhow::Result;
use deploy_check::{Checker, render};

fn workspace() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.ancestors().nth(2).unwrap_or(folder).to_path_buf()
}

#[test]
fn every_overlay_is_without_findings() -> Result<()> {
    let checker = Checker::new(&workspace())?;
    for overlay in render::OVERLAYS {
        let objects = render::overlay(&workspace(), overlay)?;
        let findings = checker.check(&objects);
        let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(said.is_empty(), "{overlay}:\n{}", said.join("\n"));
    }
    Ok(())
}
