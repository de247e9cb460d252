//! Brings a database to the schema of this build.
//!
//! Migrations are numbered, forward only and checksummed; each runs in its own
//! transaction. The API schema of this build is installed beside those of other
//! builds, so that two versions of the application can run during a rollout;
//! [`drop_other_apis`] removes them when it is over.
//!
//! It needs a role that may create roles and schemas. Everything is owned by
//! `retire_owner`, which nobody logs in as.

mod roles;

use anyhow::{Context as _, Result, bail};
use postgres::{Client, Transaction};
use sha2::{Digest, Sha256};
use store::{API_FILES, MIGRATIONS};

pub use roles::{COMPONENT_ROLES, JOB_ROLES, create_login};
pub use store::{API_SCHEMA, SqlFile};

/// The SQL of a release of the application.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// The API schema that its components call.
    pub api_schema: &'a str,
    /// What makes that schema; `:api` stands for its name.
    pub api_files: &'a [SqlFile],
    /// The migrations in their order.
    pub migrations: &'a [SqlFile],
}

/// The release that this build is.
pub const THIS_RELEASE: Release<'static> = Release {
    api_schema: API_SCHEMA,
    api_files: API_FILES,
    migrations: MIGRATIONS,
};

/// What [`migrate`] changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The names of the migrations that ran.
    pub applied: Vec<&'static str>,
    /// Whether the API schema was installed.
    pub api_installed: bool,
}

/// Applies what is missing of this build. Concurrent calls wait for each other.
///
/// # Errors
/// A migration that was applied with another text, a database that is ahead of
/// this build, or an error of the database.
pub fn migrate(client: &mut Client) -> Result<Report> {
    migrate_to(client, THIS_RELEASE)
}

/// The same for any release: rehearsals have a next one.
///
/// # Errors
/// See [`migrate`].
pub fn migrate_to(client: &mut Client, release: Release<'_>) -> Result<Report> {
    client
        .batch_execute("select pg_advisory_lock(hashtextextended('retire.migrate', 0))")
        .context("waiting for other migrations")?;
    let report = migrate_alone(client, release);
    client.batch_execute(
        "reset role; select pg_advisory_unlock(hashtextextended('retire.migrate', 0))",
    )?;
    report
}

fn migrate_alone(client: &mut Client, release: Release<'_>) -> Result<Report> {
    roles::prepare(client)?;
    let mut report = Report::default();
    let done = applied_migrations(client)?;
    if let Some((name, _)) = done.get(release.migrations.len()) {
        bail!("the database is ahead of this build: it has the migration {name}");
    }
    for (i, file) in release.migrations.iter().enumerate() {
        match done.get(i) {
            Some((name, sha256)) if name == file.name && *sha256 == hex_digest(file.text) => {}
            Some((name, _)) => bail!(
                "the database has another migration {name} than this build's {}: \
                 migrations are never edited once they are applied",
                file.name
            ),
            None => {
                apply_migration(client, file).with_context(|| file.name)?;
                report.applied.push(file.name);
            }
        }
    }
    report.api_installed = install_api(client, release).context("installing the API schema")?;
    Ok(report)
}

fn applied_migrations(client: &mut Client) -> Result<Vec<(String, String)>> {
    client.batch_execute(
        "set role retire_owner;
         create table if not exists retire.migration (
             number integer generated always as identity primary key,
             name text not null unique, sha256 text not null,
             applied_at timestamptz not null default now());
         create table if not exists retire.api_schema (
             name text primary key, installed_at timestamptz not null default now());
         reset role;",
    )?;
    let rows = client.query(
        "select name, sha256 from retire.migration order by number",
        &[],
    )?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn apply_migration(client: &mut Client, file: &SqlFile) -> Result<()> {
    let mut transaction = client.transaction()?;
    transaction.batch_execute("set local role retire_owner; set local search_path = retire")?;
    batch(&mut transaction, file.text)?;
    transaction.execute(
        "insert into retire.migration (name, sha256) values ($1, $2)",
        &[&file.name, &hex_digest(file.text)],
    )?;
    Ok(transaction.commit()?)
}

fn install_api(client: &mut Client, release: Release<'_>) -> Result<bool> {
    let api_schema = release.api_schema;
    let installed = client.query_one(
        "select exists (select from retire.api_schema where name = $1)",
        &[&api_schema],
    )?;
    if installed.get(0) {
        return Ok(false);
    }
    let mut transaction = client.transaction()?;
    transaction.batch_execute(&format!(
        "set local role retire_owner;
         create schema {api_schema};
         set local search_path = {api_schema}, retire, pg_temp;"
    ))?;
    for file in release.api_files {
        batch(&mut transaction, &file.text.replace(":api", api_schema)).context(file.name)?;
    }
    transaction.execute(
        "insert into retire.api_schema (name) values ($1)",
        &[&api_schema],
    )?;
    transaction.commit()?;
    Ok(true)
}

/// Removes the API schemas of other builds: the end of a rollout. Gives their
/// names.
///
/// # Errors
/// Those of the database.
pub fn drop_other_apis(client: &mut Client) -> Result<Vec<String>> {
    let mut transaction = client.transaction()?;
    transaction.batch_execute("set local role retire_owner")?;
    let rows = transaction.query(
        "delete from retire.api_schema where name <> $1 returning name",
        &[&API_SCHEMA],
    )?;
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    for name in &names {
        // The names come from this module alone.
        transaction.batch_execute(&format!("drop schema {name} cascade"))?;
    }
    transaction.commit()?;
    Ok(names)
}

/// Runs a script; an error names the line in it.
fn batch(transaction: &mut Transaction<'_>, script: &str) -> Result<()> {
    transaction.batch_execute(script).map_err(|error| {
        let position = error.as_db_error().and_then(|e| e.position().cloned());
        let line = match position {
            Some(postgres::error::ErrorPosition::Original(at)) => {
                let at = usize::try_from(at).unwrap_or(0).min(script.len());
                script.bytes().take(at).filter(|b| *b == b'\n').count() + 1
            }
            _ => 0,
        };
        let message = error
            .as_db_error()
            .map_or_else(|| error.to_string(), ToString::to_string);
        anyhow::anyhow!("line {line}: {message}")
    })
}

fn hex_digest(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}
