//! The same function, called by pgbench.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use store::API_SCHEMA;

use super::Shape;
use crate::ledger::scene::Scene;

/// Batches a second.
pub(super) fn load(program: &Path, scene: &Scene, shape: Shape, time: Duration) -> Result<f64> {
    let Shape { items, connections } = shape;
    let last = shape.batches() - 1;
    let pool = scene.pool_id;
    let script = format!(
        "\\set number random(0, {last})\n\
         select {API_SCHEMA}.book_items('bench', gen_random_uuid()::text, repeat('0', 64), now(), \
         '{pool}', 'contribution', gen_random_uuid(), \
         (select body from bench.batch where items = {items} and number = :number))::text;\n"
    );
    let mut child = Command::new(program)
        .args(["--no-vacuum", "--protocol", "prepared", "--file", "-"])
        .args(["--client", &connections.to_string()])
        .args(["--time", &time.as_secs().max(1).to_string()])
        .arg(scene.database.component_url("credit_accrual"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting pgbench")?;
    let mut input = child.stdin.take().context("its input")?;
    std::io::Write::write_all(&mut input, script.as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success() && said.contains("number of failed transactions: 0 "),
        "pgbench failed: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    per_s(&said).with_context(|| format!("pgbench said: {said}"))
}

/// "tps = 1234.567 (without initial connection time)"
fn per_s(said: &str) -> Option<f64> {
    let line = said.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let said = "latency average = 1.5 ms\ntps = 668.25 (without initial connection time)\n";
        assert_eq!(per_s(said), Some(668.25));
        assert_eq!(per_s("pgbench: error"), None);
    }
}
