//! A layout, read back: nothing in it is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use oci_spec::image::{
    Descriptor, ImageConfiguration, ImageIndex, ImageManifest, MediaType, OciLayout,
};
use serde_json::Value;

use crate::Application;
use crate::layer::{Unpacked, unpack};
use crate::layout::{REF_NAME, sha256};
use crate::registry::{LOCKED_APPLICATION, WASM};
use crate::scratch::MANIFEST;

/// What a layout has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The images: name and digest, `sha256:…`.
    pub images: BTreeMap<String, String>,
    /// The components of each image: id and SHA-256 in hex.
    pub components: BTreeMap<String, BTreeMap<String, String>>,
}

/// Reads a layout and verifies it: every digest, size and media type; that no blob is
/// there that nothing names; that each image has an application whose manifest and
/// components belong together.
///
/// # Errors
/// Whatever is not as it should be, by its place.
pub fn check(folder: &Path) -> Result<Contents> {
    let read = |name: &str| {
        std::fs::read(folder.join(name)).with_context(|| folder.join(name).display().to_string())
    };
    let version: OciLayout = serde_json::from_slice(&read("oci-layout")?).context("oci-layout")?;
    ensure!(version.image_layout_version() == "1.0.0", "oci-layout");
    let index: ImageIndex = serde_json::from_slice(&read("index.json")?).context("index.json")?;
    let mut reader = Reader {
        folder: folder.join("blobs/sha256"),
        named: BTreeSet::new(),
    };
    let mut contents = Contents::default();
    for descriptor in index.manifests() {
        let name = descriptor
            .annotations()
            .as_ref()
            .and_then(|annotations| annotations.get(REF_NAME))
            .context("index.json: an image has no name")?;
        let components = reader.image(descriptor).with_context(|| name.clone())?;
        let digest = descriptor.digest().to_string();
        let is_new = contents.images.insert(name.clone(), digest).is_none();
        ensure!(is_new, "index.json: the name {name} comes twice");
        contents.components.insert(name.clone(), components);
    }
    reader.require_nothing_else()?;
    Ok(contents)
}

struct Reader {
    folder: PathBuf,
    named: BTreeSet<String>,
}

impl Reader {
    /// A blob that is what its descriptor says.
    fn blob(&mut self, descriptor: &Descriptor) -> Result<Vec<u8>> {
        let digest = descriptor.digest().to_string();
        let hex = digest
            .strip_prefix("sha256:")
            .with_context(|| format!("{digest} is no SHA-256"))?;
        let bytes = std::fs::read(self.folder.join(hex)).with_context(|| digest.clone())?;
        ensure!(
            bytes.len() as u64 == descriptor.size(),
            "{digest} has {} octets instead of {}",
            bytes.len(),
            descriptor.size()
        );
        ensure!(sha256(&bytes) == hex, "{digest} is of other bytes");
        self.named.insert(hex.to_owned());
        Ok(bytes)
    }

    fn image(&mut self, descriptor: &Descriptor) -> Result<BTreeMap<String, String>> {
        require_type(descriptor, &MediaType::ImageManifest)?;
        let manifest: ImageManifest = serde_json::from_slice(&self.blob(descriptor)?)?;
        require_type(manifest.config(), &MediaType::ImageConfig)?;
        let config: ImageConfiguration = serde_json::from_slice(&self.blob(manifest.config())?)?;
        let layers = manifest.layers();
        match layers.iter().map(Descriptor::media_type).next() {
            Some(MediaType::ImageLayerGzip) => self.scratch(layers, &config),
            Some(MediaType::Other(_)) => self.registry(layers, &config),
            other => bail!("a layer of the media type {other:?}"),
        }
    }

    /// An image of files.
    fn scratch(
        &mut self,
        layers: &[Descriptor],
        config: &ImageConfiguration,
    ) -> Result<BTreeMap<String, String>> {
        ensure!(layers.len() == 1, "{} layers instead of one", layers.len());
        let Unpacked { tar, mut files } = unpack(&self.blob(&layers[0])?)?;
        let diff_id = format!("sha256:{}", sha256(&tar));
        ensure!(
            config.rootfs().diff_ids() == &[diff_id],
            "the configuration names another layer"
        );
        let manifest = files.remove(Path::new(MANIFEST));
        let manifest = String::from_utf8(manifest.context("there is no /spin.toml")?)?;
        let application = Application::read(&manifest, |path| {
            let file = files.get(path);
            let missing = || format!("/spin.toml names {}, which is not there", path.display());
            file.cloned().with_context(missing)
        })?;
        for component in &application.components {
            files.remove(Path::new(&component.source));
        }
        if let Some(path) = files.keys().next() {
            bail!("/{} belongs to no component", path.display());
        }
        let components = application.components.iter();
        Ok(components
            .map(|component| (component.id.clone(), sha256(&component.wasm)))
            .collect())
    }

    /// A layer per component and one with the locked application.
    fn registry(
        &mut self,
        layers: &[Descriptor],
        config: &ImageConfiguration,
    ) -> Result<BTreeMap<String, String>> {
        let (locked, wasm) = layers.split_last().context("there is no layer")?;
        require_type(locked, &MediaType::Other(LOCKED_APPLICATION.to_owned()))?;
        let document: Value = serde_json::from_slice(&self.blob(locked)?)?;
        let labels = config.config().as_ref().and_then(|c| c.labels().clone());
        let named = labels.unwrap_or_default();
        ensure!(
            named.values().eq([&locked.digest().to_string()]),
            "the configuration names another application"
        );
        let mut layers = BTreeSet::new();
        for layer in wasm {
            require_type(layer, &MediaType::Other(WASM.to_owned()))?;
            self.blob(layer)?;
            layers.insert(layer.digest().to_string());
        }
        let mut components = BTreeMap::new();
        for component in document["components"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let id = text(&component["id"]).context("a component without an id")?;
            let digest = text(&component["source"]["digest"]).context("no digest")?;
            ensure!(
                layers.remove(&digest),
                "{id} names {digest}, which is not there"
            );
            let hex = digest.trim_start_matches("sha256:").to_owned();
            components.insert(id, hex);
        }
        if let Some(digest) = layers.first() {
            bail!("{digest} belongs to no component");
        }
        for trigger in document["triggers"].as_array().into_iter().flatten() {
            let id = trigger["trigger_config"]["component"].as_str();
            ensure!(
                id.is_some_and(|id| components.contains_key(id)),
                "a trigger leads to {id:?}"
            );
        }
        Ok(components)
    }

    fn require_nothing_else(&self) -> Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            ensure!(self.named.contains(&name), "nothing names the blob {name}");
        }
        Ok(())
    }
}

fn require_type(descriptor: &Descriptor, expected: &MediaType) -> Result<()> {
    ensure!(
        descriptor.media_type() == expected,
        "{} is {} instead of {expected}",
        descriptor.digest(),
        descriptor.media_type()
    );
    Ok(())
}
