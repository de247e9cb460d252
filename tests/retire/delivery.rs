//! What builds, ships and runs the application apart from Kubernetes: the Dockerfiles, the
//! Compose file, the workflows.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::harness::workspace;

fn read(path: &str) -> String {
    let whole = workspace().join(path);
    std::fs::read_to_string(whole).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The instructions of a Dockerfile, with their continuation lines.
fn instructions(path: &str) -> Vec<String> {
    read(path)
        .replace("\\\n", " ")
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// The image of the application has the manifest and the files that it names, where it
/// names them.
#[test]
fn the_dockerfile_copies_what_the_manifest_names() {
    let manifest = host::Manifest::read(&workspace().join("spin.toml")).expect("a manifest");
    let named: BTreeSet<&Path> = manifest
        .component
        .values()
        .map(|c| c.source.as_path())
        .collect();
    let all = instructions("deploy/image/Dockerfile");
    assert_eq!(all[0], "FROM scratch");
    assert!(
        all.contains(&"COPY spin.toml /spin.toml".to_owned()),
        "{all:?}"
    );
    assert!(
        all.contains(&r#"ENTRYPOINT ["/spin.toml"]"#.to_owned()),
        "{all:?}"
    );
    let copied = all
        .iter()
        .find_map(|line| line.strip_prefix("COPY target/"));
    let copied = format!("target/{}", copied.expect("the components"));
    let mut paths: Vec<&str> = copied.split(' ').collect();
    let to = paths.pop().expect("a folder").trim_start_matches('/');
    let to = Path::new(to);
    let placed: BTreeSet<_> = paths
        .iter()
        .map(|path| to.join(Path::new(path).file_name().expect("a file")))
        .collect();
    assert_eq!(
        placed.iter().map(|p| p.as_path()).collect::<BTreeSet<_>>(),
        named
    );
    let from: BTreeSet<&Path> = paths.iter().map(Path::new).collect();
    assert_eq!(from, named);
}

/// Programs run as nobody, on bases with a version.
#[test]
fn images_with_programs_run_as_nobody() {
    for path in [
        "deploy/image/Dockerfile.operator",
        "deploy/image/Dockerfile.host",
    ] {
        let all = instructions(path);
        let bases: Vec<&String> = all
            .iter()
            .filter(|line| line.starts_with("FROM "))
            .collect();
        assert_eq!(bases.len(), 2, "{path}: {bases:?}");
        for base in bases {
            let image = base.split(' ').nth(1).expect("an image");
            let tag = image.rsplit_once(':').expect("a tag").1;
            assert!(tag != "latest" && image.contains('.'), "{path}: {image}");
        }
        let last = all
            .iter()
            .rposition(|line| line.starts_with("FROM "))
            .expect("a base");
        let own = &all[last..];
        assert!(own.contains(&"USER 65532:65532".to_owned()), "{path}");
        let entry = own
            .iter()
            .find(|line| line.starts_with("ENTRYPOINT [\"/retire"));
        assert!(entry.is_some(), "{path}");
        assert!(
            !own.iter().any(|line| line.starts_with("RUN ")),
            "{path} has no shell"
        );
    }
}

/// Every reference leads somewhere, images have versions, everything that serves says
/// whether it is healthy, and no secret has a value.
#[test]
fn the_compose_file_holds_together() {
    let compose = yaml("deploy/compose/compose.yaml");
    let services = &compose["services"];
    let mut published = 0;
    for (name, service) in entries(services) {
        let image = service["image"].as_str().expect("an image");
        let tag = image.rsplit_once(':').expect("a tag").1;
        assert!(
            tag.contains('.') && tag.starts_with(|c: char| c.is_ascii_digit() || c == 'v'),
            "{name}: {image}"
        );
        if let Some(file) = service["build"]["dockerfile"].as_str() {
            assert!(workspace().join(file).is_file(), "{name}: {file}");
        }
        let ends = service["restart"] == "no";
        assert_ne!(
            ends,
            service["healthcheck"]["test"].is_array(),
            "{name}: healthy or ended"
        );
        for (other, how) in entries(&service["depends_on"]) {
            let expected = if services[other]["restart"] == "no" {
                "service_completed_successfully"
            } else {
                "service_healthy"
            };
            assert!(services[other].is_object(), "{name} needs {other}");
            assert_eq!(how["condition"], expected, "{name} needs {other}");
        }
        for network in texts(&service["networks"]) {
            assert!(!compose["networks"][network].is_null(), "{name}: {network}");
        }
        for volume in texts(&service["volumes"]) {
            let from = volume.split(':').next().expect("a source");
            let is_there = if from.starts_with('.') {
                workspace().join("deploy/compose").join(from).exists()
            } else {
                compose["volumes"][from].is_object()
            };
            assert!(is_there, "{name}: {volume}");
        }
        for secret in texts(&service["secrets"]) {
            assert!(
                compose["secrets"][secret]["environment"].is_string(),
                "{name}: {secret}"
            );
        }
        for port in texts(&service["ports"]) {
            assert!(
                port.starts_with("127.0.0.1:"),
                "{name} is open to others: {port}"
            );
            published += 1;
        }
        for (variable, value) in entries(&service["environment"]) {
            let value = value.as_str().expect("a text");
            if variable.contains("PASSWORD") || variable.contains("DATABASE_URL") {
                assert!(value.contains("PASSWORD:?in .env}"), "{name}: {variable}");
            }
        }
    }
    assert_eq!(published, 2);

    // The application has every variable that it needs, and none that it does not know.
    let manifest = host::Manifest::read(&workspace().join("spin.toml")).expect("a manifest");
    let given: BTreeSet<String> = entries(&services["application"]["environment"])
        .map(|(name, _)| name.trim_start_matches("SPIN_VARIABLE_").to_lowercase())
        .collect();
    for (name, variable) in &manifest.variables {
        assert!(
            !variable.required || given.contains(name),
            "{name} has no value"
        );
    }
    assert!(
        given
            .iter()
            .all(|name| manifest.variables.contains_key(name)),
        "{given:?}"
    );

    // What is read of whom.
    let scrape = &yaml("deploy/compose/prometheus.yaml")["scrape_configs"][0];
    let path = scrape["metrics_path"].as_str().expect("a path");
    assert!(read("docs/openapi.json").contains(&format!("\"{path}\"")));
    assert_eq!(
        texts(&scrape["static_configs"][0]["targets"]),
        ["application:3000"]
    );
    let source = &yaml("deploy/compose/grafana/prometheus.yaml")["datasources"][0];
    assert_eq!(source["url"], "http://prometheus:9090");

    // The file with the secrets is made by the script, and is not in Git.
    let script = read("deploy/compose/environment.sh");
    let text = read("deploy/compose/compose.yaml");
    for part in text.split("${").skip(1) {
        let name = part.split([':', '}']).next().expect("a name");
        let by_loop = name
            .strip_suffix("_PASSWORD")
            .is_some_and(|n| script.contains(n));
        assert!(
            by_loop
                || part.starts_with(&format!("{name}:-"))
                || script.contains(&format!("{name}=")),
            "{name}"
        );
    }
    assert!(read(".gitignore").contains("/deploy/compose/.env"));
}

/// Every job may do what it must and nothing else; what others wrote is pinned.
#[test]
fn workflows_have_few_rights_and_pinned_actions() {
    let writers = [
        ("images", "packages"),
        ("images", "id-token"),
        ("propose", "contents"),
        ("propose", "pull-requests"),
    ];
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(workspace().join(".github/workflows")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let workflow = yaml(&format!(".github/workflows/{name}"));
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
        for (id, job) in entries(&workflow["jobs"]) {
            assert!(
                job["timeout-minutes"].is_u64(),
                "{name}: {id} may run for ever"
            );
            for (scope, right) in entries(&job["permissions"]) {
                match right.as_str() {
                    Some("read") => {}
                    Some("write") => {
                        assert!(
                            writers.contains(&(id.as_str(), scope.as_str())),
                            "{name}: {id} {scope}"
                        );
                        found.insert((id.clone(), scope.clone()));
                    }
                    other => panic!("{name}: {id} {scope} {other:?}"),
                }
            }
            for step in job["steps"].as_array().expect("steps") {
                if let Some(uses) = step["uses"].as_str() {
                    let (action, pin) = uses.split_once('@').expect("a pin");
                    assert_eq!(action, "actions/checkout", "{name}: {id}");
                    assert!(
                        pin.len() == 40 && pin.bytes().all(|b| b.is_ascii_hexdigit()),
                        "{uses}"
                    );
                    assert_eq!(step["with"]["persist-credentials"], false, "{name}: {id}");
                }
                // What an event says is no part of a script.
                let script = step["run"].as_str().unwrap_or_default();
                assert!(!script.contains("${{"), "{name}: {id}: {script}");
            }
        }
    }
    assert_eq!(found.len(), writers.len(), "a right that nothing needs");
    let release = yaml(".github/workflows/release.yaml");
    assert_eq!(release["jobs"]["images"]["needs"], "check");
    assert_eq!(release["jobs"]["check"]["steps"][1]["run"], ".ci/run");
}

/// The scripts of the delivery are shell that a shell reads.
#[test]
fn scripts_can_be_read() {
    for (shell, script) in [
        ("bash", "deploy/pipeline/propose.sh"),
        ("sh", "deploy/compose/environment.sh"),
        ("sh", "deploy/backup/archive.sh"),
        ("sh", "deploy/backup/base-backup.sh"),
        ("sh", "deploy/backup/prune.sh"),
        ("sh", "deploy/backup/restore.sh"),
    ] {
        let mut command = std::process::Command::new(shell);
        let read = command.arg("-n").arg(workspace().join(script)).status();
        assert!(read.expect("a shell").success(), "{script}");
    }
}

/// A release is written into the idle colour, all three lines of it, and nowhere else.
#[test]
fn a_release_is_proposed_for_the_idle_colour() {
    let copy = tempfile::tempdir().expect("a folder");
    let run = |command: &mut std::process::Command| {
        let done = command.current_dir(copy.path()).output().expect("it runs");
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    for part in ["pipeline", "overlays"] {
        let to = copy.path().join("deploy").join(part);
        std::fs::create_dir_all(to.parent().expect("a parent")).expect("made");
        run(std::process::Command::new("cp")
            .arg("-r")
            .arg(workspace().join("deploy").join(part))
            .arg(to));
    }
    run(std::process::Command::new("git").args(["init", "--quiet"]));
    let digest = |digit: &str| format!("sha256:{}", digit.repeat(64));
    run(std::process::Command::new("bash")
        .args(["deploy/pipeline/propose.sh", "production"])
        .env("DRY_RUN", "1")
        .env("APPLICATION", format!("ghcr.io/o/retire@{}", digest("a")))
        .env(
            "OPERATIONS",
            format!("ghcr.io/o/operations@{}", digest("b")),
        )
        .env("ENGINE", "c".repeat(64)));
    let colour = |root: &Path, colour: &str| {
        let file = format!("deploy/overlays/production/{colour}/kustomization.yaml");
        std::fs::read_to_string(root.join(file)).expect("a colour")
    };
    let green = colour(copy.path(), "green");
    for line in [
        "newName: ghcr.io/o/retire\n",
        &format!("digest: {}\n", digest("a")),
        "newName: ghcr.io/o/operations\n",
        &format!("digest: {}\n", digest("b")),
        &format!("engine_sha256: \"{}\"\n", "c".repeat(64)),
    ] {
        assert_eq!(green.matches(line).count(), 1, "{line}{green}");
    }
    assert_eq!(colour(copy.path(), "blue"), colour(&workspace(), "blue"));
}
