//! Where the time of requests goes: in the component, in the database's functions, or
//! between them.

use std::time::{Duration, Instant};

use anyhow::Result;
use postgres::Client;

use super::scene::Scene;

/// The time of requests that were sent one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Shares {
    /// From the first octet sent to the last received, summed.
    pub all: Duration,
    /// Within functions of the API schema, as PostgreSQL counts it.
    pub sql: Duration,
    /// The rest of the host's calls of the database: the wire, the conversion of
    /// parameters and rows, the commit.
    pub transfer: Duration,
}

impl Shares {
    /// What was not in the database's hands: the instance, the token, reading the pages,
    /// the engine, writing the arrays, HTTP.
    pub(crate) fn computing(&self) -> Duration {
        self.all.saturating_sub(self.sql + self.transfer)
    }
}

/// Counts while requests are sent.
pub(crate) struct Clock<'a> {
    scene: &'a Scene,
    admin: Client,
    sql: Duration,
    database: Duration,
    all: Duration,
}

impl<'a> Clock<'a> {
    pub(crate) fn start(scene: &'a Scene) -> Result<Self> {
        let mut admin = scene.database.admin()?;
        let sql = sql_time(&mut admin)?;
        Ok(Self {
            scene,
            admin,
            sql,
            database: scene.application.running.app.usage().database_time,
            all: Duration::ZERO,
        })
    }

    /// Times a request.
    pub(crate) fn time<T>(&mut self, request: impl FnOnce() -> Result<T>) -> Result<T> {
        let start = Instant::now();
        let answer = request()?;
        self.all += start.elapsed();
        Ok(answer)
    }

    /// The shares since the last lap.
    pub(crate) fn lap(&mut self) -> Result<Shares> {
        let sql = sql_time(&mut self.admin)?;
        let database = self.scene.application.running.app.usage().database_time;
        let spent = (sql - self.sql, database - self.database);
        let shares = Shares {
            all: self.all,
            sql: spent.0,
            transfer: spent.1.saturating_sub(spent.0),
        };
        (self.sql, self.database, self.all) = (sql, database, Duration::ZERO);
        Ok(shares)
    }
}

/// The time in functions of the database so far. A session tells its counts when it has
/// been idle for a while, or when it ends: so they are ended.
fn sql_time(admin: &mut Client) -> Result<Duration> {
    admin.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()
             and backend_type = 'client backend'",
        &[],
    )?;
    let row = admin.query_one(
        "select coalesce(sum(self_time), 0)::float8 from pg_stat_user_functions",
        &[],
    )?;
    Ok(Duration::from_secs_f64(row.get::<_, f64>(0) / 1e3))
}
