//! Objects of a cluster, as they were rendered.

use anyhow::{Context as _, Result};
use serde_json::Value;

/// An object.
#[derive(Clone, Debug)]
pub struct Object {
    /// All of it.
    pub value: Value,
}

impl Object {
    /// Reads the documents of a YAML text.
    ///
    /// # Errors
    /// The text is no YAML.
    pub fn read_all(text: &str) -> Result<Vec<Self>> {
        let values: Vec<Value> = serde_saphyr::from_multiple(text).context("reading YAML")?;
        let objects = values.into_iter().filter(|value| !value.is_null());
        Ok(objects.map(|value| Self { value }).collect())
    }

    /// The kind, empty if there is none.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.value["kind"].as_str().unwrap_or_default()
    }

    /// The group and version.
    #[must_use]
    pub fn api_version(&self) -> &str {
        self.value["apiVersion"].as_str().unwrap_or_default()
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.value["metadata"]["name"].as_str().unwrap_or_default()
    }

    /// The namespace, empty where there is none.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.value["metadata"]["namespace"]
            .as_str()
            .unwrap_or_default()
    }

    /// Kind and name, for people.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.kind(), self.name())
    }

    /// The text at a JSON pointer, empty if there is none.
    #[must_use]
    pub fn text(&self, pointer: &str) -> &str {
        text(&self.value, pointer)
    }

    /// The value at a JSON pointer.
    #[must_use]
    pub fn at(&self, pointer: &str) -> &Value {
        at(&self.value, pointer)
    }

    /// The template of the pods that it makes.
    #[must_use]
    pub fn pod_template(&self) -> Option<&Value> {
        let pointer = match self.kind() {
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => "/spec/template",
            "CronJob" => "/spec/jobTemplate/spec/template",
            _ => return None,
        };
        self.value.pointer(pointer)
    }
}

/// The value at a JSON pointer, null if there is none.
#[must_use]
pub fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// The text at a JSON pointer, empty if there is none.
#[must_use]
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    at(value, pointer).as_str().unwrap_or_default()
}

/// The items of an array at a JSON pointer, none if there is none.
#[must_use]
pub fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    at(value, pointer).as_array().map_or(&[], Vec::as_slice)
}

/// Calls `see` with every value inside, the value itself first.
pub fn walk<'a>(value: &'a Value, see: &mut dyn FnMut(&'a Value)) {
    see(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, see)),
        Value::Object(fields) => fields.values().for_each(|field| walk(field, see)),
        _ => {}
    }
}
