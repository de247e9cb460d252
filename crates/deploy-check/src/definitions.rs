//! Custom kinds: their definitions, as a cluster would have them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use kube_cel::{CompiledSchema, Validator, compile_schema};
use serde_json::{Value, json};

use crate::finding::Findings;
use crate::object::{Object, items, text};

/// Where the definitions are, if not in one of the usual places.
pub const VARIABLE: &str = "RETIRE_CRDS";

struct Definition {
    rules: CompiledSchema,
    validator: jsonschema::Validator,
}

/// The definitions of a folder, by group, version and kind.
pub struct Definitions {
    kinds: BTreeMap<String, Definition>,
    rules: Validator,
}

/// The folder with the definitions: that of [`VARIABLE`], or one beside the workspace.
/// None is an error in CI, where nothing may be left unchecked.
///
/// # Errors
/// The folder that was named is not there, or there is none and this is CI.
pub fn folder(workspace: &Path) -> Result<Option<PathBuf>> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        ensure!(
            named.is_dir(),
            "{VARIABLE}: {} is no folder",
            named.display()
        );
        return Ok(Some(named));
    }
    let places = [
        workspace.join("../shared/reference/crds"),
        PathBuf::from("/work/shared/reference/crds"),
    ];
    let found = places.into_iter().find(|place| place.is_dir());
    let is_ci = ["CI", "RETIRE_CI"]
        .iter()
        .any(|v| std::env::var_os(v).is_some());
    if found.is_none() && is_ci {
        bail!("there are no definitions of custom kinds: {VARIABLE} has to name their folder");
    }
    Ok(found)
}

impl Definitions {
    /// Reads every definition of a folder.
    ///
    /// # Errors
    /// A file is no YAML, or a schema none.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut definitions = BTreeMap::new();
        for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if !path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
                continue;
            }
            let file = || path.display().to_string();
            let source = std::fs::read_to_string(&path).with_context(file)?;
            let objects = Object::read_all(&source).with_context(file)?;
            for object in objects
                .iter()
                .filter(|o| o.kind() == "CustomResourceDefinition")
            {
                for version in items(&object.value, "/spec/versions") {
                    let key = format!(
                        "{}/{}/{}",
                        object.text("/spec/group"),
                        text(version, "/name"),
                        object.text("/spec/names/kind")
                    );
                    let Some(schema) = version.pointer("/schema/openAPIV3Schema") else {
                        continue;
                    };
                    let definition = Definition::new(schema).with_context(|| key.clone())?;
                    definitions.insert(key, definition);
                }
            }
        }
        ensure!(!definitions.is_empty(), "{} has none", folder.display());
        Ok(Self {
            kinds: definitions,
            rules: Validator::new(),
        })
    }

    /// Checks an object if its kind is defined; says whether it is.
    pub fn check(&self, object: &Object, findings: &mut Findings) -> bool {
        let key = format!("{}/{}", object.api_version(), object.kind());
        let Some(definition) = self.kinds.get(&key) else {
            return false;
        };
        for error in definition.validator.iter_errors(&object.value) {
            let path = error.instance_path().to_string();
            let message = error.to_string();
            let message: String = message.chars().take(300).collect();
            let name = match message.contains("Additional properties are not allowed") {
                true => "unknown-field",
                false => "not-as-defined",
            };
            findings.add(name, object, format!("{path}: {message}"));
        }
        if let Err(errors) = self
            .rules
            .validate_compiled(&definition.rules, &object.value, None)
        {
            for error in errors.as_slice() {
                findings.add("rule-of-definition", object, error.to_string());
            }
        }
        true
    }
}

impl Definition {
    fn new(schema: &Value) -> Result<Self> {
        let mut closed = schema.clone();
        if let Some(Value::Object(fields)) = closed.get_mut("properties") {
            for field in ["apiVersion", "kind"] {
                fields.entry(field).or_insert(json!({"type": "string"}));
            }
            fields
                .entry("metadata")
                .or_insert(json!({"type": "object"}));
        }
        close(&mut closed);
        let validator = jsonschema::options().build(&closed)?;
        Ok(Self {
            rules: compile_schema(schema),
            validator,
        })
    }
}

/// Refuses what the schema does not name, where a cluster would drop it silently.
fn close(schema: &mut Value) {
    let Value::Object(fields) = schema else {
        return;
    };
    let keeps = fields.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
    if fields.contains_key("properties") && !fields.contains_key("additionalProperties") && !keeps {
        fields.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if fields.get("nullable") == Some(&Value::Bool(true))
        && let Some(kind) = fields.get("type").cloned()
    {
        fields.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        properties.values_mut().for_each(close);
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = fields.get_mut(inner) {
            close(inner);
        }
    }
    // Formats are those of Go, which JSON Schema knows otherwise or not at all.
    fields.remove("format");
}
