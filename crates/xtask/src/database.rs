//! The database of a development machine: the one of DATABASE_URL, or a private
//! cluster.

use anyhow::{Context as _, Result};
use operator::connect;
use postgres::Config;

use crate::cluster::{Cluster, Durability, random_password};

/// The database of a private cluster.
const DATABASE: &str = "retire";

/// A server, for as long as this lives.
pub(crate) struct Server {
    /// The superuser's address of the database.
    pub admin_url: String,
    _cluster: Option<Cluster>,
}

impl Server {
    /// The server of DATABASE_URL if it is set, or else the private cluster `name`.
    pub(crate) fn start(name: &str, durability: Durability, fresh: bool) -> Result<Self> {
        if let Ok(admin_url) = std::env::var("DATABASE_URL") {
            return Ok(Self {
                admin_url,
                _cluster: None,
            });
        }
        let cluster = Cluster::start(name, durability, fresh)?;
        let mut client = connect(&cluster.admin_url("postgres"))?;
        let exists = client
            .query_opt("select from pg_database where datname = $1", &[&DATABASE])?
            .is_some();
        if !exists {
            client.batch_execute(&format!("create database {DATABASE}"))?;
        }
        Ok(Self {
            admin_url: cluster.admin_url(DATABASE),
            _cluster: Some(cluster),
        })
    }

    /// Migrates the database and gives every component a login. The result is what
    /// the application needs to know.
    pub(crate) fn prepare(&self) -> Result<Vec<(String, String)>> {
        let mut client = connect(&self.admin_url)?;
        migrate::migrate(&mut client).context("migrating")?;
        let config: Config = self.admin_url.parse()?;
        let host = match config.get_hosts().first() {
            Some(postgres::config::Host::Tcp(host)) => host.clone(),
            _ => "127.0.0.1".to_owned(),
        };
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let database = config.get_dbname().unwrap_or("postgres");
        let mut variables = vec![("database_host".to_owned(), format!("{host}:{port}"))];
        for (role, _) in migrate::COMPONENT_ROLES {
            let (login, password) = (format!("{role}_local"), random_password()?);
            migrate::create_login(&mut client, role, &login, &password)?;
            let component = role.trim_start_matches("retire_");
            variables.push((
                format!("{component}_database_url"),
                format!(
                    "postgres://{login}:{password}@{host}:{port}/{database}\
                     ?sslmode=disable&application_name={component}"
                ),
            ));
        }
        Ok(variables)
    }
}
