//! Checks deploy/: every field of every object, every reference, what pods may be, what
//! the network lets through, the sums of connections, the queries of dashboards and alerts.
//!
//! Objects come from Kustomize or from the chart; a check adds [`Finding`]s with a stable
//! name.

use std::path::Path;

use anyhow::Result;

pub mod alerts;
pub mod builtin;
pub mod chart;
pub mod cluster;
pub mod configuration;
pub mod definitions;
mod finding;
pub mod flows;
pub mod functions;
pub mod object;
pub mod policies;
pub mod pools;
pub mod queries;
pub mod references;
pub mod render;
pub mod routing;
pub mod secrets;
pub mod settings;

pub use cluster::Cluster;
pub use definitions::Definitions;
pub use finding::{Finding, Findings};
pub use object::Object;
pub use settings::Settings;

/// All checks of objects.
pub struct Checker {
    settings: Settings,
    definitions: Option<Definitions>,
}

impl Checker {
    /// Reads what objects are checked against.
    ///
    /// # Errors
    /// A file cannot be read, or there are no definitions in CI.
    pub fn new(workspace: &Path) -> Result<Self> {
        let folder = definitions::folder(workspace)?;
        Ok(Self {
            settings: Settings::read(workspace)?,
            definitions: folder
                .map(|folder| Definitions::read(&folder))
                .transpose()?,
        })
    }

    /// Whether custom kinds are checked against their definitions.
    #[must_use]
    pub fn has_definitions(&self) -> bool {
        self.definitions.is_some()
    }

    /// What objects are checked against.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Checks the objects of an installation.
    #[must_use]
    pub fn check(&self, objects: &[Object]) -> Vec<Finding> {
        let mut findings = Findings::default();
        for object in objects {
            self.check_fields(object, &mut findings);
        }
        let cluster = Cluster::new(objects, &self.settings);
        references::check(&cluster, &mut findings);
        functions::check(&cluster, &mut findings);
        routing::check(&cluster, &mut findings);
        policies::check(&cluster, &mut findings);
        configuration::check(&cluster, &mut findings);
        flows::check(&cluster, &mut findings);
        pools::check(&cluster, &mut findings);
        secrets::check(&cluster, &mut findings);
        findings.0
    }

    /// Checks that every field of an object is one.
    pub fn check_fields(&self, object: &Object, findings: &mut Findings) {
        if builtin::check(object, findings) {
            return;
        }
        let kind = format!("{}/{}", object.api_version(), object.kind());
        if self.settings.platform.undefined_kinds.contains(&kind) {
            return;
        }
        if let Some(definitions) = &self.definitions
            && !definitions.check(object, findings)
        {
            findings.add("no-such-kind", object, kind);
        }
    }
}
