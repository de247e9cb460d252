//! Exports, beside a bare COPY of the journal, and their verification.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use audit::Audit;

use super::scene::Scene;
use super::shares::Clock;
use crate::report::Report;
use crate::stream::Stream;

/// The largest pool whose export is kept and verified.
const VERIFIED: u32 = 100_000;

/// The row of a pool.
pub(crate) fn export(scene: &Scene, members: u32) -> Result<Vec<String>> {
    let mut kept = (members <= VERIFIED).then(Vec::new);
    let mut export = Stream::default();
    let mut connection = scene.connect()?;
    let path = scene.path("export");
    let mut clock = Clock::start(scene)?;
    clock.time(|| {
        scene
            .runtime
            .block_on(connection.get_pieces(&path, |piece| {
                export.add(piece);
                if let Some(kept) = &mut kept {
                    kept.extend_from_slice(piece);
                }
            }))
    })?;
    let shares = clock.lap()?;
    export.time = shares.all;
    let copy = copy(scene)?;
    let verified = kept.map(|text| verify(&text)).transpose()?;
    println!("exported: {members} members in {:.1?}", export.time);
    let mut row = vec![
        members.to_string(),
        format!("{:.1}", export.bytes as f64 / 1e6),
        export.lines.to_string(),
        format!("{:.2} s", export.time.as_secs_f64()),
        format!("{:.2} s", shares.sql.as_secs_f64()),
    ];
    row.extend(export.beside(&copy));
    row.push(verified.map_or("not run".to_owned(), |time| {
        format!("{:.2} s", time.as_secs_f64())
    }));
    Ok(row)
}

/// The journal and its postings, as the database gives them.
fn copy(scene: &Scene) -> Result<Stream> {
    let tables = ["journal_entry", "posting"];
    let statements = tables.map(|table| format!("copy retire.{table} to stdout"));
    Stream::copied(&mut scene.database.admin()?, &statements)
}

/// How long the verification takes.
fn verify(text: &[u8]) -> Result<Duration> {
    let start = Instant::now();
    let mut audit = Audit::new();
    for line in std::str::from_utf8(text)?.lines() {
        audit.push(line).context("the export")?;
    }
    audit.finish().context("the export")?;
    Ok(start.elapsed())
}

pub(crate) fn report(report: &mut Report, rows: Vec<Vec<String>>) {
    report.table(
        "An export",
        "`GET /v1/pools/{pool}/export` after the settlement: members, deaths, every entry with \
         its postings, the settlement with a line for each member. Beside it \
         `COPY … TO STDOUT` of the tables of entries and postings, which have neither the \
         settlement's lines nor names for accounts; in brackets the ratio of the export to it. \
         The verification is that of `cargo xtask verify`, optimised, on one core, with the \
         export in memory.",
        &[
            "members",
            "MB",
            "lines",
            "time",
            "of that SQL",
            "MB/s",
            "lines/s",
            "COPY MB/s",
            "COPY lines/s",
            "verification",
        ],
        rows,
    );
}
