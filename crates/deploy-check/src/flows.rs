//! What the network policies let through: what has to talk can, and nobody else.

use serde_json::Value;

use crate::cluster::{Cluster, Pods, selects};
use crate::finding::Findings;
use crate::object::{Object, items, text};

/// Checks the flows that the objects need.
pub fn check(cluster: &Cluster<'_>, findings: &mut Findings) {
    hosts(cluster, findings);
    let Some(telemetry) = cluster.of("SpinAppExecutor").next() else {
        return;
    };
    let telemetry = telemetry.text("/spec/deploymentConfig/otel/exporter_otlp_endpoint");
    for app in cluster.of("SpinApp") {
        let title = app.title();
        let Some(pods) = cluster.pods.iter().find(|pods| pods.owner == title) else {
            continue;
        };
        if let Some(config) = cluster.find("ConfigMap", app.namespace(), "retire-application") {
            flow(cluster, pods, config.text("/data/database_host"), findings);
        }
        flow(
            cluster,
            pods,
            telemetry.trim_start_matches("http://"),
            findings,
        );
        for namespace in [GATEWAYS, METRICS] {
            let wants = namespace == GATEWAYS || title.ends_with("-upvest-webhook");
            if wants && !admits(cluster, pods, 80, &Source::Namespace(namespace)) {
                findings.add_at("flow-denied", &title, format!("from {namespace}"));
            }
        }
        if admits(cluster, pods, 80, &Source::Namespace("default")) {
            findings.add_at("flow-open", &title, "from anywhere");
        }
    }
}

const GATEWAYS: &str = "gateway-system";
const METRICS: &str = "monitoring";

/// Whether pods may reach a host of the cluster, by both ends' policies.
fn flow(cluster: &Cluster<'_>, from: &Pods, host: &str, findings: &mut Findings) {
    let Some((service, namespace, port)) = inside(host) else {
        return;
    };
    let Some(found) = cluster
        .services
        .get(&(namespace.to_owned(), service.to_owned()))
    else {
        return;
    };
    let target = cluster.pods.iter().find(|pods| {
        let has = |(key, value): (&String, &String)| pods.labels.get(key) == Some(value);
        !found.selector.is_empty() && pods.namespace == namespace && found.selector.iter().all(has)
    });
    let Some(to) = target else {
        return;
    };
    let leaves = policies(cluster, from, "Egress")
        .any(|policy| allows(policy, "/spec/egress", "/to", &Source::Pods(to), port));
    if !leaves || !admits(cluster, to, port, &Source::Pods(from)) {
        let ends = format!("{} to {host}", from.owner);
        findings.add_at("flow-denied", ends, "no policy allows it");
    }
}

enum Source<'a> {
    Pods(&'a Pods),
    Namespace(&'a str),
}

/// Whether pods take a connection.
fn admits(cluster: &Cluster<'_>, to: &Pods, port: u64, from: &Source<'_>) -> bool {
    policies(cluster, to, "Ingress")
        .any(|policy| allows(policy, "/spec/ingress", "/from", from, port))
}

fn policies<'a>(
    cluster: &Cluster<'a>,
    pods: &Pods,
    kind: &'static str,
) -> impl Iterator<Item = &'a Object> {
    cluster.of("NetworkPolicy").filter(move |policy| {
        policy.namespace() == pods.namespace
            && items(&policy.value, "/spec/policyTypes")
                .iter()
                .any(|k| k == kind)
            && selects(policy.at("/spec/podSelector"), &pods.labels)
    })
}

fn allows(policy: &Object, rules: &str, peers: &str, other: &Source<'_>, port: u64) -> bool {
    items(&policy.value, rules).iter().any(|rule| {
        let ports = items(rule, "/ports");
        let is_port = ports.is_empty() || ports.iter().any(|p| p["port"].as_u64() == Some(port));
        let peers = items(rule, peers);
        is_port && (peers.is_empty() || peers.iter().any(|peer| is_peer(policy, peer, other)))
    })
}

fn is_peer(policy: &Object, peer: &Value, other: &Source<'_>) -> bool {
    if peer.get("ipBlock").is_some() {
        return false;
    }
    let named = text(
        peer,
        "/namespaceSelector/matchLabels/kubernetes.io~1metadata.name",
    );
    match other {
        Source::Pods(pods) => {
            let is_namespace = match peer.get("namespaceSelector") {
                None => pods.namespace == policy.namespace(),
                Some(_) => named == pods.namespace,
            };
            is_namespace && selects(&peer["podSelector"], &pods.labels)
        }
        Source::Namespace(namespace) => {
            let any = peer
                .get("namespaceSelector")
                .is_some_and(|s| selects(s, &[].into()));
            (any || named == *namespace) && peer.get("podSelector").is_none()
        }
    }
}

/// Service, namespace and port of a host of this cluster.
fn inside(host: &str) -> Option<(&str, &str, u64)> {
    let (name, port) = host.split_once(".svc.cluster.local")?;
    let (service, namespace) = name.split_once('.')?;
    Some((service, namespace, port.strip_prefix(':')?.parse().ok()?))
}

/// Every host of this cluster that a text names is a Service with that port.
fn hosts(cluster: &Cluster<'_>, findings: &mut Findings) {
    for object in cluster.objects {
        crate::object::walk(&object.value, &mut |value| {
            let words = value.as_str().unwrap_or_default();
            for word in words.split([' ', '\n', '"', '/', '=', ',']) {
                if let Some((service, namespace, port)) = inside(word)
                    && !cluster.serves(namespace, service, port)
                {
                    findings.add("no-such-service", object, word);
                }
            }
        });
    }
}
