//! `spin.toml`, manifest version 2.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// The parts of a manifest that this host knows. What it does not know it refuses:
/// an application must not run with half of its configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    spin_manifest_version: u32,
    /// Name, version, description.
    pub application: Application,
    /// The application's variables.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// The triggers.
    pub trigger: Triggers,
    /// The components by id.
    pub component: BTreeMap<String, Component>,
}

/// Names of the application.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// What it is.
    #[serde(default)]
    pub description: String,
}

/// A variable of the application.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// Whether its value is to be kept secret.
    #[serde(default)]
    pub secret: bool,
    /// Its value if none is given.
    pub default: Option<String>,
}

/// The triggers; HTTP is the only one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// Routes.
    #[serde(default)]
    pub http: Vec<HttpTrigger>,
}

/// A route to a component.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTrigger {
    /// The pattern.
    pub route: String,
    /// The component's id.
    pub component: String,
}

/// A component.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The wasm file, relative to the manifest.
    pub source: PathBuf,
    /// Which hosts it may reach.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// Its variables, as templates over those of the application.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// How it is built; for `spin build`.
    #[serde(default)]
    build: Option<toml::Table>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// The file, its syntax, an unknown field or another manifest version.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// Its syntax, an unknown field or another manifest version.
    pub fn parse(text: &str) -> Result<Self> {
        let manifest: Self = toml::from_str(text)?;
        ensure!(
            manifest.spin_manifest_version == 2,
            "only manifest version 2 is known"
        );
        for trigger in &manifest.trigger.http {
            ensure!(
                manifest.component.contains_key(&trigger.component),
                "the route {} names an unknown component {}",
                trigger.route,
                trigger.component
            );
        }
        Ok(manifest)
    }

    /// The command that builds a component, if it has one.
    #[must_use]
    pub fn build_command(&self, component: &str) -> Option<&str> {
        let build = self.component.get(component)?.build.as_ref()?;
        build.get("command")?.as_str()
    }
}
