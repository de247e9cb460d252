//! Names of other objects: each has to be there.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cluster::{Cluster, labels, selects};
use crate::finding::Findings;
use crate::object::{Object, items, text, walk};

/// Checks every reference of every object.
pub fn check(cluster: &Cluster<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for object in cluster.objects {
        if !seen.insert((object.kind(), object.namespace(), object.name())) {
            findings.add("twice", object, "two objects have this name");
        }
        namespace(cluster, object, findings);
        walk(&object.value, &mut |value| {
            values_from(cluster, object, value, findings)
        });
        match object.kind() {
            "RoleBinding" => role(cluster, object, findings),
            "PodMonitor" => monitor(cluster, object, findings),
            "Service" => service(cluster, object, findings),
            "PodDisruptionBudget" | "NetworkPolicy" => selector(cluster, object, findings),
            _ => {}
        }
        if let Some(template) = object.pod_template() {
            pod(cluster, object, &template["spec"], findings);
        }
    }
}

fn namespace(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let name = object.namespace();
    let is_there = name.is_empty()
        || cluster.of("Namespace").any(|o| o.name() == name)
        || cluster
            .settings
            .platform
            .namespaces
            .iter()
            .any(|n| n == name);
    if !is_there {
        findings.add("no-such-namespace", object, name);
    }
}

/// What takes values from a ConfigMap or a Secret, wherever it is.
fn values_from(cluster: &Cluster<'_>, object: &Object, value: &Value, findings: &mut Findings) {
    let Some(fields) = value.as_object() else {
        return;
    };
    for (field, inner) in fields {
        let (name, key) = (text(inner, "/name"), text(inner, "/key"));
        match field.as_str() {
            "configMapKeyRef" => config_key(cluster, object, name, key, findings),
            "secretKeyRef" | "clientSecret" | "accessKeyId" | "secretAccessKey" => {
                secret_key(cluster, object, name, key, findings);
            }
            "secret" if inner.get("secretName").is_some() => {
                let name = text(inner, "/secretName");
                if items(inner, "/items").is_empty() {
                    findings.add(
                        "whole-secret",
                        object,
                        format!("{name} is mounted without items"),
                    );
                }
                for item in items(inner, "/items") {
                    secret_key(cluster, object, name, text(item, "/key"), findings);
                }
            }
            "secret" if !key.is_empty() => secret_key(cluster, object, name, key, findings),
            "certificateRefs" => {
                for reference in inner.as_array().into_iter().flatten() {
                    let name = format!("{}/{}", object.namespace(), text(reference, "/name"));
                    if !cluster.settings.platform.secrets.contains(&name) {
                        findings.add("no-such-secret", object, name);
                    }
                }
            }
            _ => {}
        }
    }
}

fn config_key(
    cluster: &Cluster<'_>,
    object: &Object,
    name: &str,
    key: &str,
    findings: &mut Findings,
) {
    match cluster.find("ConfigMap", object.namespace(), name) {
        None => findings.add("no-such-config", object, name),
        Some(config) if config.at("/data").get(key).is_none() => {
            findings.add("no-such-config-key", object, format!("{name}: {key}"));
        }
        Some(_) => {}
    }
}

fn secret_key(
    cluster: &Cluster<'_>,
    object: &Object,
    name: &str,
    key: &str,
    findings: &mut Findings,
) {
    match cluster.settings.secrets.get(name) {
        None => findings.add("no-such-secret", object, name),
        Some(secret) if !secret.keys.iter().any(|k| k == key) => {
            findings.add("no-such-secret-key", object, format!("{name}: {key}"));
        }
        Some(_) => {}
    }
}

fn role(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let role = object.text("/roleRef/name");
    if cluster
        .find(object.text("/roleRef/kind"), object.namespace(), role)
        .is_none()
    {
        findings.add("no-such-role", object, role);
    }
    for subject in items(&object.value, "/subjects") {
        let (kind, name) = (text(subject, "/kind"), text(subject, "/name"));
        if cluster
            .find(kind, text(subject, "/namespace"), name)
            .is_none()
        {
            findings.add("no-such-service-account", object, name);
        }
    }
}

fn pod(cluster: &Cluster<'_>, object: &Object, spec: &Value, findings: &mut Findings) {
    let account = text(spec, "/serviceAccountName");
    if !account.is_empty()
        && cluster
            .find("ServiceAccount", object.namespace(), account)
            .is_none()
    {
        findings.add("no-such-service-account", object, account);
    }
    let class = text(spec, "/priorityClassName");
    if !class.is_empty() && cluster.find("PriorityClass", "", class).is_none() {
        findings.add("no-such-priority-class", object, class);
    }
    let volumes = items(spec, "/volumes");
    let claims = items(&object.value, "/spec/volumeClaimTemplates");
    for volume in volumes {
        let name = text(volume, "/configMap/name");
        if !name.is_empty()
            && cluster
                .find("ConfigMap", object.namespace(), name)
                .is_none()
        {
            findings.add("no-such-config", object, name);
        }
    }
    let containers = items(spec, "/containers").iter();
    for container in containers.chain(items(spec, "/initContainers")) {
        for mount in items(container, "/volumeMounts") {
            let name = text(mount, "/name");
            let volume = volumes.iter().find(|volume| text(volume, "/name") == name);
            let is_claim = claims
                .iter()
                .any(|claim| text(claim, "/metadata/name") == name);
            let Some(volume) = volume else {
                if !is_claim {
                    findings.add("no-such-volume", object, name);
                }
                continue;
            };
            let (config, path) = (text(volume, "/configMap/name"), text(mount, "/subPath"));
            if !config.is_empty() && !path.is_empty() {
                config_key(cluster, object, config, path, findings);
            }
        }
    }
}

fn service(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let wanted = labels(object.at("/spec/selector"));
    if wanted.is_empty() {
        return external(cluster, object, findings);
    }
    let mut found = cluster.pods.iter().filter(|pods| {
        let has = |(key, value): (&String, &String)| pods.labels.get(key) == Some(value);
        pods.namespace == object.namespace() && wanted.iter().all(has)
    });
    let Some(pods) = found.next() else {
        return findings.add("selects-nothing", object, format!("{wanted:?}"));
    };
    for port in items(&object.value, "/spec/ports") {
        let is_there = match &port["targetPort"] {
            Value::String(name) => pods.ports.contains_key(name),
            number => pods.ports.values().any(|p| Some(*p) == number.as_u64()),
        };
        if !is_there {
            findings.add(
                "no-such-port",
                object,
                format!("{}: {}", pods.owner, port["targetPort"]),
            );
        }
    }
}

/// A name for a Service of this cluster has to be one.
fn external(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let name = object.text("/spec/externalName");
    if let Some(inside) = name.strip_suffix(".svc.cluster.local")
        && let Some((service, namespace)) = inside.split_once('.')
        && !cluster
            .services
            .contains_key(&(namespace.to_owned(), service.to_owned()))
    {
        findings.add("no-such-service", object, name);
    }
}

fn monitor(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let Some(pods) = selected(cluster, object, "/spec/selector", findings) else {
        return;
    };
    for endpoint in items(&object.value, "/spec/podMetricsEndpoints") {
        let port = text(endpoint, "/port");
        if !pods.ports.contains_key(port) {
            findings.add("no-such-port", object, format!("{}: {port}", pods.owner));
        }
    }
}

fn selector(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let pointer = match object.kind() {
        "NetworkPolicy" => "/spec/podSelector",
        _ => "/spec/selector",
    };
    selected(cluster, object, pointer, findings);
}

fn selected<'a>(
    cluster: &'a Cluster<'_>,
    object: &Object,
    pointer: &str,
    findings: &mut Findings,
) -> Option<&'a crate::cluster::Pods> {
    let selector = object.at(pointer);
    let found = cluster
        .pods
        .iter()
        .find(|pods| pods.namespace == object.namespace() && selects(selector, &pods.labels));
    // A policy may be for a job that this overlay does not have.
    if found.is_none() && object.kind() != "NetworkPolicy" {
        findings.add("selects-nothing", object, selector.to_string());
    }
    found
}
