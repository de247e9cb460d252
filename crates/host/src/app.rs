//! An application, loaded and ready to be instantiated.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use wasmtime::Engine;
use wasmtime::component::{InstancePre, types::ComponentItem};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::allowed_hosts::AllowedHosts;
use crate::engine::{Limits, engine, load_component};
use crate::manifest::{self, Manifest};
use crate::routes::Routes;
use crate::state::{ComponentConfig, Shared, State, linker};
use crate::template::Variables;
use crate::usage::{Meter, Usage};

/// An application.
pub struct App {
    pub(crate) engine: Engine,
    pub(crate) routes: Routes,
    pub(crate) shared: Arc<Shared>,
    components: BTreeMap<String, Component>,
}

/// A component, linked.
pub struct Component {
    pub(crate) proxy: ProxyPre<State>,
    pub(crate) config: Arc<ComponentConfig>,
    imports: Vec<String>,
}

impl App {
    /// Loads the application of a `spin.toml`. `variables` come before those of the
    /// environment.
    ///
    /// # Errors
    /// The manifest, a variable without a value, a component that is not built or
    /// imports what this host does not have.
    pub fn load(path: &Path, variables: &BTreeMap<String, String>, limits: Limits) -> Result<Self> {
        let manifest = Manifest::read(path)?;
        let values = Variables::resolve(&manifest.variables, variables, |name| {
            std::env::var(name).ok()
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let engine = engine(&limits)?;
        let components = manifest.component.iter().map(|(id, component)| {
            let loaded = Component::load(&engine, folder, component, &values);
            Ok((
                id.clone(),
                loaded.with_context(|| format!("component {id}"))?,
            ))
        });
        Ok(Self {
            routes: Routes::new(&manifest.trigger.http)?,
            components: components.collect::<Result<_>>()?,
            shared: Arc::new(Shared {
                pools: crate::postgres::Pools::default(),
                limits,
                meter: Arc::new(Meter::default()),
            }),
            engine,
        })
    }

    /// What its requests have used so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.shared.meter.usage()
    }

    /// A component by its id.
    #[must_use]
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.get(id)
    }
}

impl Component {
    fn load(
        engine: &Engine,
        folder: &Path,
        component: &manifest::Component,
        values: &Variables,
    ) -> Result<Self> {
        let fill = |template: &String| values.fill(template);
        let hosts: Vec<String> = component
            .allowed_outbound_hosts
            .iter()
            .map(fill)
            .collect::<Result<_>>()?;
        if let Some(host) = hosts.iter().find(|host| !host.starts_with("postgres://")) {
            bail!("{host}: this host makes no outgoing requests but to PostgreSQL");
        }
        let variables = component
            .variables
            .iter()
            .map(|(name, template)| Ok((name.clone(), fill(template)?)))
            .collect::<Result<_>>()?;
        let wasm = load_component(engine, &folder.join(&component.source))?;
        let ty = wasm.component_type();
        let imports = ty
            .imports(engine)
            .filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentInstance(_)))
            .map(|(name, _)| name.to_owned())
            .collect();
        let pre: InstancePre<State> = linker(engine)?.instantiate_pre(&wasm)?;
        Ok(Self {
            proxy: ProxyPre::new(pre)?,
            config: Arc::new(ComponentConfig {
                allowed_hosts: AllowedHosts::parse(&hosts)?,
                variables,
            }),
            imports,
        })
    }

    /// The interfaces that it imports, such as `spin:postgres/postgres@4.0.0`.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.imports
    }
}
