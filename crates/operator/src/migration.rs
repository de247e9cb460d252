//! Migrates the database of `DATABASE_URL`.

use anyhow::{Context as _, Result};

use crate::connect;

/// What to do beside that.
#[derive(clap::Args)]
pub struct Arguments {
    /// Remove the API schemas of other builds: the end of a rollout.
    #[arg(long)]
    drop_others: bool,
}

/// Migrates, and says what was done.
///
/// # Errors
/// Those of [`migrate::migrate`].
pub fn run(arguments: &Arguments) -> Result<()> {
    let url = std::env::var("DATABASE_URL").context("set DATABASE_URL")?;
    let mut client = connect(&url)?;
    let report = migrate::migrate(&mut client)?;
    for name in &report.applied {
        println!("applied {name}");
    }
    if report.api_installed {
        println!("installed {}", migrate::API_SCHEMA);
    }
    if arguments.drop_others {
        for name in migrate::drop_other_apis(&mut client)? {
            println!("dropped {name}");
        }
    }
    println!("the database is ready for {}", migrate::API_SCHEMA);
    Ok(())
}
