//! Images are the same bytes whoever assembles them, and no altered one is believed.

use std::collections::BTreeMap;
use std::path::Path;

use image::{Application, Contents, Layout, check, provenance, registry, scratch, sha256};
use serde_json::Value;

const MANIFEST: &str = r#"
spin_manifest_version = 2
[application]
name = "retire"
version = "1.2.3"
description = "a description"
[variables]
host = { default = "127.0.0.1" }
url = { required = true, secret = true }
[[trigger.http]]
route = "/a/..."
component = "a"
[[trigger.http]]
route = "/b/..."
component = "b"
[component.b]
source = "out/b.wasm"
[component.a]
source = "out/a.wasm"
allowed_outbound_hosts = ["postgres://{{ host }}"]
[component.a.variables]
database_url = "{{ url }}"
"#;

fn wasm(name: &str) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend(name.repeat(1_000).as_bytes());
    bytes
}

fn application(manifest: &str) -> anyhow::Result<Application> {
    Application::read(manifest, |path| {
        Ok(wasm(
            &path.file_name().unwrap_or_default().to_string_lossy(),
        ))
    })
}

fn layout(application: &Application) -> anyhow::Result<Layout> {
    let labels = BTreeMap::from([(
        "org.opencontainers.image.revision".to_owned(),
        "0123".to_owned(),
    )]);
    let mut layout = Layout::default();
    scratch::add(&mut layout, "retire", application, &labels)?;
    registry::add(&mut layout, "retire-spin", application, &labels)?;
    Ok(layout)
}

/// Every file of a folder, by its path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("inside");
                let bytes = std::fs::read(&path).expect("a file");
                found.insert(name.display().to_string(), bytes);
            }
        }
    }
    found
}

#[test]
fn an_image_is_the_same_bytes_wherever_it_is_assembled() {
    let (here, there) = (tempfile::tempdir(), tempfile::tempdir());
    let (here, there) = (here.expect("a folder"), there.expect("a folder"));
    for folder in [here.path(), &there.path().join("deeper/down")] {
        let application = application(MANIFEST).expect("an application");
        layout(&application)
            .expect("a layout")
            .write(folder)
            .expect("written");
    }
    let first = files(here.path());
    assert_eq!(first, files(&there.path().join("deeper/down")));
    assert_eq!(first.len(), 2 + 2 + 2 + 1 + 3, "{:?}", first.keys());
}

#[test]
fn a_layout_is_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let application = application(MANIFEST).expect("an application");
    let layout = layout(&application).expect("a layout");
    layout.write(folder.path()).expect("written");
    let contents = check(folder.path()).expect("valid");
    let components: BTreeMap<String, String> = ["a", "b"]
        .map(|id| (id.to_owned(), sha256(&wasm(&format!("{id}.wasm")))))
        .into();
    assert_eq!(contents.components["retire"], components);
    assert_eq!(contents.components["retire-spin"], components);
    let Contents { images, .. } = &contents;
    assert_eq!(images.len(), 2);
    assert!(images.values().all(|digest| digest.len() == 7 + 64));
}

/// Whatever bit of whatever file is another, the check says so: but for a name or a
/// note in the index, which no digest covers.
#[test]
fn no_altered_layout_is_believed() {
    let folder = tempfile::tempdir().expect("a folder");
    let application = application(MANIFEST).expect("an application");
    let layout = layout(&application).expect("a layout");
    layout.write(folder.path()).expect("written");
    let files = files(folder.path());
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        if name.starts_with("blobs") {
            for at in (0..bytes.len()).step_by(1 + bytes.len() / 40) {
                let mut altered = bytes.clone();
                altered[at] ^= 1;
                std::fs::write(&path, &altered).expect("written");
                assert!(check(folder.path()).is_err(), "{name} at {at}");
            }
            let longer = [bytes.as_slice(), b" "].concat();
            std::fs::write(&path, longer).expect("written");
            assert!(check(folder.path()).is_err(), "{name} is longer");
        }
        std::fs::remove_file(&path).expect("removed");
        assert!(check(folder.path()).is_err(), "{name} is missing");
        std::fs::write(&path, bytes).expect("written");
    }
    check(folder.path()).expect("it is as it was");
    let stray = folder.path().join("blobs/sha256").join("0".repeat(64));
    std::fs::write(stray, b"x").expect("written");
    let error = check(folder.path()).expect_err("a stray blob");
    assert!(error.to_string().contains("nothing names"), "{error}");
}

/// Validly hashed, and wrong all the same.
#[test]
fn an_image_whose_parts_do_not_belong_together_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = |application: &Application| {
        let layout = layout(application).expect("a layout");
        layout.write(folder.path()).expect("written");
        format!("{:#}", check(folder.path()).expect_err("refused"))
    };
    let mut lacks = application(MANIFEST).expect("an application");
    lacks.components.pop();
    assert!(written(&lacks).contains("out/b.wasm, which is not there"));
    let mut has = application(MANIFEST).expect("an application");
    has.text = has.text.replace("out/b.wasm", "out/a.wasm");
    assert!(written(&has).contains("out/b.wasm belongs to no component"));
}

#[test]
fn an_odd_manifest_is_refused() {
    for (from, to, says) in [
        ("manifest_version = 2", "manifest_version = 1", "version 2"),
        ("out/b.wasm", "../b.wasm", "leaves the folder"),
        ("out/b.wasm", "/b.wasm", "leaves the folder"),
        ("source = \"out/b.wasm\"", "", "no source"),
    ] {
        let error = application(&MANIFEST.replace(from, to)).expect_err(to);
        assert!(format!("{error:#}").contains(says), "{error:#}");
    }
    let text = Application::read(MANIFEST, |_| Ok(b"#!/bin/sh".to_vec()));
    assert!(format!("{:#}", text.expect_err("a script")).contains("no WebAssembly"));
    for (from, to, says) in [
        ("[component.b]", "[component.b]\nfiles = [\"x\"]", "files"),
        ("{ default = \"127.0.0.1\" }", "{ }", "variable host"),
        ("[[trigger.http]]", "[[trigger.redis]]", "other than http"),
    ] {
        let application = application(&MANIFEST.replace(from, to)).expect("an application");
        let error = registry::locked(&application).expect_err(to);
        assert!(format!("{error:#}").contains(says), "{error:#}");
    }
}

/// The document that `spin registry push` makes of the same manifest, but for the
/// digests.
#[test]
fn the_locked_application_is_that_of_spin() {
    let application = application(MANIFEST).expect("an application");
    let digest = |id: &str| format!("sha256:{}", sha256(&wasm(&format!("{id}.wasm"))));
    let expected = serde_json::json!({
        "spin_lock_version": 0,
        "metadata": {
            "name": "retire", "version": "1.2.3", "description": "a description",
            "trigger": {"type": "http"},
        },
        "variables": {"host": {"default": "127.0.0.1"}, "url": {"secret": true}},
        "triggers": [
            {"id": "a-http-trigger", "trigger_type": "http",
             "trigger_config": {"component": "a", "route": "/a/..."}},
            {"id": "b-http-trigger", "trigger_type": "http",
             "trigger_config": {"component": "b", "route": "/b/..."}},
        ],
        "components": [
            {"id": "a", "metadata": {"allowed_outbound_hosts": ["postgres://{{ host }}"]},
             "source": {"content_type": "application/wasm", "digest": digest("a")},
             "config": {"database_url": "{{ url }}"}},
            {"id": "b", "metadata": {},
             "source": {"content_type": "application/wasm", "digest": digest("b")}},
        ],
    });
    assert_eq!(registry::locked(&application).expect("locked"), expected);
}

#[test]
fn provenance_names_the_images_and_what_they_were_built_from() {
    let images = BTreeMap::from([("retire".to_owned(), format!("sha256:{}", "a".repeat(64)))]);
    let source = provenance::Source {
        repository: "https://example.org/retire".to_owned(),
        commit: Some("c".repeat(40)),
        lock_sha256: "b".repeat(64),
        compiler: "rustc 1.95.0".to_owned(),
        builder: provenance::LOCAL_BUILDER.to_owned(),
    };
    let bytes = provenance::statement(&images, &source).expect("a statement");
    let statement: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    assert_eq!(statement["subject"][0]["digest"]["sha256"], "a".repeat(64));
    let dependencies = &statement["predicate"]["buildDefinition"]["resolvedDependencies"];
    assert_eq!(dependencies[1]["digest"]["gitCommit"], "c".repeat(40));
}
