//! What is in deploy/ has no findings.

use std::path::{Path, PathBuf};

use anyhow::Result;
use deploy_check::queries::Metrics;
use deploy_check::{Checker, Cluster, Findings, Object, alerts, chart, pools, render};
use kube_cel::{VapEvaluator, VapExpression};
use serde_json::json;

fn workspace() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.ancestors().nth(2).unwrap_or(folder).to_path_buf()
}

fn assert_none(what: &str, findings: &[deploy_check::Finding]) {
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{what}:\n{}", said.join("\n"));
}

#[test]
fn every_overlay_is_without_findings() -> Result<()> {
    let checker = Checker::new(&workspace())?;
    for overlay in render::OVERLAYS {
        let objects = render::overlay(&workspace(), overlay)?;
        println!("{overlay}: {} objects", objects.len());
        assert_none(overlay, &checker.check(&objects));
    }
    if !checker.has_definitions() {
        println!("custom kinds were not checked: RETIRE_CRDS names no folder of definitions");
    }
    Ok(())
}

#[test]
fn the_chart_is_that_of_its_overlay_and_without_findings() -> Result<()> {
    assert!(
        chart::written(&workspace())? == chart::templates(&workspace())?,
        "the chart is not what its overlay gives: `cargo xtask deploy chart` writes it"
    );
    let checker = Checker::new(&workspace())?;
    let mut values = chart::values(&workspace())?;
    let objects = chart::render(&workspace(), &values)?;
    println!("chart: {} objects", objects.len());
    assert_none("the chart", &checker.check(&objects));

    values.insert("colour".to_owned(), json!("green"));
    values.insert("host".to_owned(), json!("pension.example.org"));
    assert_none(
        "the green chart",
        &checker.check(&chart::render(&workspace(), &values)?),
    );

    // A value that is wrong is found as it would be in an overlay.
    values.insert("scaling.dataQuery.max".to_owned(), json!(40));
    let findings = checker.check(&chart::render(&workspace(), &values)?);
    assert!(
        findings
            .iter()
            .any(|finding| finding.name == "too-many-clients")
    );
    Ok(())
}

/// What the second field manager adds is for Deployments that there are, and is known.
#[test]
fn the_second_manager_adds_to_what_is_there() -> Result<()> {
    let checker = Checker::new(&workspace())?;
    let production = render::overlay(&workspace(), "production")?;
    let cluster = Cluster::new(&production, checker.settings());
    let folder = workspace().join("deploy/second-manager");
    let parts = Object::read_all(&render::text(&workspace(), &folder)?)?;
    assert_eq!(parts.len(), 8);
    let mut findings = Findings::default();
    for part in &parts {
        checker.check_fields(part, &mut findings);
        assert!(
            cluster
                .find("SpinApp", part.namespace(), part.name())
                .is_some()
        );
        let template = part.pod_template().expect("a Deployment");
        let class = template["spec"]["priorityClassName"].as_str();
        assert!(
            cluster
                .find("PriorityClass", "", class.unwrap_or_default())
                .is_some()
        );
        // The container of the operator has the name of the SpinApp.
        let container = &template["spec"]["containers"][0];
        assert_eq!(container["name"], part.value["metadata"]["name"]);
        let pause = container["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64();
        let grace = template["spec"]["terminationGracePeriodSeconds"].as_u64();
        assert!(pause < grace, "{pause:?} of {grace:?}");
    }
    assert_none("the second manager", &findings.0);
    Ok(())
}

/// What GitOps keeps a cluster at is a folder of this repository, and known.
#[test]
fn gitops_points_at_what_is_there() -> Result<()> {
    let checker = Checker::new(&workspace())?;
    let mut findings = Findings::default();
    for tool in ["argocd", "flux"] {
        let folder = workspace().join("deploy/gitops").join(tool);
        for object in Object::read_all(&render::text(&workspace(), &folder)?)? {
            checker.check_fields(&object, &mut findings);
            let path = match object.kind() {
                "Application" => object.text("/spec/source/path").to_owned(),
                "Kustomization" => format!("deploy/{}", object.text("/spec/path")),
                _ => continue,
            };
            assert!(
                workspace().join(&path).join("kustomization.yaml").is_file(),
                "{path}"
            );
        }
    }
    assert_none("GitOps", &findings.0);
    Ok(())
}

/// The cluster's own policy takes what is in Git, and no tag.
#[test]
fn the_policy_of_pinned_images_wants_a_digest() -> Result<()> {
    let objects = render::overlay(&workspace(), "production")?;
    let policy = objects
        .iter()
        .find(|o| o.kind() == "ValidatingAdmissionPolicy");
    let validation = policy.expect("a policy").at("/spec/validations/0").clone();
    let expression: VapExpression = serde_json::from_value(validation)?;
    let allows = |app: &serde_json::Value| {
        let evaluator = VapEvaluator::builder().object(app.clone()).build();
        let results = evaluator.evaluate(std::slice::from_ref(&expression));
        results.iter().all(|result| result.passed)
    };
    let apps: Vec<&Object> = objects.iter().filter(|o| o.kind() == "SpinApp").collect();
    assert_eq!(apps.len(), 8);
    assert!(apps.iter().all(|app| allows(&app.value)));
    for image in [
        "registry.example.com/retire:1.0",
        "retire@sha256:00",
        "retire:latest",
    ] {
        let mut app = apps[0].value.clone();
        app["spec"]["image"] = json!(image);
        assert!(!allows(&app), "{image}");
    }
    Ok(())
}

#[test]
fn alerts_are_tested_and_have_pages_and_every_query_names_what_is_exposed() -> Result<()> {
    let checker = Checker::new(&workspace())?;
    let objects = render::overlay(&workspace(), "production")?;
    let cluster = Cluster::new(&objects, checker.settings());
    let mut findings = Findings::default();
    Metrics::read(&workspace(), &mut findings)?.check(&cluster, &mut findings);
    let folder = tempfile::tempdir()?;
    alerts::check(&workspace(), folder.path(), &cluster, &mut findings)?;
    assert_none("alerts and queries", &findings.0);
    Ok(())
}

/// The sums of deploy/README.md.
#[test]
fn the_readme_has_the_sums_of_connections() -> Result<()> {
    let checker = Checker::new(&workspace())?;
    let objects = render::overlay(&workspace(), "production")?;
    let sums = pools::sums(&Cluster::new(&objects, checker.settings())).expect("a pooler");
    let readme = std::fs::read_to_string(workspace().join("deploy/README.md"))?;
    for sum in [
        format!("= {} ≤ {}", sums.wanted_clients, sums.max_clients),
        format!("= {} ≤ {}", sums.wanted_connections, sums.max_connections),
    ] {
        assert!(readme.contains(&sum), "deploy/README.md lacks {sum}");
    }
    Ok(())
}
