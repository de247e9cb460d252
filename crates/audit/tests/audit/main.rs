//! Exports that are verified, and what becomes of those that somebody touched.

mod bytes;
mod damage;
mod forgeries;
mod journal;
mod proof;
mod rows;
mod seals;
mod tail;
mod valid;
mod world;

use audit::{Audit, Fault, Report};

/// Audits the lines of an export.
fn audit<T: AsRef<str>>(lines: &[T]) -> Result<Report, Fault> {
    let mut audit = Audit::new();
    for line in lines {
        audit.push(line.as_ref())?;
    }
    audit.finish()
}
