//! Verifies an export or a proof, offline.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use audit::{Audit, Report, verify_proof};
use ledger::record::Proof;

/// The longest line of an export that is read: the tiles of a settlement of a million
/// members are 250 kB.
const MAX_LINE: u64 = 16 << 20;

/// What to verify.
#[derive(clap::Args)]
pub struct Arguments {
    /// The export of a pool; `-` for standard input
    #[arg(required_unless_present = "proof")]
    file: Option<PathBuf>,
    /// The proof of a member's line: its head has to be one of the export, if there is
    /// one
    #[arg(long)]
    proof: Option<PathBuf>,
}

/// Verifies, and says what.
///
/// # Errors
/// A file that cannot be read, or the first thing in it that does not hold.
pub fn run(arguments: &Arguments) -> Result<()> {
    let proof = arguments.proof.as_deref().map(prove).transpose()?;
    let Some(file) = &arguments.file else {
        return Ok(());
    };
    let mut audit = Audit::new();
    each_line(file, |line| Ok(audit.push(line)?))?;
    let report = audit.finish()?;
    print(&report);
    if let Some(proof) = proof {
        let is_proved = report
            .heads
            .iter()
            .any(|head| head.to_string() == proof.head);
        ensure!(
            is_proved,
            "no settlement of the export has the head {} of the proof",
            proof.head
        );
        println!("the line is one of the export");
    }
    Ok(())
}

/// Verifies a proof by itself.
fn prove(path: &Path) -> Result<Proof> {
    let named = || path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(named)?;
    let proof: Proof = serde_json::from_str(&text).with_context(named)?;
    verify_proof(&proof).with_context(named)?;
    println!("line         {}", proof.line);
    println!("settlement   {}", proof.settlement_id);
    println!("sealed by    {}", proof.head);
    Ok(proof)
}

/// Says what was verified.
pub(crate) fn print(report: &Report) {
    println!("pool         {}", report.pool_id);
    println!("settlements  {}", report.settlements);
    println!("lines        {}", report.lines);
    println!("entries      {}", report.entries);
    println!("postings     {}", report.postings);
    match report.head {
        Some(head) => println!("head         {head}"),
        None => println!("head         none: nothing was settled"),
    }
    for engine in &report.engines {
        println!("engine       {engine}");
    }
}

/// Gives each line of a file to `each`, without the newline at its end.
pub(crate) fn each_line(path: &Path, mut each: impl FnMut(&str) -> Result<()>) -> Result<()> {
    let mut reader: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        Box::new(BufReader::with_capacity(1 << 20, file))
    };
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        reader
            .by_ref()
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut line)?;
        match line.last() {
            None => break,
            Some(b'\n') => _ = line.pop(),
            Some(_) if line.len() as u64 > MAX_LINE => {
                bail!("line {number}: more than {MAX_LINE} octets");
            }
            Some(_) => {}
        }
        let text = std::str::from_utf8(&line);
        each(text.with_context(|| format!("line {number}: not UTF-8"))?)?;
    }
    Ok(())
}
