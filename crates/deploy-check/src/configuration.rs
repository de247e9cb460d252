//! Files in ConfigMaps that other programs read: they can be read, and the collector's
//! pipelines lead through what is defined.

use serde_json::Value;

use crate::cluster::Cluster;
use crate::finding::Findings;
use crate::object::{Object, items};

/// Checks every YAML file of every ConfigMap.
pub fn check(cluster: &Cluster<'_>, findings: &mut Findings) {
    for config in cluster.of("ConfigMap") {
        let files = config.at("/data").as_object();
        for (name, text) in files.into_iter().flatten() {
            if !name.ends_with(".yaml") {
                continue;
            }
            let text = text.as_str().unwrap_or_default();
            match serde_saphyr::from_str::<Value>(text) {
                Ok(file) => pipelines(config, &file, findings),
                Err(error) => findings.add("no-yaml", config, format!("{name}: {error}")),
            }
        }
    }
}

/// A connector is the end of one pipeline and the beginning of another.
fn pipelines(config: &Object, file: &Value, findings: &mut Findings) {
    let pipelines = file
        .pointer("/service/pipelines")
        .and_then(Value::as_object);
    for (name, pipeline) in pipelines.into_iter().flatten() {
        for (stage, is_end) in [
            ("receivers", true),
            ("processors", false),
            ("exporters", true),
        ] {
            let parts = items(pipeline, &format!("/{stage}"));
            if is_end && parts.is_empty() {
                findings.add("open-pipeline", config, format!("{name}: no {stage}"));
            }
            for part in parts {
                let part = part.as_str().unwrap_or_default();
                let is_defined = file[stage].get(part).is_some()
                    || (is_end && file["connectors"].get(part).is_some());
                if !is_defined {
                    findings.add("open-pipeline", config, format!("{name}: {part}"));
                }
            }
        }
    }
}
