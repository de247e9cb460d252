//! Seeded faults: each is put into what an overlay renders, and found by its name.

mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use deploy_check::{Checker, Object, render};
use serde_json::Value;

use table::{Edit, FAULTS, Fault};

fn workspace() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.ancestors().nth(2).unwrap_or(folder).to_path_buf()
}

#[test]
fn every_seeded_fault_is_found_by_name() -> Result<()> {
    let checker = Checker::new(&workspace())?;
    let mut rendered = BTreeMap::new();
    for overlay in render::OVERLAYS {
        rendered.insert(overlay, render::overlay(&workspace(), overlay)?);
    }
    let mut missed = Vec::new();
    for fault in FAULTS {
        if fault.needs_definitions && !checker.has_definitions() {
            continue;
        }
        let mut objects = rendered[fault.overlay].clone();
        apply(fault, &mut objects).with_context(|| fault.title())?;
        let findings = checker.check(&objects);
        if !findings.iter().any(|finding| finding.name == fault.finding) {
            missed.push(format!("{}: {findings:?}", fault.title()));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    Ok(())
}

#[test]
fn there_are_more_than_fifty_faults_and_no_two_alike() {
    assert!(FAULTS.len() > 50, "{}", FAULTS.len());
    let mut titles: Vec<String> = FAULTS.iter().map(Fault::title).collect();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), FAULTS.len());
}

fn apply(fault: &Fault, objects: &mut Vec<Object>) -> Result<()> {
    let is_it = |o: &Object| o.kind() == fault.kind && o.name() == fault.name;
    let index = objects.iter().position(is_it).context("no such object")?;
    match fault.edit {
        Edit::Delete => {
            objects.remove(index);
            return Ok(());
        }
        Edit::Again => {
            objects.push(objects[index].clone());
            return Ok(());
        }
        _ => {}
    }
    let (parent, field) = fault.pointer.rsplit_once('/').context("a pointer")?;
    let field = field.replace("~1", "/");
    let parent = objects[index].value.pointer_mut(parent);
    let parent = parent.with_context(|| format!("no {}", fault.pointer))?;
    match (&fault.edit, parent) {
        (Edit::Set(json), Value::Object(fields)) => {
            let new: Value = serde_json::from_str(json)?;
            let old = fields.insert(field, new.clone());
            ensure!(old != Some(new), "it is that already");
        }
        (Edit::Set(json), Value::Array(items)) => {
            items[field.parse::<usize>()?] = serde_json::from_str(json)?;
        }
        (Edit::Remove, Value::Object(fields)) => {
            fields
                .remove(&field)
                .with_context(|| format!("no {}", fault.pointer))?;
        }
        (Edit::Remove, Value::Array(items)) => {
            items.remove(field.parse::<usize>()?);
        }
        (_, parent) => anyhow::bail!("{parent} cannot be edited"),
    }
    Ok(())
}
