//! The form that `spin registry push` makes: a layer per component, and one with the
//! locked application, whose sources are digests of the others.
//!
//! Its media types are those of Spin's crate `spin-oci`, its document that of
//! `spin-locked-app`. A component without dependencies is pushed as it is: nothing is
//! composed here.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, Result, bail, ensure};
use oci_spec::image::{
    Arch, ConfigBuilder, ImageConfigurationBuilder, ImageManifestBuilder, MediaType, Os,
    RootFsBuilder,
};
use serde_json::{Map, Value, json};

use crate::Application;
use crate::layout::{Blob, Layout, canonical, sha256};
use crate::scratch::annotations;

/// The layer with the locked application.
pub const LOCKED_APPLICATION: &str = "application/vnd.fermyon.spin.application.v1+config";
/// The layer of a component.
pub const WASM: &str = "application/vnd.wasm.content.layer.v1+wasm";
/// The label by which images of different applications have different configurations.
const LOCKED_DIGEST: &str = "com.fermyon.spin.lockedAppDigest";

/// What a component may have here. Files, stores and dependencies make Spin lay layers
/// and documents that this module does not know.
const COMPONENT_KEYS: [&str; 5] = [
    "source",
    "description",
    "allowed_outbound_hosts",
    "variables",
    "build",
];

/// Adds the image under `name`; gives its digest.
///
/// # Errors
/// The manifest has what this form does not know how to lock.
pub fn add(
    layout: &mut Layout,
    name: &str,
    application: &Application,
    labels: &BTreeMap<String, String>,
) -> Result<String> {
    let mut layers = Vec::new();
    for component in &application.components {
        layers.push(layout.blob(Blob {
            media_type: MediaType::Other(WASM.to_owned()),
            bytes: component.wasm.clone(),
        })?);
    }
    let locked = layout.blob(Blob {
        media_type: MediaType::Other(LOCKED_APPLICATION.to_owned()),
        bytes: canonical(&locked(application)?)?,
    })?;
    let digest = HashMap::from([(LOCKED_DIGEST.to_owned(), locked.digest().to_string())]);
    layers.push(locked);
    let config = ImageConfigurationBuilder::default()
        .architecture(Arch::Wasm)
        .os(Os::Other("Wasip1".to_owned()))
        .config(ConfigBuilder::default().labels(digest).build()?)
        .rootfs(
            RootFsBuilder::default()
                .typ("layers".to_owned())
                .diff_ids(Vec::<String>::new())
                .build()?,
        )
        .history(Vec::new())
        .build()?;
    let config = layout.blob(Blob {
        media_type: MediaType::ImageConfig,
        bytes: canonical(&config)?,
    })?;
    let manifest = ImageManifestBuilder::default()
        .schema_version(2_u32)
        .media_type(MediaType::ImageManifest)
        .config(config)
        .layers(layers)
        .annotations(annotations(application, labels)?)
        .build()?;
    layout.image(name, &manifest)
}

/// The locked application: the manifest, resolved, with digests for its sources.
///
/// # Errors
/// See [`add`].
pub fn locked(application: &Application) -> Result<Value> {
    let manifest = &application.manifest;
    let mut variables = Map::new();
    for (name, variable) in table(manifest, "variables")? {
        variables.insert(name.clone(), locked_variable(name, variable)?);
    }
    let triggers = manifest
        .get("trigger")
        .and_then(toml::Value::as_table)
        .context("no trigger")?;
    ensure!(
        triggers.len() == 1 && triggers.contains_key("http"),
        "triggers other than http are not known here"
    );
    let http = triggers["http"].as_array().context("no list of triggers")?;
    let triggers = http
        .iter()
        .map(locked_trigger)
        .collect::<Result<Vec<_>>>()?;
    let declared = table(manifest, "component")?;
    let components = application
        .components
        .iter()
        .map(|component| {
            let settings = declared[&component.id].as_table().context("no table")?;
            locked_component(component, settings).with_context(|| component.id.clone())
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(json!({
        "spin_lock_version": 0,
        "metadata": {
            "name": application.named("name")?,
            "version": application.named("version")?,
            "description": application.named("description")?,
            "trigger": {"type": "http"},
        },
        "variables": variables,
        "triggers": triggers,
        "components": components,
    }))
}

fn table<'a>(manifest: &'a toml::Table, key: &str) -> Result<&'a toml::Table> {
    let value = manifest.get(key).and_then(toml::Value::as_table);
    value.with_context(|| format!("spin.toml has no {key}"))
}

/// A variable is required or has a default: the lock leaves the default out.
fn locked_variable(name: &str, variable: &toml::Value) -> Result<Value> {
    let field = |key: &str| variable.get(key);
    let flag = |key: &str| field(key).and_then(toml::Value::as_bool).unwrap_or(false);
    let default = field("default").and_then(toml::Value::as_str);
    ensure!(
        flag("required") != default.is_some(),
        "the variable {name} is neither required nor has a default"
    );
    let mut locked = Map::new();
    if let Some(default) = default {
        locked.insert("default".to_owned(), default.into());
    }
    if flag("secret") {
        locked.insert("secret".to_owned(), true.into());
    }
    Ok(locked.into())
}

/// Its id is the one that Spin gives to a trigger without one.
fn locked_trigger(trigger: &toml::Value) -> Result<Value> {
    let component = trigger
        .get("component")
        .and_then(toml::Value::as_str)
        .context("a trigger without a component")?;
    ensure!(trigger.get("id").is_none(), "a trigger has an id");
    Ok(json!({
        "id": format!("{component}-http-trigger"),
        "trigger_type": "http",
        "trigger_config": trigger,
    }))
}

fn locked_component(component: &crate::Component, settings: &toml::Table) -> Result<Value> {
    if let Some(key) = settings
        .keys()
        .find(|key| !COMPONENT_KEYS.contains(&key.as_str()))
    {
        bail!("{key} is not known here");
    }
    let mut metadata = Map::new();
    for key in ["description", "allowed_outbound_hosts", "build"] {
        if let Some(value) = settings.get(key) {
            metadata.insert(key.to_owned(), serde_json::to_value(value)?);
        }
    }
    let mut locked = json!({
        "id": component.id,
        "metadata": metadata,
        "source": {
            "content_type": "application/wasm",
            "digest": format!("sha256:{}", sha256(&component.wasm)),
        },
    });
    if let Some(variables) = settings.get("variables") {
        locked["config"] = serde_json::to_value(variables)?;
    }
    Ok(locked)
}
