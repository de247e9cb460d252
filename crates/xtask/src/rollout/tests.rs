//! With a `kubectl` that answers from files and writes down what it is asked.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

/// Gives files for `get`; a patch is written down, and the route becomes `after.json`.
const KUBECTL: &str = r#"#!/bin/sh
set -e
cd "$(dirname "$0")"
echo "$*" >> asked
case "$3 $4" in
    "get httproute") cat route.json ;;
    "get deployments") cat deployments.json ;;
    "get jobs") cat jobs.json ;;
    "patch httproute") cp after.json route.json ;;
    *) echo "odd: $*" >&2; exit 1 ;;
esac
"#;

fn route(colour: &str) -> Value {
    let rules: Vec<Value> = ::rollout::FUNCTIONS
        .iter()
        .map(|(function, prefix)| {
            json!({
                "matches": [{"path": {"value": prefix}}],
                "backendRefs": [{"name": format!("retire-{colour}-{function}"), "port": 80}],
            })
        })
        .collect();
    json!({"kind": "HTTPRoute", "metadata": {"resourceVersion": "7"}, "spec": {"rules": rules}})
}

fn deployments(available: u32) -> Value {
    let image = format!("retire@sha256:{}", "a".repeat(64));
    let colours = ["blue", "green"].iter();
    let items: Vec<Value> = colours
        .flat_map(|colour| ::rollout::FUNCTIONS.map(|(function, _)| (colour, function)))
        .map(|(colour, function)| {
            json!({
                "metadata": {"name": format!("retire-{colour}-{function}"), "generation": 1},
                "spec": {"replicas": 2, "template": {"spec": {"containers": [{"image": image}]}}},
                "status": {"observedGeneration": 1, "updatedReplicas": 2,
                           "availableReplicas": available},
            })
        })
        .collect();
    json!({ "items": items })
}

/// A folder with the program, a blue route, and what the patch makes of it.
fn cluster(after: &str, available: u32) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let jobs: Vec<Value> = ["blue", "green"]
        .iter()
        .map(|colour| {
            json!({"metadata": {"name": format!("retire-{colour}-migrate")},
                   "status": {"conditions": [{"type": "Complete", "status": "True"}]}})
        })
        .collect();
    for (name, value) in [
        ("route.json", route("blue")),
        ("after.json", route(after)),
        ("deployments.json", deployments(available)),
        ("jobs.json", json!({ "items": jobs })),
    ] {
        std::fs::write(folder.path().join(name), value.to_string())?;
    }
    let program = folder.path().join("kubectl");
    std::fs::write(&program, KUBECTL)?;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    Ok(folder)
}

/// Runs a step; gives what the cluster was asked.
fn step(folder: &TempDir, step: Step) -> (Result<()>, Vec<String>) {
    let result = run(&Arguments {
        step,
        namespace: "pension".to_owned(),
        kubectl: folder.path().join("kubectl").display().to_string(),
    });
    let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap_or_default();
    (result, asked.lines().map(str::to_owned).collect())
}

#[test]
fn a_switch_is_one_patch_after_the_checks() -> Result<()> {
    let folder = cluster("green", 2)?;
    let (result, asked) = step(&folder, Step::Switch { canary: None });
    result?;
    assert_eq!(asked.len(), 5, "{asked:?}");
    assert!(
        asked
            .iter()
            .all(|line| line.starts_with("--namespace pension "))
    );
    let patches: Vec<_> = asked
        .iter()
        .filter(|line| line.contains(" patch "))
        .collect();
    let [patch] = patches.as_slice() else {
        panic!("{asked:?}");
    };
    for (function, _) in ::rollout::FUNCTIONS {
        assert!(
            patch.contains(&format!("retire-green-{function}")),
            "{patch}"
        );
    }
    assert!(!patch.contains("blue"), "{patch}");
    Ok(())
}

#[test]
fn a_plan_changes_nothing() -> Result<()> {
    let folder = cluster("green", 2)?;
    let (result, asked) = step(&folder, Step::Plan { canary: Some(5) });
    result?;
    assert!(asked.iter().all(|line| line.contains(" get ")), "{asked:?}");
    Ok(())
}

#[test]
fn a_colour_that_is_not_ready_gets_nothing_unless_it_is_told_to() -> Result<()> {
    let folder = cluster("green", 1)?;
    let (result, asked) = step(&folder, Step::Switch { canary: None });
    let mut said = String::new();
    write!(said, "{:#}", result.expect_err("refused"))?;
    assert!(
        said.contains("green is not ready") && said.contains("1 of 2"),
        "{said}"
    );
    assert!(
        !asked.iter().any(|line| line.contains(" patch ")),
        "{asked:?}"
    );

    let unchecked = Step::Back {
        to: Colour::Green,
        unchecked: true,
    };
    let (result, asked) = step(&folder, unchecked);
    result?;
    assert!(
        asked.iter().any(|line| line.contains(" patch ")),
        "{asked:?}"
    );
    Ok(())
}

/// What was switched is undone at once by somebody else, such as GitOps.
#[test]
fn a_switch_that_does_not_last_is_an_error() -> Result<()> {
    let folder = cluster("blue", 2)?;
    let (result, _) = step(&folder, Step::Switch { canary: None });
    let said = format!("{:#}", result.expect_err("undone"));
    assert!(said.contains("GitOps"), "{said}");
    Ok(())
}
