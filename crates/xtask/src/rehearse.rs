//! `cargo xtask rehearse`

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Subcommand;

use crate::cluster::{Cluster, Durability};
use crate::process::execute;
use crate::setup::WASM_FOLDER;
use crate::{setup, workspace};

/// What the next release of a rehearsal adds: a migration, and another API schema.
const NEXT_RELEASE: [(&str, &str); 2] = [
    (
        "migrations/9999_next_release.sql",
        "create table next_release (id bigint primary key);\n\
         alter table webhook_event add column next_release_note text;\n",
    ),
    ("api/99_next_release.sql", "-- The next release.\n"),
];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Switch between two releases behind a proxy and back, under load, and with a side
    /// killed in mid-switch
    Rollout {
        /// How often to switch and to switch back
        #[arg(long, default_value_t = 10)]
        switches: u32,
        /// Requests a second
        #[arg(long, default_value_t = 200)]
        rate: u32,
        /// Seconds between two switches
        #[arg(long, default_value_t = 3)]
        seconds: u32,
        /// What is sent, and when
        #[arg(long, default_value_t = 7)]
        seed: u64,
    },
    /// Lose a database's disk, restore it to a point in time from the archive, and compare
    Backup {
        /// Bookings before and after the point in time
        #[arg(long, default_value_t = 200)]
        bookings: u32,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::components_and_guests()?;
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--locked", "--package", "tests", "--"]);
    match arguments.what {
        What::Rollout {
            switches,
            rate,
            seconds,
            seed,
        } => {
            setup::haproxy()?;
            cargo
                .arg("rollout::")
                .env("RETIRE_REHEARSE_NEXT", next_release()?)
                .env("RETIRE_REHEARSE_SWITCHES", (2 * switches).to_string())
                .env("RETIRE_REHEARSE_RATE", rate.to_string())
                .env("RETIRE_REHEARSE_REQUESTS", (rate * seconds).to_string())
                .env("RETIRE_REHEARSE_SEED", seed.to_string());
        }
        What::Backup { bookings } => {
            cargo
                .arg("backup::")
                .env("RETIRE_REHEARSE_BACKUP", bookings.to_string());
        }
    }
    let cluster = Cluster::start("rehearse", Durability::Durable, true)?;
    cargo
        .args(["--test-threads=1", "--nocapture"])
        .env("DATABASE_URL", cluster.admin_url("postgres"));
    execute(&mut cargo)
}

/// Builds the next release from a copy of the sources with more SQL in it; gives the copy.
fn next_release() -> Result<PathBuf> {
    let state = workspace::state()?;
    let (sources, target) = (state.join("next-sources"), state.join("next-target"));
    workspace::copy_sources(&sources)?;
    for (name, sql) in NEXT_RELEASE {
        std::fs::write(sources.join("crates/store/sql").join(name), sql).context(name)?;
    }
    setup::shipped_components(&sources, &target)?;
    let beside = sources.join("target").join(WASM_FOLDER);
    std::fs::create_dir_all(&beside)?;
    for component in setup::COMPONENTS {
        let name = format!("{}.wasm", component.replace('-', "_"));
        std::fs::copy(target.join(WASM_FOLDER).join(&name), beside.join(&name)).context(name)?;
    }
    Ok(sources)
}
