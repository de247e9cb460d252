//! What the components are made of: a CycloneDX 1.6 document from cargo's own account.
//!
//! It has neither a serial number nor a time: the same lock file gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::layout::canonical;

/// `Cargo.lock`, as far as it is needed: the digest of each crate of the registry.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// Describes what is linked into `roots`. `metadata` is what `cargo metadata` says with
/// `--filter-platform` of the target, `lock` the text of `Cargo.lock`.
///
/// # Errors
/// A root that is no package of the workspace; a crate of the registry without a digest.
pub fn sbom(metadata: &Metadata, lock: &str, roots: &[&str], version: &str) -> Result<Vec<u8>> {
    let checksums = checksums(lock)?;
    let packages: BTreeMap<&PackageId, &Package> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, package))
        .collect();
    let linked = linked(metadata, &packages, roots)?;
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for (id, needs) in &linked {
        let package = packages[id];
        let mut component = json!({
            "type": "library",
            "bom-ref": reference(package),
            "name": package.name.as_str(),
            "version": package.version.to_string(),
            "purl": reference(package),
        });
        if let Some(license) = &package.license {
            // The old form of "either".
            let expression = license.replace('/', " OR ");
            component["licenses"] = json!([{ "expression": expression }]);
        }
        if package.source.is_some() {
            let named = (package.name.to_string(), package.version.to_string());
            let checksum = checksums
                .get(&named)
                .with_context(|| format!("Cargo.lock has no digest of {}", package.name))?;
            component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
        }
        components.push(component);
        let mut depends_on: Vec<String> = needs.iter().map(|id| reference(packages[id])).collect();
        depends_on.sort();
        dependencies.push(json!({"ref": reference(package), "dependsOn": depends_on}));
    }
    let by = |key: &'static str| move |value: &Value| value[key].as_str().map(str::to_owned);
    components.sort_by_key(by("bom-ref"));
    dependencies.sort_by_key(by("ref"));
    canonical(&json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "retire", "name": "retire", "version": version},
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// The package URL, which is the reference as well.
fn reference(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

fn checksums(lock: &str) -> Result<BTreeMap<(String, String), String>> {
    let lock: Lock = toml::from_str(lock).context("Cargo.lock")?;
    let named = lock.package.into_iter().filter_map(|package| {
        let checksum = package.checksum?;
        Some(((package.name, package.version), checksum))
    });
    Ok(named.collect())
}

/// The packages that are reached by ordinary dependencies, with what each of them needs.
fn linked<'a>(
    metadata: &'a Metadata,
    packages: &BTreeMap<&'a PackageId, &'a Package>,
    roots: &[&str],
) -> Result<BTreeMap<&'a PackageId, BTreeSet<&'a PackageId>>> {
    let resolve = metadata.resolve.as_ref().context("nothing is resolved")?;
    let mut open: Vec<&PackageId> = packages
        .iter()
        .filter(|(id, package)| {
            metadata.workspace_members.contains(id) && roots.contains(&package.name.as_str())
        })
        .map(|(id, _)| *id)
        .collect();
    ensure!(
        open.len() == roots.len(),
        "not all of {roots:?} are packages of the workspace"
    );
    let mut linked = BTreeMap::new();
    while let Some(id) = open.pop() {
        if linked.contains_key(id) {
            continue;
        }
        let node = resolve.nodes.iter().find(|node| node.id == *id);
        let needs: BTreeSet<&PackageId> = node
            .context("a package is not resolved")?
            .deps
            .iter()
            .filter(|dep| {
                let kinds = dep.dep_kinds.iter();
                kinds
                    .clone()
                    .any(|kind| kind.kind == DependencyKind::Normal)
            })
            .map(|dep| &dep.pkg)
            .collect();
        open.extend(&needs);
        linked.insert(id, needs);
    }
    Ok(linked)
}
