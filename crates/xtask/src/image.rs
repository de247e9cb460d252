//! `cargo xtask image`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use ::image::{Application, Layout, check, provenance, registry, sbom, scratch, sha256};
use anyhow::{Context as _, Result, ensure};

use crate::process::output;
use crate::setup::{COMPONENTS, WASM_FOLDER};
use crate::{setup, workspace};

/// The repository that provenance names where the checkout does not know one.
const REPOSITORY: &str = "https://retire.invalid/retire";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Take the components that `cargo xtask build` made, with the paths of this machine
    /// in them: for a look, not for a release
    #[arg(long)]
    prebuilt: bool,
    /// Build once more, from a copy of the sources in another folder, and compare
    #[arg(long, conflicts_with = "prebuilt")]
    twice: bool,
    /// Who builds, as an address for the provenance
    #[arg(long, default_value = provenance::LOCAL_BUILDER)]
    builder: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = workspace::root();
    let folder = workspace::state()?.join("image");
    std::fs::create_dir_all(&folder)?;
    let built = if arguments.prebuilt {
        setup::components()?;
        workspace::target()
    } else {
        let target = workspace::state()?.join("image-build");
        setup::shipped_components(&root, &target)?;
        target
    };
    let application = read(&root, &built)?;
    let revision = revision(&root);
    let images = assemble(&application, revision.as_deref(), &folder.join("oci"))?;
    if arguments.twice {
        let again = folder.join("twice");
        let images_again = build_elsewhere(&again, revision.as_deref())?;
        ensure!(
            images == images_again,
            "another folder gives other images: {images:?}, {images_again:?}"
        );
        std::fs::remove_dir_all(&again)?;
        println!("built twice, in two folders: the same bytes");
    }
    std::fs::write(folder.join("sbom.cdx.json"), describe(&root, &application)?)?;
    let lock = std::fs::read(root.join("Cargo.lock"))?;
    let source = provenance::Source {
        repository: repository(&root),
        commit: revision,
        lock_sha256: sha256(&lock),
        compiler: output(Command::new("rustc").current_dir(&root).arg("--version"))?,
        builder: arguments.builder.clone(),
    };
    let statement = provenance::statement(&images, &source)?;
    std::fs::write(folder.join("provenance.json"), statement)?;
    print(&folder, &application, &images);
    Ok(())
}

/// The manifest, with the components that were built below `target`.
fn read(root: &Path, target: &Path) -> Result<Application> {
    let text = std::fs::read_to_string(root.join("spin.toml"))?;
    Application::read(&text, |path| {
        let file = path.file_name().context("a path without a file")?;
        let file = target.join(WASM_FOLDER).join(file);
        std::fs::read(&file).with_context(|| file.display().to_string())
    })
}

/// Writes both images and reads them back; gives their digests by name.
fn assemble(
    application: &Application,
    revision: Option<&str>,
    folder: &Path,
) -> Result<BTreeMap<String, String>> {
    let mut labels = BTreeMap::new();
    if let Some(revision) = revision {
        let key = "org.opencontainers.image.revision".to_owned();
        labels.insert(key, revision.to_owned());
    }
    let mut layout = Layout::default();
    scratch::add(&mut layout, "retire", application, &labels)?;
    registry::add(&mut layout, "retire-spin", application, &labels)?;
    layout.write(folder)?;
    Ok(check(folder)?.images)
}

/// Copies what the repository has to another folder and builds there.
fn build_elsewhere(folder: &Path, revision: Option<&str>) -> Result<BTreeMap<String, String>> {
    let copy = folder.join("source");
    workspace::copy_sources(&copy)?;
    let target = folder.join("elsewhere/target");
    setup::shipped_components(&copy, &target)?;
    assemble(&read(&copy, &target)?, revision, &folder.join("oci"))
}

/// The commit, if the checkout is exactly that.
fn revision(root: &Path) -> Option<String> {
    let git = |arguments: &[&str]| output(Command::new("git").current_dir(root).args(arguments));
    let is_clean = git(&["status", "--porcelain"]).is_ok_and(|changes| changes.is_empty());
    is_clean.then(|| git(&["rev-parse", "HEAD"]).ok()).flatten()
}

fn repository(root: &Path) -> String {
    let mut git = Command::new("git");
    git.current_dir(root);
    let origin = output(git.args(["config", "--get", "remote.origin.url"]));
    origin
        .ok()
        .filter(|url| url.starts_with("https://"))
        .unwrap_or_else(|| REPOSITORY.to_owned())
}

fn describe(root: &Path, application: &Application) -> Result<Vec<u8>> {
    let metadata = output(workspace::cargo().args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--filter-platform=wasm32-wasip2",
    ]))?;
    let metadata = serde_json::from_str(&metadata).context("cargo metadata")?;
    let lock = std::fs::read_to_string(root.join("Cargo.lock"))?;
    sbom::sbom(&metadata, &lock, &COMPONENTS, application.named("version")?)
}

fn print(folder: &Path, application: &Application, images: &BTreeMap<String, String>) {
    for (name, digest) in images {
        println!("image      {name:<14} {digest}");
    }
    for component in &application.components {
        println!(
            "component  {:<14} {}",
            component.id,
            sha256(&component.wasm)
        );
    }
    let shown = |name: &str| -> PathBuf { folder.join(name) };
    println!("layout     {}", shown("oci").display());
    println!("sbom       {}", shown("sbom.cdx.json").display());
    println!("provenance {}", shown("provenance.json").display());
}
