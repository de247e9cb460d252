//! Kinds that are Kubernetes' own: every field has to be one.

use k8s_openapi::api;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::finding::Findings;
use crate::object::Object;

/// Checks an object if its kind is one of these; says whether it is.
pub fn check(object: &Object, findings: &mut Findings) -> bool {
    let read: fn(&Value) -> Result<Vec<String>, String> =
        match (object.api_version(), object.kind()) {
            ("v1", "ConfigMap") => unknown::<api::core::v1::ConfigMap>,
            ("v1", "Namespace") => unknown::<api::core::v1::Namespace>,
            ("v1", "Secret") => unknown::<api::core::v1::Secret>,
            ("v1", "Service") => unknown::<api::core::v1::Service>,
            ("v1", "ServiceAccount") => unknown::<api::core::v1::ServiceAccount>,
            ("apps/v1", "DaemonSet") => unknown::<api::apps::v1::DaemonSet>,
            ("apps/v1", "Deployment") => unknown::<api::apps::v1::Deployment>,
            ("apps/v1", "StatefulSet") => unknown::<api::apps::v1::StatefulSet>,
            ("batch/v1", "CronJob") => unknown::<api::batch::v1::CronJob>,
            ("batch/v1", "Job") => unknown::<api::batch::v1::Job>,
            ("policy/v1", "PodDisruptionBudget") => unknown::<api::policy::v1::PodDisruptionBudget>,
            ("networking.k8s.io/v1", "NetworkPolicy") => {
                unknown::<api::networking::v1::NetworkPolicy>
            }
            ("rbac.authorization.k8s.io/v1", "Role") => unknown::<api::rbac::v1::Role>,
            ("rbac.authorization.k8s.io/v1", "RoleBinding") => {
                unknown::<api::rbac::v1::RoleBinding>
            }
            ("scheduling.k8s.io/v1", "PriorityClass") => {
                unknown::<api::scheduling::v1::PriorityClass>
            }
            ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy") => {
                unknown::<api::admissionregistration::v1::MutatingAdmissionPolicy>
            }
            ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding") => {
                unknown::<api::admissionregistration::v1::MutatingAdmissionPolicyBinding>
            }
            ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy") => {
                unknown::<api::admissionregistration::v1::ValidatingAdmissionPolicy>
            }
            ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding") => {
                unknown::<api::admissionregistration::v1::ValidatingAdmissionPolicyBinding>
            }
            _ => return false,
        };
    match read(&object.value) {
        Ok(fields) => {
            for field in fields {
                findings.add("unknown-field", object, field);
            }
        }
        Err(error) => findings.add("wrong-type", object, error),
    }
    true
}

/// The fields that the type does not have, or why the value is none of it.
fn unknown<T: DeserializeOwned>(value: &Value) -> Result<Vec<String>, String> {
    let mut fields = Vec::new();
    serde_ignored::deserialize::<_, _, T>(value, |path| fields.push(path.to_string()))
        .map_err(|error| error.to_string())?;
    Ok(fields)
}
