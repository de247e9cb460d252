//! The contracts that were released: docs/releases/openapi-<version>.json.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::workspace;

fn folder() -> PathBuf {
    workspace::root().join("docs/releases")
}

/// All of them, by the name of the file.
pub(super) fn releases() -> Result<Vec<(String, Value)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder()).context("docs/releases")? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let document = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        found.push((path.display().to_string(), document));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

/// Keeps the contract as that of the version of this build.
pub(super) fn keep(document: &Value) -> Result<()> {
    let mut document = document.clone();
    strip(&mut document);
    let name = format!("openapi-{}.json", env!("CARGO_PKG_VERSION"));
    std::fs::create_dir_all(folder())?;
    std::fs::write(folder().join(&name), format!("{document}\n"))?;
    println!("wrote docs/releases/{name}");
    Ok(())
}

/// What is said to people is not compared, and not kept.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for word in ["description", "summary", "examples", "title"] {
                // A property may have such a name: then it is a schema.
                let words = members
                    .get(word)
                    .is_some_and(|said| said.is_string() || word == "examples");
                if words {
                    members.remove(word);
                }
            }
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
