//! The image of files: `/spin.toml`, and each component where that names it.
//!
//! The shim loads `/spin.toml` of any image whose layers are ordinary ones. Nothing else
//! is in it: no shell, no library, nobody to log in as.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use anyhow::Result;
use oci_spec::image::{
    Arch, ConfigBuilder, ImageConfigurationBuilder, ImageManifestBuilder, MediaType, Os,
    RootFsBuilder,
};

use crate::Application;
use crate::layer::pack;
use crate::layout::{Blob, Layout, canonical, sha256};

/// Where the shim looks for the manifest.
pub const MANIFEST: &str = "spin.toml";

/// Adds the image under `name`; gives its digest. `labels` are annotations of it, such as
/// the revision of the source.
///
/// # Errors
/// The application does not say its name or version.
pub fn add(
    layout: &mut Layout,
    name: &str,
    application: &Application,
    labels: &BTreeMap<String, String>,
) -> Result<String> {
    let mut files: BTreeMap<PathBuf, &[u8]> =
        BTreeMap::from([(PathBuf::from(MANIFEST), application.text.as_bytes())]);
    for component in &application.components {
        files.insert(PathBuf::from(&component.source), &component.wasm);
    }
    let layer = pack(&files)?;
    let config = ImageConfigurationBuilder::default()
        .architecture(Arch::Wasm)
        .os(Os::Other("wasi".to_owned()))
        .config(
            ConfigBuilder::default()
                .entrypoint(vec![format!("/{MANIFEST}")])
                .working_dir("/".to_owned())
                .build()?,
        )
        .rootfs(
            RootFsBuilder::default()
                .typ("layers".to_owned())
                .diff_ids(vec![format!("sha256:{}", sha256(&layer.tar))])
                .build()?,
        )
        .history(Vec::new())
        .build()?;
    let config = layout.blob(Blob {
        media_type: MediaType::ImageConfig,
        bytes: canonical(&config)?,
    })?;
    let layer = layout.blob(Blob {
        media_type: MediaType::ImageLayerGzip,
        bytes: layer.gzip,
    })?;
    let manifest = ImageManifestBuilder::default()
        .schema_version(2_u32)
        .media_type(MediaType::ImageManifest)
        .config(config)
        .layers(vec![layer])
        .annotations(annotations(application, labels)?)
        .build()?;
    layout.image(name, &manifest)
}

/// The annotations of either form.
pub(crate) fn annotations(
    application: &Application,
    labels: &BTreeMap<String, String>,
) -> Result<HashMap<String, String>> {
    let named = |key: &str| Ok::<_, anyhow::Error>(application.named(key)?.to_owned());
    let mut annotations: HashMap<String, String> = labels.clone().into_iter().collect();
    annotations.extend([
        ("org.opencontainers.image.title".to_owned(), named("name")?),
        (
            "org.opencontainers.image.version".to_owned(),
            named("version")?,
        ),
        (
            "org.opencontainers.image.description".to_owned(),
            named("description")?,
        ),
    ]);
    Ok(annotations)
}
