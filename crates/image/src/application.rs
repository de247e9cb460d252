//! What goes into an image: the manifest and the components that it names.

use std::path::{Component as Part, Path};

use anyhow::{Context as _, Result, ensure};

/// The manifest with its components, read whole.
#[derive(Clone, Debug)]
pub struct Application {
    /// `spin.toml`, byte for byte.
    pub text: String,
    /// The same, parsed.
    pub manifest: toml::Table,
    /// In the order of their names.
    pub components: Vec<Component>,
}

/// A component of the manifest.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its id in the manifest.
    pub id: String,
    /// The path that the manifest names, relative to it.
    pub source: String,
    /// The file.
    pub wasm: Vec<u8>,
}

/// How a file of WebAssembly begins: the magic number, and version 1 of a module or 13
/// of a component.
const MAGIC: &[u8] = b"\0asm";

impl Application {
    /// Reads a manifest; `read` gives the file of a path in it.
    ///
    /// # Errors
    /// The manifest, a path that leaves its folder, a file that is no WebAssembly.
    pub fn read(text: &str, read: impl Fn(&Path) -> Result<Vec<u8>>) -> Result<Self> {
        let manifest: toml::Table = text.parse().context("spin.toml")?;
        let version = manifest.get("spin_manifest_version");
        ensure!(
            version.and_then(toml::Value::as_integer) == Some(2),
            "spin.toml is no manifest of version 2"
        );
        let declared = manifest
            .get("component")
            .and_then(toml::Value::as_table)
            .context("spin.toml has no component")?;
        let mut components = Vec::new();
        for (id, component) in declared {
            let source = component
                .get("source")
                .and_then(toml::Value::as_str)
                .with_context(|| format!("component {id} has no source on the disk"))?;
            let inside = |part| matches!(part, Part::Normal(_));
            ensure!(
                Path::new(source).components().all(inside),
                "component {id}: {source} leaves the folder of the manifest"
            );
            let wasm = read(Path::new(source)).with_context(|| format!("component {id}"))?;
            ensure!(
                wasm.starts_with(MAGIC),
                "component {id}: {source} is no WebAssembly"
            );
            components.push(Component {
                id: id.clone(),
                source: source.to_owned(),
                wasm,
            });
        }
        components.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self {
            text: text.to_owned(),
            manifest,
            components,
        })
    }

    /// A text of the manifest's `[application]`.
    ///
    /// # Errors
    /// There is none.
    pub fn named(&self, key: &str) -> Result<&str> {
        self.manifest
            .get("application")
            .and_then(|application| application.get(key)?.as_str())
            .with_context(|| format!("spin.toml does not say the {key} of the application"))
    }
}
