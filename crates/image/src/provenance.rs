//! How the images came to be: an in-toto statement with SLSA provenance v1, unsigned.
//!
//! The pipeline signs it. It has no time: who builds the same source with the same
//! compiler gets the same statement.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use crate::layout::canonical;

/// The build that this repository describes.
const BUILD_TYPE: &str = "https://retire.invalid/build/cargo-xtask-image/v1";
/// Who builds where nobody says who.
pub const LOCAL_BUILDER: &str = "https://retire.invalid/builder/local";

/// What went in.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where the repository is, as an address.
    pub repository: String,
    /// The commit, where the source is a clean checkout of one.
    pub commit: Option<String>,
    /// SHA-256 of `Cargo.lock`, in hex.
    pub lock_sha256: String,
    /// What `rustc --version` says.
    pub compiler: String,
    /// Who builds, as an address.
    pub builder: String,
}

/// States of images, by name and digest (`sha256:…`), what they were built from.
///
/// # Errors
/// None: all of it is text.
pub fn statement(images: &BTreeMap<String, String>, source: &Source) -> Result<Vec<u8>> {
    let subjects: Vec<Value> = images
        .iter()
        .map(|(name, digest)| json!({"name": name, "digest": {"sha256": hex(digest)}}))
        .collect();
    let mut dependencies = vec![json!({
        "name": "Cargo.lock",
        "digest": {"sha256": source.lock_sha256},
    })];
    if let Some(commit) = &source.commit {
        dependencies.push(json!({
            "uri": format!("git+{}", source.repository),
            "digest": {"gitCommit": commit},
        }));
    }
    canonical(&json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "source": source.repository,
                    "command": ["cargo", "xtask", "image"],
                },
                "internalParameters": {"compiler": source.compiler, "target": "wasm32-wasip2"},
                "resolvedDependencies": dependencies,
            },
            "runDetails": {"builder": {"id": source.builder}},
        },
    }))
}

fn hex(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}
