//! Alerts: promtool reads and tests them, and each has a page for who is woken.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::cluster::Cluster;
use crate::finding::Findings;
use crate::object::{Object, items, text};
use crate::render::program;

/// The tests, a file for each object with rules.
const TESTS: &str = "deploy/components/observability/tests";
/// The pages.
const RUNBOOKS: &str = "docs/runbooks";
/// The least octets of a page that is one.
const PAGE_LEN: usize = 400;

/// Checks the rules of an installation with promtool, in a folder of this process.
///
/// # Errors
/// There is no promtool, or the folder cannot be written.
pub fn check(
    workspace: &Path,
    folder: &Path,
    cluster: &Cluster<'_>,
    findings: &mut Findings,
) -> Result<()> {
    let promtool = program(workspace, "RETIRE_PROMTOOL", "promtool")
        .context("there is no promtool: `cargo xtask deploy check` fetches it")?;
    let mut pages = BTreeSet::new();
    for object in cluster.of("PrometheusRule") {
        let name = object.name().trim_start_matches("retire-");
        for rule in alerts(object) {
            pages.insert(page(workspace, object, rule, findings));
        }
        let place = folder.join(name);
        std::fs::create_dir_all(&place)?;
        let rules = place.join("rules.yaml");
        // A JSON text is a YAML text.
        std::fs::write(&rules, object.at("/spec").to_string())?;
        if let Some(said) = run(Command::new(&promtool).args(["check", "rules"]).arg(&rules))? {
            findings.add("no-rules", object, said);
            continue;
        }
        let source = workspace.join(TESTS).join(format!("{name}.yaml"));
        let Ok(tests) = std::fs::read_to_string(&source) else {
            findings.add("untested-alert", object, source.display().to_string());
            continue;
        };
        tested(object, &tests, findings)?;
        let tests = place.join("tests.yaml");
        std::fs::copy(source, &tests)?;
        if let Some(said) = run(Command::new(&promtool).args(["test", "rules"]).arg(&tests))? {
            findings.add("alert-fails-its-test", object, said);
        }
    }
    for entry in std::fs::read_dir(workspace.join(RUNBOOKS))? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        if file != "README.md" && !pages.contains(&format!("{RUNBOOKS}/{file}")) {
            findings.add_at("page-without-alert", file, "no alert leads here");
        }
    }
    Ok(())
}

fn alerts(object: &Object) -> impl Iterator<Item = &Value> {
    let groups = items(&object.value, "/spec/groups").iter();
    let rules = groups.flat_map(|group| items(group, "/rules"));
    rules.filter(|rule| rule.get("alert").is_some())
}

/// An alert says how bad it is and leads to a page.
fn page(workspace: &Path, object: &Object, rule: &Value, findings: &mut Findings) -> String {
    let name = text(rule, "/alert");
    if !["page", "ticket"].contains(&text(rule, "/labels/severity")) {
        findings.add("no-severity", object, name);
    }
    if text(rule, "/annotations/summary").is_empty() {
        findings.add("no-summary", object, name);
    }
    let page = text(rule, "/annotations/runbook");
    let written = std::fs::read_to_string(workspace.join(page)).unwrap_or_default();
    if written.len() < PAGE_LEN || !written.starts_with(&format!("# {name}\n")) {
        findings.add("no-runbook", object, format!("{name}: {page}"));
    }
    page.to_owned()
}

/// Each alert has a test in which it fires and one in which it does not.
fn tested(object: &Object, tests: &str, findings: &mut Findings) -> Result<()> {
    let tests: Value = serde_saphyr::from_str(tests)?;
    for rule in alerts(object) {
        let name = text(rule, "/alert");
        let cases = items(&tests, "/tests").iter();
        let cases = cases.flat_map(|test| items(test, "/alert_rule_test"));
        let mut fires: Vec<bool> = cases
            .filter(|case| text(case, "/alertname") == name)
            .map(|case| !items(case, "/exp_alerts").is_empty())
            .collect();
        fires.sort_unstable();
        fires.dedup();
        if fires != [false, true] {
            findings.add("untested-alert", object, name);
        }
    }
    Ok(())
}

/// What a program says if it fails.
fn run(command: &mut Command) -> Result<Option<String>> {
    let output = command.output().context("starting promtool")?;
    let said = [output.stdout, output.stderr].concat();
    let failed = !output.status.success();
    Ok(failed.then(|| String::from_utf8_lossy(&said).trim().to_owned()))
}
