//! The functions: two colours, each all of one release, with the variables of `spin.toml`.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::Cluster;
use crate::finding::Findings;
use crate::object::{Object, items, text};

/// The colours.
pub const COLOURS: [&str; 2] = ["blue", "green"];
/// What stands for a required variable of another function.
const NOT_OURS: &str = "not-of-this-function";

/// Checks the SpinApps.
pub fn check(cluster: &Cluster<'_>, findings: &mut Findings) {
    for colour in COLOURS {
        let prefix = format!("retire-{colour}-");
        let images: BTreeSet<&str> = cluster
            .of("SpinApp")
            .filter(|app| app.name().starts_with(&prefix))
            .map(|app| app.text("/spec/image"))
            .collect();
        if images.len() > 1 {
            findings.add_at("mixed-images", colour, format!("{images:?}"));
        }
        for component in cluster.settings.application.component.keys() {
            let name = format!("{prefix}{component}");
            if !cluster.of("SpinApp").any(|app| app.name() == name) {
                findings.add_at("missing-function", colour, component);
            }
        }
    }
    for app in cluster.of("SpinApp") {
        function(cluster, app, findings);
    }
}

/// Colour and component by the name.
#[must_use]
pub fn name_parts(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("retire-")?.split_once('-')
}

fn function(cluster: &Cluster<'_>, app: &Object, findings: &mut Findings) {
    let components = items(&app.value, "/spec/components");
    let component = match components {
        [one] => one.as_str().unwrap_or_default(),
        _ => return findings.add("one-component-each", app, format!("{}", components.len())),
    };
    let application = &cluster.settings.application;
    if !application.component.contains_key(component) {
        findings.add("no-such-component", app, component);
    }
    let (colour, named) = name_parts(app.name()).unwrap_or_default();
    let said = (
        app.text("/spec/podLabels/colour"),
        app.text("/spec/podLabels/app.kubernetes.io~1component"),
    );
    if named != component || said != (colour, component) {
        findings.add(
            "name-and-labels-differ",
            app,
            format!("{component} {said:?}"),
        );
    }
    let executor = app.text("/spec/executor");
    if cluster
        .find("SpinAppExecutor", app.namespace(), executor)
        .is_none()
    {
        findings.add("no-such-executor", app, executor);
    }
    let account = app.text("/spec/serviceAccountName");
    if cluster
        .find("ServiceAccount", app.namespace(), account)
        .is_none()
    {
        findings.add("no-such-service-account", app, account);
    }
    for check in ["readiness", "liveness"] {
        let path = app.text(&format!("/spec/checks/{check}/httpGet/path"));
        if path != "/.well-known/spin/health" {
            findings.add("no-probe", app, format!("{check}: {path}"));
        }
    }
    for limit in [
        "/spec/invocationLimits/memory",
        "/spec/resources/limits/memory",
    ] {
        if app.at(limit).is_null() {
            findings.add("no-limit", app, limit);
        }
    }
    for request in ["cpu", "memory"] {
        if app
            .at(&format!("/spec/resources/requests/{request}"))
            .is_null()
        {
            findings.add("no-request", app, request);
        }
    }
    if app.at("/spec/resources/limits/cpu").is_null() {
        findings.add("no-limit", app, "/spec/resources/limits/cpu");
    }
    variables(cluster, app, component, findings);
    scaling(cluster, app, findings);
}

fn variables(cluster: &Cluster<'_>, app: &Object, component: &str, findings: &mut Findings) {
    let application = &cluster.settings.application;
    let own: BTreeSet<&str> = application.variables_of(component).into_iter().collect();
    let mut given = BTreeMap::new();
    for variable in items(&app.value, "/spec/variables") {
        let name = text(variable, "/name");
        if given.insert(name, variable).is_some() {
            findings.add("twice", app, name);
        }
    }
    for name in &own {
        if !given.contains_key(name) {
            findings.add("missing-variable", app, *name);
        }
    }
    for (name, definition) in &application.variables {
        let Some(variable) = given.get(name.as_str()) else {
            if definition.required && !own.contains(name.as_str()) {
                findings.add(
                    "missing-variable",
                    app,
                    format!("{name}, or Spin does not start"),
                );
            }
            continue;
        };
        let is_secret = variable.pointer("/valueFrom/secretKeyRef").is_some();
        if !own.contains(name.as_str()) {
            if text(variable, "/value") != NOT_OURS {
                findings.add("foreign-variable", app, name);
            }
        } else if definition.secret && !is_secret {
            findings.add("secret-in-the-open", app, name);
        }
    }
    for name in given.keys() {
        if !application.variables.contains_key(*name) {
            findings.add("no-such-variable", app, *name);
        }
    }
}

/// Who scales itself has no replicas, and one that scales it.
fn scaling(cluster: &Cluster<'_>, app: &Object, findings: &mut Findings) {
    let scales = app.at("/spec/enableAutoscaling").as_bool() == Some(true);
    let has_replicas = !app.at("/spec/replicas").is_null();
    if scales == has_replicas {
        findings.add("replicas-and-autoscaling", app, "one of the two, not both");
    }
    let targets = cluster.of("ScaledObject").filter(|object| {
        object.namespace() == app.namespace()
            && object.text("/spec/scaleTargetRef/name") == app.name()
    });
    let count = targets.count();
    if scales && count != 1 {
        findings.add("not-scaled-once", app, format!("{count} ScaledObjects"));
    }
}
