//! Exports, beside a bare COPY of the journal, and their verification.

use std::io::Read as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use audit::Audit;

use super::scene::Scene;
use crate::report::Report;

/// The largest pool whose export is kept and verified.
const VERIFIED: u32 = 100_000;

/// Octets and lines that came within a time.
#[derive(Default)]
struct Stream {
    bytes: u64,
    lines: u64,
    time: Duration,
}

impl Stream {
    fn add(&mut self, piece: &[u8]) {
        let lines = piece.iter().filter(|&&octet| octet == b'\n').count();
        self.lines += lines as u64;
        self.bytes += piece.len() as u64;
    }

    fn mb_per_s(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.time.as_secs_f64()
    }

    fn lines_per_s(&self) -> f64 {
        self.lines as f64 / self.time.as_secs_f64()
    }
}

/// The row of a pool.
pub(crate) fn export(scene: &Scene, members: u32) -> Result<Vec<String>> {
    let mut kept = (members <= VERIFIED).then(Vec::new);
    let mut export = Stream::default();
    let mut connection = scene.connect()?;
    let start = Instant::now();
    let path = scene.path("export");
    scene
        .runtime
        .block_on(connection.get_pieces(&path, |piece| {
            export.add(piece);
            if let Some(kept) = &mut kept {
                kept.extend_from_slice(piece);
            }
        }))?;
    export.time = start.elapsed();
    let copy = copy(scene)?;
    let verified = kept.map(|text| verify(&text)).transpose()?;
    println!("exported: {members} members");
    Ok(vec![
        members.to_string(),
        format!("{:.1}", export.bytes as f64 / 1e6),
        export.lines.to_string(),
        format!("{:.2} s", export.time.as_secs_f64()),
        format!("{:.1}", export.mb_per_s()),
        format!("{:.0}", export.lines_per_s()),
        format!(
            "{:.1} ({:.2})",
            copy.mb_per_s(),
            export.mb_per_s() / copy.mb_per_s()
        ),
        format!(
            "{:.0} ({:.2})",
            copy.lines_per_s(),
            export.lines_per_s() / copy.lines_per_s()
        ),
        verified.map_or("not run".to_owned(), |time| {
            format!("{:.2} s", time.as_secs_f64())
        }),
    ])
}

/// The journal and its postings, as the database gives them.
fn copy(scene: &Scene) -> Result<Stream> {
    let mut admin = scene.database.admin()?;
    let mut stream = Stream::default();
    let mut piece = vec![0; 1 << 16];
    let start = Instant::now();
    for table in ["journal_entry", "posting"] {
        let mut rows = admin.copy_out(&format!("copy retire.{table} to stdout"))?;
        loop {
            let len = rows.read(&mut piece)?;
            if len == 0 {
                break;
            }
            stream.add(&piece[..len]);
        }
    }
    stream.time = start.elapsed();
    Ok(stream)
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
            "MB/s",
            "lines/s",
            "COPY MB/s",
            "COPY lines/s",
            "verification",
        ],
        rows,
    );
}
