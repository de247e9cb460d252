//! Whole views, beside a bare COPY of the same rows.

use std::io::Read as _;
use std::time::{Duration, Instant};

use anyhow::Result;
use store::API_SCHEMA;

use crate::ledger::scene::Scene;
use crate::report::Report;

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

pub(super) fn measure(report: &mut Report, scene: &Scene) -> Result<()> {
    let mut rows = Vec::new();
    for view in ["credits", "journal"] {
        let copy = copy(scene, view)?;
        for (form, accept) in [("JSON lines", "application/x-ndjson"), ("CSV", "text/csv")] {
            let export = export(scene, view, accept)?;
            rows.push(vec![
                view.to_owned(),
                form.to_owned(),
                export.lines.to_string(),
                format!("{:.1}", export.bytes as f64 / 1e6),
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
            ]);
        }
    }
    let peak = scene.application.running.app.usage().peak_memory_bytes;
    let method = format!(
        "`GET /v1/data/{{view}}` without a limit, from the first octet sent to the last received; \
         the most linear memory that an instance had was {:.1} MiB. Beside it \
         `COPY (SELECT …) TO STDOUT` of the same columns of the same rows, in brackets the ratio \
         of the export to it. Target: 0.5 of the octets a second.",
        peak as f64 / f64::from(1 << 20)
    );
    report.table(
        "Whole views",
        &method,
        &[
            "view",
            "form",
            "rows",
            "MB",
            "MB/s",
            "rows/s",
            "COPY MB/s",
            "COPY rows/s",
        ],
        rows,
    );
    Ok(())
}

fn export(scene: &Scene, view: &str, accept: &'static str) -> Result<Stream> {
    let mut stream = Stream::default();
    let mut connection = scene.connect()?;
    connection.accept(accept);
    let path = format!("/v1/data/{view}");
    let start = Instant::now();
    scene
        .runtime
        .block_on(connection.get_pieces(&path, |piece| stream.add(piece)))?;
    stream.time = start.elapsed();
    println!("exported: {view} as {accept} in {:.1?}", stream.time);
    Ok(stream)
}

fn copy(scene: &Scene, view: &str) -> Result<Stream> {
    let mut admin = scene.database.admin()?;
    admin.batch_execute("set retire.caller = '{\"audience\":\"staff\"}'")?;
    let mut stream = Stream::default();
    let mut piece = vec![0; 1 << 16];
    let start = Instant::now();
    let statement = format!("copy (select * from {API_SCHEMA}.staff_{view}) to stdout");
    let mut rows = admin.copy_out(&statement)?;
    loop {
        let len = rows.read(&mut piece)?;
        if len == 0 {
            break;
        }
        stream.add(&piece[..len]);
    }
    stream.time = start.elapsed();
    Ok(stream)
}
