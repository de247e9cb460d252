//! A database of one's own for each test.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, Config, NoTls};
use sha2::{Digest, Sha256};

/// A database that is dropped with this value.
pub struct Database {
    name: String,
    /// `host:port`
    pub address: String,
    password: String,
}

/// How many rows each table has.
pub type Rows = BTreeMap<String, i64>;

static TEMPLATE: OnceLock<Template> = OnceLock::new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

struct Template {
    name: String,
    password: String,
}

impl Database {
    /// Clones the migrated template.
    pub fn create() -> Self {
        let template = TEMPLATE.get_or_init(Template::prepare);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("retire_test_{}_{number}", std::process::id());
        let mut admin = admin("postgres");
        let create = format!("create database {name} template {}", template.name);
        admin.batch_execute(&create).expect("cloning the template");
        Self {
            name,
            address: server_address(),
            password: template.password.clone(),
        }
    }

    /// The superuser's connection.
    pub fn admin(&self) -> Client {
        admin(&self.name)
    }

    /// The address that a component uses, through `host:port`.
    pub fn component_url(&self, component: &str, through: &str) -> String {
        let login = format!("retire_{component}_test");
        let Self { name, password, .. } = self;
        format!("postgres://{login}:{password}@{through}/{name}?sslmode=disable")
    }

    /// A component's own connection.
    pub fn component(&self, component: &str) -> Client {
        let url = self.component_url(component, &self.address);
        Client::connect(&url, NoTls).expect("connecting as a component")
    }

    /// How many rows each table has: what a refused request must not change.
    pub fn rows(&self) -> Rows {
        let mut admin = self.admin();
        let tables = admin
            .query(
                "select tablename from pg_tables where schemaname = 'retire'",
                &[],
            )
            .expect("listing the tables");
        tables
            .iter()
            .map(|row| {
                let table: String = row.get(0);
                let count = format!("select count(*) from retire.{table}");
                let rows = admin.query_one(&count, &[]).expect("counting").get(0);
                (table, rows)
            })
            .collect()
    }

    /// How many rows one table has.
    pub fn count(&self, table: &str) -> i64 {
        self.rows()[table]
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("drop database if exists {} with (force)", self.name);
        // A database that stays is a nuisance, not a failed test.
        let _ = admin("postgres").batch_execute(&drop);
    }
}

impl Template {
    /// Makes the template of this build where it is missing, and logins for the
    /// components.
    fn prepare() -> Self {
        let mut server = admin("postgres");
        // Test processes that run side by side make one template.
        server
            .batch_execute("select pg_advisory_lock(hashtextextended('retire.template', 0))")
            .expect("waiting for others");
        let mut digest = Sha256::new();
        for file in store::MIGRATIONS {
            digest.update(file.text);
        }
        digest.update(store::API_SCHEMA);
        let short: String = digest
            .finalize()
            .iter()
            .take(6)
            .map(|b| format!("{b:02x}"))
            .collect();
        let name = format!("retire_template_{short}");
        let exists = server
            .query_opt("select from pg_database where datname = $1", &[&name])
            .expect("looking for the template");
        if exists.is_none() {
            let partial = format!("{name}_partial");
            let recreate = format!("drop database if exists {partial}");
            server
                .batch_execute(&recreate)
                .expect("removing a partial template");
            server
                .batch_execute(&format!("create database {partial}"))
                .expect("creating");
            let mut client = admin(&partial);
            migrate::migrate(&mut client).expect("migrating the template");
            drop(client);
            let rename = format!("alter database {partial} rename to {name}");
            server.batch_execute(&rename).expect("naming the template");
        }
        // The logins belong to the server; a fixed password lets several test
        // processes share them.
        let password = "only-for-tests".to_owned();
        for (role, _) in migrate::COMPONENT_ROLES
            .into_iter()
            .chain(migrate::JOB_ROLES)
        {
            let login = format!("{role}_test");
            migrate::create_login(&mut server, role, &login, &password).expect("a login");
        }
        Self { name, password }
    }
}

fn config() -> Config {
    std::env::var("DATABASE_URL")
        .expect("DATABASE_URL is not set: run `cargo xtask test`")
        .parse()
        .expect("DATABASE_URL is an address of PostgreSQL")
}

fn admin(database: &str) -> Client {
    config()
        .dbname(database)
        .connect(NoTls)
        .expect("connecting to the server")
}

fn server_address() -> String {
    let config = config();
    let host = match config.get_hosts().first() {
        Some(postgres::config::Host::Tcp(host)) => host.clone(),
        _ => "127.0.0.1".to_owned(),
    };
    format!("{host}:{}", config.get_ports().first().unwrap_or(&5432))
}
