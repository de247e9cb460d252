//! Loads an export into an empty database.

use std::path::PathBuf;

use ::import::Import;
use anyhow::{Context as _, Result};

use crate::connect;
use crate::verify::{each_line, print};

/// What to load, and where to.
#[derive(clap::Args)]
pub struct Arguments {
    /// The export of a pool; `-` for standard input
    file: PathBuf,
    /// The address of a migrated database whose journal is empty
    #[arg(long)]
    database: String,
}

/// Verifies the export while it is read, and keeps what was inserted only if all of it is
/// valid.
///
/// # Errors
/// An export that does not hold, a database that is not empty.
pub fn run(arguments: &Arguments) -> Result<()> {
    let mut client = connect(&arguments.database)?;
    let mut transaction = client.transaction()?;
    let mut import = Import::begin(&mut transaction)?;
    each_line(&arguments.file, |line| import.push(line))?;
    let (report, balances) = import.finish()?;
    transaction.commit().context("committing")?;
    print(&report);
    println!("imported, with {balances} balances that are those of the journal");
    Ok(())
}
