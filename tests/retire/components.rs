//! The shipped files: how large they are, and what they ask of their host.

use std::path::PathBuf;

use crate::harness::{App, workspace};

/// The most bytes of a component: see docs/decisions/small-components.md.
const fn budget(component: &str) -> u64 {
    match component.as_bytes() {
        b"tontine-calc" => 1_050_000,
        b"credit-accrual" => 950_000,
        b"upvest-webhook" => 875_000,
        _ => 1_400_000,
    }
}

/// What Spin 3.6 offers to a component.
const OFFERED: [&str; 8] = [
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:http/",
    "wasi:io/",
    "wasi:random/",
    "fermyon:spin/variables@2.0.0",
    "spin:postgres/postgres@4.0.0",
];

const COMPONENTS: [&str; 4] = [
    "tontine-calc",
    "credit-accrual",
    "upvest-webhook",
    "data-query",
];

fn file(component: &str) -> PathBuf {
    let name = component.replace('-', "_");
    workspace().join(format!("target/wasm32-wasip2/release/{name}.wasm"))
}

#[test]
fn components_stay_within_their_budget() {
    for component in COMPONENTS {
        let size = file(component).metadata().expect("built").len();
        let budget = budget(component);
        assert!(size <= budget, "{component} has {size} bytes of {budget}");
    }
}

#[test]
fn components_import_only_what_spin_3_6_offers() {
    let app = App::start();
    for component in COMPONENTS {
        let imports = app
            .host()
            .component(component)
            .expect("loaded")
            .imports()
            .to_vec();
        assert!(!imports.is_empty());
        for import in &imports {
            let offered = OFFERED.iter().any(|offer| import.starts_with(offer));
            let wasi_0_2 = !import.starts_with("wasi:") || import.contains("@0.2.");
            assert!(offered && wasi_0_2, "{component} imports {import}");
        }
        let database = imports
            .iter()
            .any(|import| import.starts_with("spin:postgres"));
        assert!(database, "{component} has no database");
    }
}

/// The build commands of the manifest are those of `cargo xtask build`.
#[test]
fn spin_build_builds_the_same_files() {
    let manifest = host::Manifest::read(&workspace().join("spin.toml")).expect("a manifest");
    for component in COMPONENTS {
        let command = manifest.build_command(component).expect("a command");
        let expected = format!(
            "cargo rustc --release --target wasm32-wasip2 --package {component} --lib --crate-type cdylib"
        );
        assert_eq!(command, expected);
        let source = workspace().join(&manifest.component[component].source);
        assert_eq!(source, file(component));
    }
}

/// Only the edge names the SDK, so that a move is one crate's work.
#[test]
fn only_the_edge_depends_on_the_sdk() {
    for folder in ["crates", "functions", "tests/guests"] {
        for entry in std::fs::read_dir(workspace().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let Ok(manifest) = std::fs::read_to_string(path.join("Cargo.toml")) else {
                continue;
            };
            let depends = manifest.lines().any(|line| line.starts_with("spin-sdk"));
            assert_eq!(depends, path.ends_with("crates/edge"), "{}", path.display());
        }
    }
}
