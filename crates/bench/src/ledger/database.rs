//! A database of one's own for a measurement.

use anyhow::{Context as _, Result};
use postgres::{Client, Config, NoTls};

/// Of the logins, on a server of one's own or of a developer.
const PASSWORD: &str = "only-for-bench";

/// A migrated database, which is dropped with this value.
pub(crate) struct Database {
    server: Config,
    name: String,
}

impl Database {
    /// Creates it on the server of DATABASE_URL.
    pub(crate) fn create() -> Result<Self> {
        let url = std::env::var("DATABASE_URL").context("DATABASE_URL: run `cargo xtask bench`")?;
        let server: Config = url.parse()?;
        let name = format!("retire_bench_{}", std::process::id());
        server
            .connect(NoTls)?
            .batch_execute(&format!("create database {name}"))?;
        let database = Self { server, name };
        let mut admin = database.admin()?;
        migrate::migrate(&mut admin)?;
        for (role, _) in migrate::COMPONENT_ROLES {
            migrate::create_login(&mut admin, role, &login(role), PASSWORD)?;
        }
        // What sessions from now on spend in functions is counted.
        admin.batch_execute(&format!(
            "alter database {} set track_functions = 'all'",
            database.name
        ))?;
        Ok(database)
    }

    /// The superuser's connection.
    pub(crate) fn admin(&self) -> Result<Client> {
        let mut config = self.server.clone();
        Ok(config.dbname(&self.name).connect(NoTls)?)
    }

    /// `host:port`
    pub(crate) fn address(&self) -> String {
        let host = match self.server.get_hosts().first() {
            Some(postgres::config::Host::Tcp(host)) => host.clone(),
            _ => "127.0.0.1".to_owned(),
        };
        format!(
            "{host}:{}",
            self.server.get_ports().first().unwrap_or(&5432)
        )
    }

    /// The address that a component uses.
    pub(crate) fn component_url(&self, component: &str) -> String {
        format!(
            "postgres://{}:{PASSWORD}@{}/{}?sslmode=disable",
            login(&format!("retire_{component}")),
            self.address(),
            self.name
        )
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A database that stays is a nuisance, not a wrong figure.
        if let Ok(mut server) = self.server.connect(NoTls) {
            let _ = server.batch_execute(&format!(
                "drop database if exists {} with (force)",
                self.name
            ));
        }
    }
}

fn login(role: &str) -> String {
    format!("{role}_bench")
}
