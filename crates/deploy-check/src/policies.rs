//! What pods and names have to be, whoever wrote them.

use serde_json::Value;

use crate::cluster::{Cluster, selects};
use crate::finding::Findings;
use crate::object::{Object, items, text};

/// Whether metadata says that a policy is not for this; the reason is a comment beside it.
#[must_use]
pub fn is_exempt(value: &Value, policy: &str) -> bool {
    let said = text(value, "/metadata/annotations/retire~1exempt");
    said.split(' ').any(|exempt| exempt == policy)
}

/// Checks every object.
pub fn check(cluster: &Cluster<'_>, findings: &mut Findings) {
    for object in cluster.objects {
        named(object, findings);
        if object.kind() == "SpinApp" {
            pinned(object, object.text("/spec/image"), findings);
        }
        if let Some(template) = object.pod_template() {
            pod(cluster, object, template, findings);
        }
        if object.kind() == "CronJob" {
            schedule(object, findings);
        }
    }
    namespaces(cluster, findings);
    budgets(cluster, findings);
}

/// RFC 1123, section 2.1, as Kubernetes has it.
fn named(object: &Object, findings: &mut Findings) {
    let name = object.name();
    let is_label = |part: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let ends = part.bytes().next().zip(part.bytes().last());
        part.len() <= 63
            && part.bytes().all(|b| plain(b) || b == b'-')
            && ends.is_some_and(|(first, last)| plain(first) && plain(last))
    };
    if name.len() > 253 || !name.split('.').all(is_label) {
        findings.add("odd-name", object, name);
    }
}

fn pinned(object: &Object, image: &str, findings: &mut Findings) {
    let digest = image.split_once("@sha256:").map(|(_, digest)| digest);
    let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !digest.is_some_and(is_digest) {
        findings.add("not-pinned", object, image);
    }
}

fn image(object: &Object, image: &str, findings: &mut Findings) {
    let name = image.split('@').next().unwrap_or_default();
    let last = name.rsplit('/').next().unwrap_or_default();
    if last.split(':').next() == Some("retire-operations") {
        return pinned(object, image, findings);
    }
    let tag = last.split_once(':').map(|(_, tag)| tag);
    if matches!(tag, None | Some("latest" | "")) && !image.contains("@sha256:") {
        findings.add("no-version", object, image);
    }
    let registry = name.split_once('/').map(|(registry, _)| registry);
    if !registry.is_some_and(|registry| registry.contains(['.', ':'])) {
        findings.add("no-registry", object, image);
    }
}

fn pod(cluster: &Cluster<'_>, object: &Object, template: &Value, findings: &mut Findings) {
    let spec = &template["spec"];
    if spec["securityContext"]["runAsNonRoot"] != Value::Bool(true)
        && !is_exempt(template, "run-as-non-root")
    {
        findings.add("runs-as-root", object, "runAsNonRoot is not true");
    }
    if text(spec, "/securityContext/seccompProfile/type") != "RuntimeDefault" {
        findings.add("no-seccomp", object, "seccompProfile is not RuntimeDefault");
    }
    for field in ["hostNetwork", "hostPID", "hostIPC"] {
        if spec[field] == Value::Bool(true) {
            findings.add("host", object, field);
        }
    }
    let has_host_path = items(spec, "/volumes")
        .iter()
        .any(|v| v.get("hostPath").is_some());
    if has_host_path && !is_exempt(template, "run-as-non-root") {
        findings.add("host", object, "hostPath");
    }
    let account = text(spec, "/serviceAccountName");
    let has_role = cluster.of("RoleBinding").any(|binding| {
        items(&binding.value, "/subjects")
            .iter()
            .any(|s| text(s, "/name") == account)
    });
    let is_mounted = spec["automountServiceAccountToken"] != Value::Bool(false);
    if is_mounted != has_role {
        findings.add(
            "token",
            object,
            "a token is mounted where a role is bound, nowhere else",
        );
    }
    let runs_on = !matches!(object.kind(), "Job" | "CronJob");
    for container in items(spec, "/containers") {
        self::container(object, container, findings);
        for probe in ["readinessProbe", "livenessProbe"] {
            if runs_on && container.get(probe).is_none() {
                findings.add(
                    "no-probe",
                    object,
                    format!("{}: {probe}", text(container, "/name")),
                );
            }
        }
    }
    for container in items(spec, "/initContainers") {
        self::container(object, container, findings);
    }
    let job = match object.kind() {
        "Job" => object.at("/spec"),
        "CronJob" => object.at("/spec/jobTemplate/spec"),
        _ => return,
    };
    if job["activeDeadlineSeconds"].is_null() {
        findings.add("no-deadline", object, "a job that hangs hangs for ever");
    }
}

fn container(object: &Object, container: &Value, findings: &mut Findings) {
    let name = text(container, "/name");
    image(object, text(container, "/image"), findings);
    for (kind, resource, finding) in [
        ("requests", "cpu", "no-request"),
        ("requests", "memory", "no-request"),
        ("limits", "cpu", "no-limit"),
        ("limits", "memory", "no-limit"),
    ] {
        if container["resources"][kind][resource].is_null() {
            findings.add(finding, object, format!("{name}: {resource}"));
        }
    }
    let context = &container["securityContext"];
    if context["allowPrivilegeEscalation"] != Value::Bool(false) {
        findings.add("escalation", object, name);
    }
    let drops_all = items(context, "/capabilities/drop")
        .iter()
        .any(|c| c == "ALL");
    if !drops_all || context["privileged"] == Value::Bool(true) {
        findings.add("capabilities", object, name);
    }
    // PostgreSQL's image writes beside its data; nothing else does.
    if context["readOnlyRootFilesystem"] != Value::Bool(true) && name != "postgres" {
        findings.add("writable-root", object, name);
    }
}

fn schedule(object: &Object, findings: &mut Findings) {
    if object.text("/spec/concurrencyPolicy") != "Forbid" {
        findings.add(
            "runs-beside-itself",
            object,
            object.text("/spec/concurrencyPolicy"),
        );
    }
    if object.text("/spec/timeZone").is_empty() {
        findings.add(
            "no-time-zone",
            object,
            "the schedule is that of some machine",
        );
    }
}

/// Every namespace of ours denies what nothing allows.
fn namespaces(cluster: &Cluster<'_>, findings: &mut Findings) {
    for namespace in cluster.of("Namespace") {
        let denies = cluster.of("NetworkPolicy").any(|policy| {
            let types = items(&policy.value, "/spec/policyTypes");
            policy.namespace() == namespace.name()
                && policy
                    .at("/spec/podSelector")
                    .as_object()
                    .is_some_and(serde_json::Map::is_empty)
                && types.len() == 2
                && policy.at("/spec/ingress").is_null()
                && policy.at("/spec/egress").is_null()
        });
        if !denies {
            findings.add("no-default-deny", namespace, namespace.name());
        }
        if namespace
            .text("/metadata/labels/pod-security.kubernetes.io~1enforce")
            .is_empty()
        {
            findings.add("no-pod-security", namespace, namespace.name());
        }
    }
}

/// An eviction asks one budget, and fails if there are two.
fn budgets(cluster: &Cluster<'_>, findings: &mut Findings) {
    for budget in cluster.of("PodDisruptionBudget") {
        if !budget.at("/spec/minAvailable").is_null() {
            findings.add(
                "blocks-drains",
                budget,
                "minAvailable, where one pod may be all there is",
            );
        }
    }
    for pods in &cluster.pods {
        let covering = cluster.of("PodDisruptionBudget").filter(|budget| {
            budget.namespace() == pods.namespace
                && selects(budget.at("/spec/selector"), &pods.labels)
        });
        if covering.count() > 1 {
            findings.add_at("two-budgets", &pods.owner, "an eviction of its pods fails");
        }
    }
}
