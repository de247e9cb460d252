//! An OCI image layout on the disk (image-spec 1.1, "Image Layout").

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use oci_spec::image::{
    Descriptor, DescriptorBuilder, Digest, ImageIndexBuilder, ImageManifest, MediaType, OciLayout,
    OciLayoutBuilder,
};
use sha2::{Digest as _, Sha256};

/// The annotation by which tools find an image of a layout.
pub(crate) const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// SHA-256 in hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// Bytes with their media type.
#[derive(Clone, Debug)]
pub struct Blob {
    /// What they are.
    pub media_type: MediaType,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Blob {
    /// What names the blob: type, size and digest.
    ///
    /// # Errors
    /// None for a digest of ours.
    pub fn descriptor(&self) -> Result<Descriptor> {
        let digest = Digest::from_str(&format!("sha256:{}", sha256(&self.bytes)))?;
        Ok(DescriptorBuilder::default()
            .media_type(self.media_type.clone())
            .size(self.bytes.len() as u64)
            .digest(digest)
            .build()?)
    }
}

/// Images, and all blobs that they are made of.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    blobs: BTreeMap<String, Vec<u8>>,
    images: Vec<Descriptor>,
}

impl Layout {
    /// Adds a blob.
    ///
    /// # Errors
    /// None for a digest of ours.
    pub fn blob(&mut self, blob: Blob) -> Result<Descriptor> {
        let descriptor = blob.descriptor()?;
        self.blobs.insert(sha256(&blob.bytes), blob.bytes);
        Ok(descriptor)
    }

    /// Adds an image under a name; gives its digest, `sha256:…`.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub fn image(&mut self, name: &str, manifest: &ImageManifest) -> Result<String> {
        let mut descriptor = self.blob(Blob {
            media_type: MediaType::ImageManifest,
            bytes: canonical(manifest)?,
        })?;
        let names = HashMap::from([(REF_NAME.to_owned(), name.to_owned())]);
        descriptor.set_annotations(Some(names));
        let digest = descriptor.digest().to_string();
        self.images.push(descriptor);
        Ok(digest)
    }

    /// Writes the layout into a folder, which is made anew.
    ///
    /// # Errors
    /// The disk.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let named = || folder.display().to_string();
        if folder.exists() {
            std::fs::remove_dir_all(folder).with_context(named)?;
        }
        let blobs = folder.join("blobs/sha256");
        std::fs::create_dir_all(&blobs).with_context(named)?;
        for (digest, bytes) in &self.blobs {
            std::fs::write(blobs.join(digest), bytes)?;
        }
        let version: OciLayout = OciLayoutBuilder::default()
            .image_layout_version("1.0.0")
            .build()?;
        std::fs::write(folder.join("oci-layout"), canonical(&version)?)?;
        let index = ImageIndexBuilder::default()
            .schema_version(2_u32)
            .media_type(MediaType::ImageIndex)
            .manifests(self.images.clone())
            .build()?;
        std::fs::write(folder.join("index.json"), canonical(&index)?)?;
        Ok(())
    }
}

/// JSON whose keys are in their order: maps of the types behind it have none.
pub(crate) fn canonical(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    // A `Value` keeps its keys sorted.
    Ok(serde_json::to_vec(&serde_json::to_value(value)?)?)
}
