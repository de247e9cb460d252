//! From the start of a process to its first answer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::process::{Program, Server, World, requests};
use crate::application::{root, wasm_file};
use crate::ledger::Plan;
use crate::report::Report;
use crate::stats::{Times, ms};

const RUNS: usize = 30;

pub(crate) fn measure(report: &mut Report, _: &Plan) -> Result<()> {
    let world = World::create()?;
    let folder = std::env::temp_dir().join(format!("retire-cold-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder)?;
    let measured = rows(&world, &folder);
    std::fs::remove_dir_all(&folder)?;
    let method = format!(
        "{RUNS} starts of each kind, in turns: a process starts, and a request waits for it on the \
         same machine; the time from before the start to the answer. Each process of the local \
         host has one function, as a pod of SpinKube has; compiled code is beside the component, \
         or was removed. The native server has the code of all four. All but tontine-calc open a \
         connection to PostgreSQL on the way; files are in the page cache. A fresh pod adds what \
         the cluster does before the process starts. Spin itself was not at hand."
    );
    report.table(
        "Cold start",
        &method,
        &[
            "first answer of",
            "native p50",
            "p99",
            "compiled p50",
            "p99",
            "ratio",
            "from nothing p50",
            "p99",
        ],
        measured?,
    );
    Ok(())
}

fn rows(world: &World, folder: &Path) -> Result<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for (component, ask) in requests(world)? {
        let manifest = alone(component, folder)?;
        let whole = root().join("spin.toml");
        let start = |program, manifest: &Path| -> Result<Duration> {
            Server::start(program, manifest, world)?.first_answer(world, &ask)
        };
        let [mut native, mut compiled, mut nothing] = [Vec::new(), Vec::new(), Vec::new()];
        // Files are read once, and the first connection of a login is slower.
        start(Program::Native, &whole)?;
        for _ in 0..RUNS {
            native.push(start(Program::Native, &whole)?);
            forget(folder)?;
            nothing.push(start(Program::Host, &manifest)?);
            compiled.push(start(Program::Host, &manifest)?);
        }
        let [native, compiled, nothing] = [native, compiled, nothing].map(Times::new);
        let ratio = compiled.percentile(50).as_secs_f64() / native.percentile(50).as_secs_f64();
        let both = |times: &Times| [50, 99].map(|percent| ms(times.percentile(percent)));
        let mut row = vec![component.to_owned()];
        row.extend(both(&native));
        row.extend(both(&compiled));
        row.push(format!("{ratio:.1}"));
        row.extend(both(&nothing));
        rows.push(row);
    }
    Ok(rows)
}

/// A manifest with one component, in a folder with nothing but it: what selective
/// deployment makes of the image.
fn alone(component: &str, folder: &Path) -> Result<PathBuf> {
    let text = std::fs::read_to_string(root().join("spin.toml"))?;
    let mut manifest: toml::Table = text.parse()?;
    let components = manifest
        .get_mut("component")
        .and_then(toml::Value::as_table_mut);
    let components = components.context("no components")?;
    components.retain(|id, _| id == component);
    let own = components
        .get_mut(component)
        .and_then(toml::Value::as_table_mut);
    let file = format!("{component}.wasm");
    std::fs::copy(wasm_file(component), folder.join(&file))?;
    own.context("no component")?
        .insert("source".to_owned(), file.into());
    let triggers = manifest.get_mut("trigger").and_then(|t| t.get_mut("http"));
    let triggers = triggers
        .and_then(toml::Value::as_array_mut)
        .context("no triggers")?;
    triggers.retain(|trigger| {
        trigger.get("component").and_then(toml::Value::as_str) == Some(component)
    });
    let path = folder.join(format!("{component}.toml"));
    std::fs::write(&path, toml::to_string(&manifest)?)?;
    Ok(path)
}

/// Removes compiled code.
fn forget(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "cwasm") {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}
