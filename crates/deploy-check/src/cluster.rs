//! All objects of an installation, with what follows from them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::object::{Object, items, text};
use crate::settings::Settings;

/// Pods of one kind.
#[derive(Clone, Debug)]
pub struct Pods {
    /// Kind and name of what makes them.
    pub owner: String,
    /// Their namespace.
    pub namespace: String,
    /// Their labels.
    pub labels: BTreeMap<String, String>,
    /// Their ports by name.
    pub ports: BTreeMap<String, u64>,
}

/// A Service with its ports.
#[derive(Clone, Debug)]
pub struct Service {
    /// The numbers of its ports.
    pub ports: Vec<u64>,
    /// The labels that it looks for, none if it is somebody else's.
    pub selector: BTreeMap<String, String>,
}

/// The objects of an installation.
pub struct Cluster<'a> {
    /// All of them.
    pub objects: &'a [Object],
    /// What they are checked against.
    pub settings: &'a Settings,
    /// Services by namespace and name, with those of the platform and of the operators.
    pub services: BTreeMap<(String, String), Service>,
    /// The pods.
    pub pods: Vec<Pods>,
}

/// The name of the port of a Spin pod.
const SPIN_PORT: &str = "http-app";
/// Its number, and that of its Service.
const SPIN_PORT_NUMBER: u64 = 80;

impl<'a> Cluster<'a> {
    /// Gathers what follows from the objects.
    #[must_use]
    pub fn new(objects: &'a [Object], settings: &'a Settings) -> Self {
        Self {
            objects,
            settings,
            services: services(objects, settings),
            pods: objects.iter().filter_map(pods).collect(),
        }
    }

    /// The objects of a kind.
    pub fn of(&self, kind: &'static str) -> impl Iterator<Item = &'a Object> + use<'a> {
        self.objects
            .iter()
            .filter(move |object| object.kind() == kind)
    }

    /// An object by kind, namespace and name.
    #[must_use]
    pub fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&'a Object> {
        self.objects
            .iter()
            .find(|o| o.kind() == kind && o.namespace() == namespace && o.name() == name)
    }

    /// Whether a Service has a port.
    #[must_use]
    pub fn serves(&self, namespace: &str, name: &str, port: u64) -> bool {
        let key = (namespace.to_owned(), name.to_owned());
        self.services
            .get(&key)
            .is_some_and(|s| s.ports.contains(&port))
    }
}

fn services(objects: &[Object], settings: &Settings) -> BTreeMap<(String, String), Service> {
    let mut services = BTreeMap::new();
    let mut add = |namespace: &str, name: &str, ports: Vec<u64>, selector| {
        let service = Service { ports, selector };
        services.insert((namespace.to_owned(), name.to_owned()), service);
    };
    for object in objects {
        let (namespace, name) = (object.namespace(), object.name());
        match object.kind() {
            "Service" => {
                let ports = items(&object.value, "/spec/ports");
                let ports = ports
                    .iter()
                    .filter_map(|port| port["port"].as_u64())
                    .collect();
                add(namespace, name, ports, labels(object.at("/spec/selector")));
            }
            // What the operators of Spin and of CloudNativePG make.
            "SpinApp" => {
                let selector = [(SPIN_LABEL.to_owned(), name.to_owned())].into();
                add(namespace, name, vec![SPIN_PORT_NUMBER], selector);
            }
            "Cluster" => add(
                namespace,
                &format!("{name}-rw"),
                vec![5432],
                BTreeMap::new(),
            ),
            _ => {}
        }
    }
    for entry in &settings.platform.services {
        if let Some((place, port)) = entry.split_once(':')
            && let Some((namespace, name)) = place.split_once('/')
        {
            add(
                namespace,
                name,
                port.parse().into_iter().collect(),
                BTreeMap::new(),
            );
        }
    }
    services
}

/// The label that the Spin operator gives.
const SPIN_LABEL: &str = "core.spinkube.dev/app-name";

fn pods(object: &Object) -> Option<Pods> {
    let (mut labels, ports) = match object.kind() {
        "SpinApp" => {
            let mut labels = labels(object.at("/spec/podLabels"));
            labels.insert(SPIN_LABEL.to_owned(), object.name().to_owned());
            (labels, [(SPIN_PORT.to_owned(), SPIN_PORT_NUMBER)].into())
        }
        "Cluster" => {
            let label = ("cnpg.io/cluster".to_owned(), object.name().to_owned());
            ([label].into(), BTreeMap::new())
        }
        _ => {
            let template = object.pod_template()?;
            let containers = items(template, "/spec/containers").iter();
            let ports = containers.flat_map(|container| items(container, "/ports"));
            let named = ports.filter_map(|port| {
                let number = port["containerPort"].as_u64()?;
                Some((text(port, "/name").to_owned(), number))
            });
            (labels(&template["metadata"]["labels"]), named.collect())
        }
    };
    labels.retain(|_, value| !value.is_empty());
    Some(Pods {
        owner: object.title(),
        namespace: object.namespace().to_owned(),
        labels,
        ports,
    })
}

/// The labels of a map.
#[must_use]
pub fn labels(map: &Value) -> BTreeMap<String, String> {
    let fields = map.as_object().into_iter().flatten();
    fields
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// Whether labels are those that a selector looks for (`matchLabels`, `matchExpressions`);
/// an empty one takes all.
#[must_use]
pub fn selects(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    let wanted = crate::cluster::labels(&selector["matchLabels"]);
    let equal = wanted
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value));
    let expressions = items(selector, "/matchExpressions")
        .iter()
        .all(|expression| {
            let has = labels.get(text(expression, "/key"));
            let values = items(expression, "/values");
            let is_in = has.is_some_and(|has| values.iter().any(|v| v.as_str() == Some(has)));
            match text(expression, "/operator") {
                "In" => is_in,
                "NotIn" => !is_in,
                "Exists" => has.is_some(),
                "DoesNotExist" => has.is_none(),
                _ => false,
            }
        });
    equal && expressions
}
