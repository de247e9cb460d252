//! The Helm chart: its templates are an overlay with a value for each marked text.
//!
//! Of Helm's language they use a value, a value as a quoted text, and two braces: what
//! [`render`] knows too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::object::Object;
use crate::render;

/// The chart.
pub const CHART: &str = "deploy/chart";
const BEFORE: &str = "chart-value--";
const AFTER: &str = "--end";
/// Two braces that are none of Helm's.
const BRACES: &str = r#"{{ "{{" }}"#;

/// The templates by file name, made from the overlay `chart`.
///
/// # Errors
/// The overlay cannot be rendered, or marks a value that the chart does not have.
pub fn templates(workspace: &Path) -> Result<BTreeMap<String, String>> {
    let text = render::text(workspace, &workspace.join("deploy/overlays/chart"))?;
    let values = values(workspace)?;
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for document in text.split("\n---\n") {
        let kind = document
            .lines()
            .find_map(|line| line.strip_prefix("kind: "));
        let kind = kind.context("an object without a kind")?.to_lowercase();
        let file = files.entry(format!("{kind}.yaml")).or_default();
        if !file.is_empty() {
            file.push_str("---\n");
        }
        for line in document.lines() {
            file.push_str(&template_line(line, &values)?);
            file.push('\n');
        }
    }
    Ok(files)
}

/// The values of `values.yaml`, by their places with dots.
///
/// # Errors
/// The file is no YAML.
pub fn values(workspace: &Path) -> Result<BTreeMap<String, Value>> {
    let text = std::fs::read_to_string(workspace.join(CHART).join("values.yaml"))?;
    let mut flat = BTreeMap::new();
    flatten("", serde_saphyr::from_str(&text)?, &mut flat);
    Ok(flat)
}

fn flatten(place: &str, value: Value, flat: &mut BTreeMap<String, Value>) {
    let Value::Object(fields) = value else {
        flat.insert(place.to_owned(), value);
        return;
    };
    for (name, inner) in fields {
        let place = [place, &name].into_iter().filter(|part| !part.is_empty());
        flatten(&place.collect::<Vec<_>>().join("."), inner, flat);
    }
}

fn template_line(line: &str, values: &BTreeMap<String, Value>) -> Result<String> {
    let line = line.replace("{{", BRACES);
    let mut parts = line.split(BEFORE);
    let mut template = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once(AFTER).context("a mark without an end")?;
        let value = values
            .get(place)
            .with_context(|| format!("the chart has no value {place}"))?;
        let is_whole = rest.is_empty() && template.ends_with([' ', ':']);
        let filter = if is_whole && value.is_string() {
            " | quote"
        } else {
            ""
        };
        template += &format!("{{{{ .Values.{place}{filter} }}}}{rest}");
    }
    Ok(template)
}

/// The templates as they are in the workspace, by file name.
///
/// # Errors
/// A file cannot be read.
pub fn written(workspace: &Path) -> Result<BTreeMap<String, String>> {
    let folder = workspace.join(CHART).join("templates");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        files.insert(name.into_owned(), std::fs::read_to_string(&path)?);
    }
    Ok(files)
}

/// Renders the chart as it is in the workspace, as Helm does with these values.
///
/// # Errors
/// A file cannot be read, uses more of Helm's language, or is no YAML; a value is not
/// used.
pub fn render(workspace: &Path, values: &BTreeMap<String, Value>) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    let mut used = BTreeSet::new();
    let written = written(workspace)?;
    for (file, template) in &written {
        let text = substituted(template, values, &mut used).with_context(|| file.clone())?;
        objects.extend(Object::read_all(&text).with_context(|| file.clone())?);
    }
    for place in values.keys() {
        ensure!(
            used.contains(place.as_str()),
            "no template uses the value {place}"
        );
    }
    Ok(objects)
}

fn substituted<'a>(
    template: &'a str,
    values: &BTreeMap<String, Value>,
    used: &mut BTreeSet<&'a str>,
) -> Result<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{ ") {
        text += before;
        let (action, after) = after
            .split_once(" }}")
            .context("braces that do not close")?;
        rest = after;
        if action == r#""{{""# {
            text += "{{";
            continue;
        }
        let (place, is_quoted) = match action.strip_suffix(" | quote") {
            Some(place) => (place, true),
            None => (action, false),
        };
        let place = place
            .strip_prefix(".Values.")
            .with_context(|| format!("{action}?"))?;
        let value = values
            .get(place)
            .with_context(|| format!("no value {place}"))?;
        used.insert(place);
        text += &match value {
            Value::String(string) if !is_quoted => string.clone(),
            Value::String(_) | Value::Number(_) => value.to_string(),
            _ => bail!("{place} is neither a text nor a number"),
        };
    }
    Ok(text + rest)
}
