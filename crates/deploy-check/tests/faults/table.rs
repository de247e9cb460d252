//! The faults: where, what is done there, and the finding that names it.

/// What is done.
pub enum Edit {
    /// The value at the pointer becomes this JSON.
    Set(&'static str),
    /// The value at the pointer goes.
    Remove,
    /// The object goes.
    Delete,
    /// The object is there twice.
    Again,
}

/// A fault.
pub struct Fault {
    pub overlay: &'static str,
    pub kind: &'static str,
    pub name: &'static str,
    pub pointer: &'static str,
    pub edit: Edit,
    pub finding: &'static str,
    /// Whether only the definition of the kind shows it.
    pub needs_definitions: bool,
}

impl Fault {
    /// Where it is and what it is.
    pub fn title(&self) -> String {
        let edit = match self.edit {
            Edit::Set(value) => value,
            Edit::Remove => "removed",
            Edit::Delete => "deleted",
            Edit::Again => "twice",
        };
        let Self {
            kind,
            name,
            pointer,
            finding,
            ..
        } = self;
        format!("{finding}: {kind} {name} {pointer} {edit}")
    }
}

const fn fault(
    kind: &'static str,
    name: &'static str,
    pointer: &'static str,
    edit: Edit,
    finding: &'static str,
) -> Fault {
    Fault {
        overlay: "production",
        kind,
        name,
        pointer,
        edit,
        finding,
        needs_definitions: false,
    }
}

const fn defined(fault: Fault) -> Fault {
    Fault {
        needs_definitions: true,
        ..fault
    }
}

const fn of(overlay: &'static str, fault: Fault) -> Fault {
    Fault { overlay, ..fault }
}

const QUERY: &str = "retire-blue-data-query";

#[rustfmt::skip]
pub const FAULTS: &[Fault] = &[
    defined(fault("SpinApp", QUERY, "/spec/replica", Edit::Set("3"), "unknown-field")),
    defined(fault("SpinApp", QUERY, "/spec/securityContext", Edit::Set("{}"), "unknown-field")),
    defined(fault("SpinApp", QUERY, "/spec/checks/readiness/httpGet", Edit::Set(r#""/""#), "not-as-defined")),
    defined(fault("SpinApp", QUERY, "/spec/image", Edit::Remove, "not-as-defined")),
    defined(fault("ScaledObject", QUERY, "/spec/minReplicaCount", Edit::Set("11"), "rule-of-definition")),
    defined(fault("InterceptorRoute", QUERY, "/spec/scalingMetric", Edit::Set("{}"), "rule-of-definition")),
    defined(fault("HTTPRoute", "retire", "/spec/rules/0/matches/0/path/type", Edit::Set(r#""Prefix""#), "not-as-defined")),
    defined(fault("PodMonitor", "retire-collector", "/spec/podMetricsEndpoints/0/intervall", Edit::Set(r#""15s""#), "unknown-field")),
    defined(fault("Gateway", "retire", "/kind", Edit::Set(r#""Gatway""#), "no-such-kind")),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/livenesProbe", Edit::Set("{}"), "unknown-field"),
    fault("CronJob", "retire-settlement", "/spec/shedule", Edit::Set(r#""* * * * *""#), "unknown-field"),
    fault("Deployment", "retire-pgbouncer", "/spec/replicas", Edit::Set(r#""two""#), "wrong-type"),
    fault("NetworkPolicy", "functions", "/spec/podSelectors", Edit::Set("{}"), "unknown-field"),
    fault("ValidatingAdmissionPolicy", "retire-pinned-images", "/spec/validation", Edit::Set("[]"), "unknown-field"),
    fault("SpinApp", QUERY, "/spec/image", Edit::Set(r#""registry.example.com/retire:latest""#), "not-pinned"),
    fault("SpinApp", QUERY, "/spec/image", Edit::Set(r#""registry.example.com/retire@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#), "mixed-images"),
    fault("SpinApp", QUERY, "/spec/components", Edit::Set(r#"["data-query", "tontine-calc"]"#), "one-component-each"),
    fault("SpinApp", QUERY, "/spec/components/0", Edit::Set(r#""data-quary""#), "no-such-component"),
    fault("SpinApp", QUERY, "/spec/podLabels/colour", Edit::Set(r#""green""#), "name-and-labels-differ"),
    fault("SpinApp", QUERY, "/spec/executor", Edit::Set(r#""spin""#), "no-such-executor"),
    fault("SpinApp", QUERY, "/spec/serviceAccountName", Edit::Set(r#""retire""#), "no-such-service-account"),
    fault("SpinApp", QUERY, "/spec/checks/liveness", Edit::Remove, "no-probe"),
    fault("SpinApp", QUERY, "/spec/invocationLimits", Edit::Remove, "no-limit"),
    fault("SpinApp", QUERY, "/spec/resources/limits", Edit::Remove, "no-limit"),
    fault("SpinApp", QUERY, "/spec/resources/requests/memory", Edit::Remove, "no-request"),
    fault("SpinApp", QUERY, "/spec/variables/0", Edit::Remove, "missing-variable"),
    fault("SpinApp", QUERY, "/spec/variables/8/value", Edit::Set(r#""postgres://somebody""#), "foreign-variable"),
    fault("SpinApp", QUERY, "/spec/variables/0", Edit::Set(r#"{"name": "data_query_database_url", "value": "x"}"#), "secret-in-the-open"),
    fault("SpinApp", QUERY, "/spec/variables/1/name", Edit::Set(r#""database_hosts""#), "no-such-variable"),
    fault("SpinApp", QUERY, "/spec/variables/1/valueFrom/configMapKeyRef/key", Edit::Set(r#""database""#), "no-such-config-key"),
    fault("SpinApp", QUERY, "/spec/variables/1/valueFrom/configMapKeyRef/name", Edit::Set(r#""retire-app""#), "no-such-config"),
    fault("SpinApp", QUERY, "/spec/variables/0/valueFrom/secretKeyRef/key", Edit::Set(r#""url""#), "no-such-secret-key"),
    fault("SpinApp", QUERY, "/spec/variables/0/valueFrom/secretKeyRef/name", Edit::Set(r#""data-query""#), "no-such-secret"),
    fault("SpinApp", QUERY, "/spec/replicas", Edit::Set("2"), "replicas-and-autoscaling"),
    fault("SpinApp", QUERY, "", Edit::Delete, "missing-function"),
    fault("ScaledObject", QUERY, "", Edit::Delete, "not-scaled-once"),
    fault("ScaledObject", QUERY, "", Edit::Again, "twice"),
    fault("ScaledObject", QUERY, "/spec/scaleTargetRef/kind", Edit::Set(r#""SpinApp""#), "scales-no-deployment"),
    fault("ScaledObject", QUERY, "/spec/scaleTargetRef/name", Edit::Set(r#""data-query""#), "no-such-target"),
    fault("ScaledObject", QUERY, "/spec/maxReplicaCount", Edit::Remove, "no-maximum"),
    fault("ScaledObject", QUERY, "/spec/triggers/0/metadata/interceptorRoute", Edit::Set(r#""data-query""#), "no-such-interceptor-route"),
    fault("ScaledObject", QUERY, "/spec/triggers/0/metadata/scalerAddress", Edit::Set(r#""keda:9090""#), "no-such-service"),
    fault("ScaledObject", QUERY, "/spec/triggers/0/type", Edit::Set(r#""cpu""#), "never-wakes"),
    fault("ScaledObject", "retire-blue-upvest-webhook", "/spec/minReplicaCount", Edit::Set("0"), "webhook-at-zero"),
    fault("ScaledObject", QUERY, "/spec/maxReplicaCount", Edit::Set("40"), "too-many-clients"),
    fault("InterceptorRoute", QUERY, "/spec/target/port", Edit::Set("8080"), "no-such-service"),
    fault("InterceptorRoute", QUERY, "/spec/rules/0/paths/1", Edit::Remove, "wrong-function"),
    fault("InterceptorRoute", QUERY, "/spec/timeouts/readiness", Edit::Remove, "no-wait-for-pods"),
    fault("InterceptorRoute", QUERY, "/spec/rules/0/headers/0/value", Edit::Set(r#""green""#), "mixed-colours"),
    fault("InterceptorRoute", QUERY, "/spec/rules/0/paths/0/value", Edit::Set(r#""/v1/dat""#), "wrong-function"),
    fault("HTTPRoute", "retire", "/spec/rules/2/backendRefs/0/name", Edit::Set(r#""retire-green-upvest-webhook""#), "mixed-colours"),
    fault("HTTPRoute", "retire", "/spec/rules/2/backendRefs/0/name", Edit::Set(r#""retire-blue-data-query""#), "wrong-function"),
    fault("HTTPRoute", "retire", "/spec/rules/2/backendRefs/0/name", Edit::Set(r#""retire-webhook""#), "no-such-service"),
    fault("HTTPRoute", "retire", "/spec/rules/2/backendRefs/0/port", Edit::Set("8080"), "no-such-service"),
    fault("HTTPRoute", "retire", "/spec/rules/0/filters", Edit::Remove, "no-colour"),
    fault("HTTPRoute", "retire", "/spec/rules/1/matches/0/path/value", Edit::Set(r#""/v1/pool""#), "not-routed-once"),
    fault("HTTPRoute", "retire", "/spec/rules/3/matches/1", Edit::Remove, "not-routed-once"),
    fault("HTTPRoute", "retire", "/spec/parentRefs/0/name", Edit::Set(r#""gateway""#), "no-such-gateway"),
    fault("HTTPRoute", "retire", "/spec/hostnames/0", Edit::Set(r#""retire.example.org""#), "no-such-listener"),
    fault("ReferenceGrant", "retire-interceptor", "", Edit::Delete, "not-granted"),
    fault("Gateway", "retire", "/spec/listeners/0/tls/certificateRefs/0/name", Edit::Set(r#""tls""#), "no-such-secret"),
    of("local", fault("HTTPRoute", "retire", "/spec/rules/0/backendRefs/0/name", Edit::Set(r#""retire-green-tontine-calc""#), "mixed-colours")),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/image", Edit::Set(r#""ghcr.io/cloudnative-pg/pgbouncer:latest""#), "no-version"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/image", Edit::Set(r#""pgbouncer:1.24.1""#), "no-registry"),
    fault("Job", "retire-blue-migrate", "/spec/template/spec/containers/0/image", Edit::Set(r#""registry.example.com/retire-operations:1""#), "not-pinned"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/resources/limits", Edit::Remove, "no-limit"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/1/resources/requests/cpu", Edit::Remove, "no-request"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/readinessProbe", Edit::Remove, "no-probe"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/securityContext/runAsNonRoot", Edit::Remove, "runs-as-root"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/securityContext/seccompProfile", Edit::Remove, "no-seccomp"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/hostNetwork", Edit::Set("true"), "host"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/automountServiceAccountToken", Edit::Remove, "token"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation", Edit::Set("true"), "escalation"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/securityContext/capabilities/drop", Edit::Set(r#"["NET_RAW"]"#), "capabilities"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem", Edit::Remove, "writable-root"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/priorityClassName", Edit::Set(r#""high""#), "no-such-priority-class"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/volumes/0/name", Edit::Set(r#""config""#), "no-such-volume"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/containers/0/volumeMounts/0/subPath", Edit::Set(r#""pgbouncer.conf""#), "no-such-config-key"),
    fault("Deployment", "retire-pgbouncer", "/spec/template/spec/volumes/1/secret/items", Edit::Remove, "whole-secret"),
    fault("Job", "retire-blue-migrate", "/spec/activeDeadlineSeconds", Edit::Remove, "no-deadline"),
    fault("CronJob", "retire-settlement", "/spec/concurrencyPolicy", Edit::Set(r#""Allow""#), "runs-beside-itself"),
    fault("CronJob", "retire-settlement", "/spec/timeZone", Edit::Remove, "no-time-zone"),
    fault("Namespace", "retire", "", Edit::Delete, "no-such-namespace"),
    fault("Namespace", "retire", "/metadata/labels/pod-security.kubernetes.io~1enforce", Edit::Remove, "no-pod-security"),
    fault("NetworkPolicy", "default-deny", "", Edit::Delete, "no-default-deny"),
    fault("NetworkPolicy", "default-deny", "/spec/egress", Edit::Set("[{}]"), "no-default-deny"),
    fault("NetworkPolicy", "pgbouncer", "/spec/ingress/0", Edit::Remove, "flow-denied"),
    fault("NetworkPolicy", "functions", "/spec/egress/1/ports/0/port", Edit::Set("4317"), "flow-denied"),
    fault("NetworkPolicy", "functions", "/spec/ingress/0/from", Edit::Set(r#"[{"namespaceSelector": {}}]"#), "flow-open"),
    fault("NetworkPolicy", "webhook-metrics", "", Edit::Delete, "flow-denied"),
    fault("PodDisruptionBudget", "retire-blue-upvest-webhook", "/spec/selector/matchLabels/colour", Edit::Remove, "two-budgets"),
    fault("PodDisruptionBudget", "retire-blue-upvest-webhook", "/spec/minAvailable", Edit::Set("1"), "blocks-drains"),
    fault("PodDisruptionBudget", "retire-pgbouncer", "/spec/selector/matchLabels/app.kubernetes.io~1component", Edit::Set(r#""pooler""#), "selects-nothing"),
    fault("Service", "retire-pgbouncer", "/spec/selector/app.kubernetes.io~1component", Edit::Set(r#""pooler""#), "selects-nothing"),
    fault("Service", "retire-pgbouncer", "/spec/ports/0/targetPort", Edit::Set(r#""pg""#), "no-such-port"),
    fault("Service", "retire-pgbouncer", "/spec/ports/0/port", Edit::Set("6432"), "no-such-service"),
    fault("Service", "retire-postgres", "/spec/externalName", Edit::Set(r#""retire-db-rw.retire.svc.cluster.local""#), "no-such-service"),
    fault("PodMonitor", "retire-pgbouncer", "/spec/podMetricsEndpoints/0/port", Edit::Set(r#""prometheus""#), "no-such-port"),
    fault("PodMonitor", "retire-webhook", "/spec/podMetricsEndpoints/0/oauth2/clientSecret/key", Edit::Set(r#""secret""#), "no-such-secret-key"),
    fault("RoleBinding", "retire-collector", "/roleRef/name", Edit::Set(r#""collector""#), "no-such-role"),
    fault("RoleBinding", "retire-collector", "/subjects/0/name", Edit::Set(r#""collector""#), "no-such-service-account"),
    fault("ConfigMap", "retire-application", "/data/database_host", Edit::Set(r#""postgres.retire.svc.cluster.local:5432""#), "no-such-service"),
    fault("ConfigMap", "retire-application", "/data/auth_issuer", Edit::Set(r#""postgres://query:geheim@db:5432/retire""#), "secret-in-git"),
    fault("ConfigMap", "retire-application", "/kind", Edit::Set(r#""Secret""#), "secret-in-git"),
    fault("ConfigMap", "retire-pgbouncer", "/data/pgbouncer.ini", Edit::Set(r#""max_client_conn = 3200\ndefault_pool_size = 20\nreserve_pool_size = 2""#), "too-many-connections"),
    fault("ConfigMap", "retire-pgbouncer", "/data/pgbouncer.ini", Edit::Set(r#""max_client_conn = 1000\ndefault_pool_size = 8\nreserve_pool_size = 2""#), "too-many-clients"),
    fault("ConfigMap", "retire-pgbouncer", "/data/pgbouncer.ini", Edit::Set(r#""""#), "no-pooler"),
    fault("ConfigMap", "retire-settlement", "/metadata/name", Edit::Set(r#""Retire_Settlement""#), "odd-name"),
    fault("ExternalSecret", "retire-data-query", "", Edit::Delete, "secret-not-brought"),
    fault("ExternalSecret", "retire-data-query", "/spec/data/0/secretKey", Edit::Set(r#""url""#), "no-such-secret-key"),
    fault("ExternalSecret", "retire-data-query", "/spec/secretStoreRef/name", Edit::Set(r#""vault""#), "no-such-secret-store"),
    fault("ExternalSecret", "retire-data-query", "/spec/target/name", Edit::Set(r#""retire-query""#), "wrong-secret"),
    of("staging", fault("SealedSecret", "retire-data-query", "/spec/encryptedData/database_url", Edit::Set(r#""cG9zdGdyZXM=""#), "not-sealed")),
    fault("ConfigMap", "retire-collector", "/data/config.yaml", Edit::Set(r#""service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}""#), "open-pipeline"),
    fault("ConfigMap", "retire-database-exporter", "/data/queries.yaml", Edit::Set(r#""a: [b""#), "no-yaml"),
    fault("ConfigMap", "fluent-bit", "/data/fluent-bit.yaml", Edit::Set(r#""host: loki.monitoring.svc.cluster.local:80""#), "no-such-service"),
];
