//! How requests come to functions: gateway, route, interceptor, scaling.

use crate::cluster::Cluster;
use crate::finding::Findings;
use crate::functions::{COLOURS, name_parts};
use crate::object::{Object, items, text};
use crate::policies::is_exempt;

/// The header by which the interceptor knows the colour.
const COLOUR_HEADER: &str = "x-retire-colour";

/// Checks routes, interceptor routes and what scales.
pub fn check(cluster: &Cluster<'_>, findings: &mut Findings) {
    for route in cluster.of("HTTPRoute") {
        parents(cluster, route, findings);
        rules(cluster, route, findings);
    }
    for route in cluster.of("InterceptorRoute") {
        interceptor(cluster, route, findings);
    }
    for object in cluster.of("ScaledObject") {
        scaled(cluster, object, findings);
    }
}

fn parents(cluster: &Cluster<'_>, route: &Object, findings: &mut Findings) {
    for parent in items(&route.value, "/spec/parentRefs") {
        let name = text(parent, "/name");
        let Some(gateway) = cluster.find("Gateway", route.namespace(), name) else {
            findings.add("no-such-gateway", route, name);
            continue;
        };
        for host in items(&route.value, "/spec/hostnames") {
            let mut listeners = items(&gateway.value, "/spec/listeners").iter();
            if !listeners.any(|listener| listener["hostname"] == *host) {
                findings.add("no-such-listener", route, host.to_string());
            }
        }
    }
}

fn rules(cluster: &Cluster<'_>, route: &Object, findings: &mut Findings) {
    let application = &cluster.settings.application;
    let mut colours = Vec::new();
    for trigger in &application.trigger.http {
        let prefix = trigger.prefix();
        let found = items(&route.value, "/spec/rules").iter().filter(|rule| {
            let mut matches = items(rule, "/matches").iter();
            matches.any(|m| text(m, "/path/value") == prefix)
        });
        if found.count() != 1 {
            findings.add("not-routed-once", route, prefix);
        }
    }
    for rule in items(&route.value, "/spec/rules") {
        let path = text(rule, "/matches/0/path/value");
        let header = items(rule, "/filters")
            .iter()
            .flat_map(|filter| items(filter, "/requestHeaderModifier/set"))
            .find(|header| text(header, "/name") == COLOUR_HEADER)
            .map(|header| text(header, "/value"));
        for backend in items(rule, "/backendRefs") {
            let name = text(backend, "/name");
            let namespace = backend["namespace"].as_str().unwrap_or(route.namespace());
            let port = backend["port"].as_u64().unwrap_or_default();
            if !cluster.serves(namespace, name, port) {
                findings.add(
                    "no-such-service",
                    route,
                    format!("{namespace}/{name}:{port}"),
                );
                continue;
            }
            if namespace != route.namespace() {
                if !granted(cluster, route, namespace, name) {
                    findings.add("not-granted", route, format!("{namespace}/{name}"));
                }
                match header {
                    Some(colour) => colours.push(colour.to_owned()),
                    None => findings.add("no-colour", route, path),
                }
                continue;
            }
            let (colour, component) = name_parts(name).unwrap_or_default();
            let prefixes = cluster.settings.application.prefixes_of(component);
            if !prefixes.contains(&path) {
                findings.add("wrong-function", route, format!("{path} leads to {name}"));
            }
            colours.push(colour.to_owned());
        }
    }
    colours.dedup();
    if colours.len() != 1 || !COLOURS.contains(&colours[0].as_str()) {
        findings.add("mixed-colours", route, format!("{colours:?}"));
    }
}

fn granted(cluster: &Cluster<'_>, route: &Object, namespace: &str, name: &str) -> bool {
    cluster.of("ReferenceGrant").any(|grant| {
        let mut from = items(&grant.value, "/spec/from").iter();
        let mut to = items(&grant.value, "/spec/to").iter();
        grant.namespace() == namespace
            && from.any(|f| {
                text(f, "/kind") == "HTTPRoute" && text(f, "/namespace") == route.namespace()
            })
            && to.any(|t| text(t, "/kind") == "Service" && ["", name].contains(&text(t, "/name")))
    })
}

fn interceptor(cluster: &Cluster<'_>, route: &Object, findings: &mut Findings) {
    let service = route.text("/spec/target/service");
    let port = route.at("/spec/target/port").as_u64().unwrap_or_default();
    if !cluster.serves(route.namespace(), service, port) {
        findings.add("no-such-service", route, format!("{service}:{port}"));
    }
    if route.text("/spec/timeouts/readiness").is_empty() {
        findings.add(
            "no-wait-for-pods",
            route,
            "timeouts.readiness has no default",
        );
    }
    let (colour, component) = name_parts(service).unwrap_or_default();
    for rule in items(&route.value, "/spec/rules") {
        let mut headers = items(rule, "/headers").iter();
        let is_ours = |h: &serde_json::Value| {
            text(h, "/name") == COLOUR_HEADER && text(h, "/value") == colour
        };
        if !headers.any(is_ours) {
            findings.add(
                "mixed-colours",
                route,
                format!("{service} is not for {colour} alone"),
            );
        }
        let mut expected = cluster.settings.application.prefixes_of(component);
        let mut paths: Vec<&str> = items(rule, "/paths")
            .iter()
            .map(|p| text(p, "/value"))
            .collect();
        expected.sort_unstable();
        paths.sort_unstable();
        if paths != expected {
            findings.add(
                "wrong-function",
                route,
                format!("{paths:?} lead to {service}"),
            );
        }
    }
}

fn scaled(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let name = object.text("/spec/scaleTargetRef/name");
    if object.text("/spec/scaleTargetRef/kind") != "Deployment" {
        findings.add(
            "scales-no-deployment",
            object,
            "a SpinApp has no scale of its own",
        );
    }
    let makes = |kind| cluster.find(kind, object.namespace(), name).is_some();
    if !makes("SpinApp") && !makes("Deployment") {
        findings.add("no-such-target", object, name);
    }
    let (least, most) = (
        object.at("/spec/minReplicaCount").as_u64(),
        object.at("/spec/maxReplicaCount").as_u64(),
    );
    if most.is_none() {
        findings.add("no-maximum", object, "the pools are sized for one");
    }
    let mut pushes = false;
    for trigger in items(&object.value, "/spec/triggers") {
        if text(trigger, "/type") != "external-push" {
            continue;
        }
        pushes = true;
        let route = text(trigger, "/metadata/interceptorRoute");
        match cluster.find("InterceptorRoute", object.namespace(), route) {
            None => findings.add("no-such-interceptor-route", object, route),
            Some(found) if found.text("/spec/target/service") != name => {
                findings.add("wrong-function", object, format!("{route} leads elsewhere"));
            }
            Some(_) => {}
        }
        let address = text(trigger, "/metadata/scalerAddress");
        let host = address.split_once(':').and_then(|(host, port)| {
            let (service, namespace) = host.split_once('.')?;
            Some((namespace, service, port.parse().ok()?))
        });
        if !host.is_some_and(|(ns, service, port)| cluster.serves(ns, service, port)) {
            findings.add("no-such-service", object, address);
        }
    }
    if least == Some(0) && !pushes {
        findings.add(
            "never-wakes",
            object,
            "nothing counts requests at zero pods",
        );
    }
    if least == Some(0)
        && name.ends_with("-upvest-webhook")
        && !is_exempt(&object.value, "webhook-at-zero")
    {
        findings.add("webhook-at-zero", object, "a delivery would wait for a pod");
    }
}
