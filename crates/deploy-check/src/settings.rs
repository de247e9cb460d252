//! What deploy/ says about itself: its secrets, and what a cluster has to bring.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A secret of `deploy/secrets.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// Its keys.
    pub keys: Vec<String>,
    /// What has to be restarted when it changes.
    pub restarts: Vec<String>,
    /// The component that needs it, if not every installation does.
    #[serde(default)]
    pub with: String,
}

/// `deploy/platform.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Namespaces.
    pub namespaces: Vec<String>,
    /// Services, as `namespace/name:port`.
    pub services: Vec<String>,
    /// Secrets, as `namespace/name`.
    pub secrets: Vec<String>,
    /// Kinds without a definition, as `group/version/kind`.
    pub undefined_kinds: Vec<String>,
    /// The database.
    pub database: Database,
}

/// A database that somebody else runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `max_connections` of it.
    pub max_connections: u64,
    /// Those that are for others than the pooler.
    pub kept_connections: u64,
}

/// The application, as far as the objects have to agree with it.
#[derive(Clone, Debug, Deserialize)]
pub struct Application {
    /// Variables, with whether a value is required.
    pub variables: BTreeMap<String, Variable>,
    /// Components by name.
    pub component: BTreeMap<String, Component>,
    /// The triggers.
    pub trigger: Triggers,
}

/// A variable.
#[derive(Clone, Debug, Deserialize)]
pub struct Variable {
    /// Whether there is no default.
    #[serde(default)]
    pub required: bool,
    /// Whether its value is nobody's business.
    #[serde(default)]
    pub secret: bool,
}

/// A component.
#[derive(Clone, Debug, Deserialize)]
pub struct Component {
    /// Its variables, as templates over those of the application.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// The hosts that it may call.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
}

/// The triggers.
#[derive(Clone, Debug, Deserialize)]
pub struct Triggers {
    /// Of HTTP.
    pub http: Vec<Trigger>,
}

/// A route and its component.
#[derive(Clone, Debug, Deserialize)]
pub struct Trigger {
    /// Such as `/v1/data/...`.
    pub route: String,
    /// The component.
    pub component: String,
}

impl Application {
    /// The variables of the application that a component uses.
    #[must_use]
    pub fn variables_of(&self, component: &str) -> Vec<&str> {
        let Some(component) = self.component.get(component) else {
            return Vec::new();
        };
        let templates = component.variables.values();
        let templates: Vec<&String> = templates.chain(&component.allowed_outbound_hosts).collect();
        let names = self.variables.keys().map(String::as_str);
        names
            .filter(|name| {
                let used = format!("{{{{ {name} }}}}");
                templates.iter().any(|template| template.contains(&used))
            })
            .collect()
    }

    /// The prefixes of the paths of a component.
    #[must_use]
    pub fn prefixes_of(&self, component: &str) -> Vec<&str> {
        let triggers = self.trigger.http.iter();
        let own = triggers.filter(|trigger| trigger.component == component);
        own.map(Trigger::prefix).collect()
    }
}

impl Trigger {
    /// What the paths begin with, or the one path.
    #[must_use]
    pub fn prefix(&self) -> &str {
        let route = self.route.as_str();
        route.strip_suffix("/...").unwrap_or(route)
    }
}

/// Everything that objects are checked against.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The secrets by name.
    pub secrets: BTreeMap<String, Secret>,
    /// What the cluster brings.
    pub platform: Platform,
    /// `spin.toml`.
    pub application: Application,
}

impl Settings {
    /// Reads them from the workspace.
    ///
    /// # Errors
    /// A file is not there, or has something else in it.
    pub fn read(workspace: &Path) -> Result<Self> {
        Ok(Self {
            secrets: toml_file(&workspace.join("deploy/secrets.toml"))?,
            platform: toml_file(&workspace.join("deploy/platform.toml"))?,
            application: toml_file(&workspace.join("spin.toml"))?,
        })
    }
}

/// Reads a TOML file.
pub(crate) fn toml_file<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}
