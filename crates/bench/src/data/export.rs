//! Exports of views, beside a bare COPY of the same rows.

use std::time::Instant;

use anyhow::Result;
use store::API_SCHEMA;

use crate::ledger::scene::Scene;
use crate::report::Report;
use crate::stream::Stream;

/// Views, and the part of them that is exported: a month of a large pool.
const PARTS: [(&str, &str, &str); 2] = [
    ("credits", "period=eq.2025-09", "period = '2025-09'"),
    ("journal", "entry_id=lte.1000000", "entry_id <= 1000000"),
];

pub(super) fn measure(report: &mut Report, scene: &Scene) -> Result<()> {
    let mut rows = Vec::new();
    for (view, filter, condition) in PARTS {
        let copy = copy(scene, view, condition)?;
        for (form, accept) in [("JSON lines", "application/x-ndjson"), ("CSV", "text/csv")] {
            let export = export(scene, view, filter, accept)?;
            let mut row = vec![
                view.to_owned(),
                form.to_owned(),
                export.lines.to_string(),
                format!("{:.1}", export.bytes as f64 / 1e6),
            ];
            row.extend(export.beside(&copy));
            rows.push(row);
        }
    }
    let peak = scene.application.running.app.usage().peak_memory_bytes;
    let method = format!(
        "`GET /v1/data/{{view}}` without a limit, the credits of a month and the first million of \
         entries, from the first octet sent to the last received; \
         the most linear memory that an instance had was {:.1} MiB. Beside it \
         `COPY (SELECT …) TO STDOUT` of the same columns of the same rows, in brackets the ratio \
         of the export to it. Target: 0.5 of the octets a second.",
        peak as f64 / f64::from(1 << 20)
    );
    report.table(
        "Exports of views",
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

fn export(scene: &Scene, view: &str, filter: &str, accept: &'static str) -> Result<Stream> {
    let mut stream = Stream::default();
    let mut connection = scene.connect()?;
    connection.accept(accept);
    let path = format!("/v1/data/{view}?{filter}");
    let start = Instant::now();
    scene
        .runtime
        .block_on(connection.get_pieces(&path, |piece| stream.add(piece)))?;
    stream.time = start.elapsed();
    println!("exported: {view} as {accept} in {:.1?}", stream.time);
    Ok(stream)
}

fn copy(scene: &Scene, view: &str, condition: &str) -> Result<Stream> {
    let mut admin = scene.database.admin()?;
    admin.batch_execute("set retire.caller = '{\"audience\":\"staff\"}'")?;
    let rows = format!("select * from {API_SCHEMA}.staff_{view} where {condition}");
    Stream::copied(&mut admin, &[format!("copy ({rows}) to stdout")])
}
