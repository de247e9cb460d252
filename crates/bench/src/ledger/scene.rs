//! A running application with a pool in a database of its own.

use std::time::Duration;

use anyhow::Result;
use host::Limits;
use ledger::record::Pool;
use serde_json::json;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::connection::Connection;
use super::database::Database;
use super::fill;
use crate::application::{self, Application};

/// The month that is settled: the pool's first.
pub(crate) const PERIOD: &str = "2025-06";

/// A pool, its database and the application that runs it.
pub(crate) struct Scene {
    pub database: Database,
    pub application: Application,
    pub pool_id: Uuid,
    pub members: u32,
    pub runtime: Handle,
}

impl Scene {
    /// Starts everything and fills the pool.
    pub(crate) fn start(runtime: &Handle, members: u32) -> Result<Self> {
        let database = Database::create()?;
        let limits = Limits {
            instances: 64,
            // An export of the largest pool takes its time.
            request_timeout: Duration::from_secs(1_800),
            ..Limits::default()
        };
        let url = |component: &str| database.component_url(component);
        let address = database.address();
        let application = runtime.block_on(application::start_on(limits, &address, url))?;
        let mut scene = Self {
            database,
            application,
            pool_id: Uuid::nil(),
            members,
            runtime: runtime.clone(),
        };
        let mut connection = scene.connect()?;
        let command = json!({
            "name": "Bench", "currency": "EUR", "first_period": PERIOD,
            "rules": {
                "basis": {
                    "mortality": {"table": {"id": "destatis-2022-2024", "closing": "last_rate"}},
                    "blend": "by_sex", "improvement": "none",
                    "fractional_age": "constant_force",
                },
                "cadence": "month", "sharing_rule": "nominal_gain",
            },
        });
        let opened = connection.post("/v1/pools", Uuid::new_v4(), command.to_string().into());
        let pool: Pool = scene.runtime.block_on(opened)?.created()?;
        scene.pool_id = pool.pool_id;
        fill::enrol(&scene)?;
        Ok(scene)
    }

    /// Another connection to the application, as an operator.
    pub(crate) fn connect(&self) -> Result<Connection> {
        let (address, token) = (self.application.running.address, self.token()?);
        self.runtime.block_on(Connection::open(address, &token))
    }

    /// The token of an operator.
    pub(crate) fn token(&self) -> Result<String> {
        self.application.keys.token("bench", "operator", 1)
    }

    /// A path below the pool.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/pools/{}/{rest}", self.pool_id)
    }

    /// Stops the application and drops the database.
    pub(crate) fn stop(self) {
        self.runtime.block_on(self.application.running.stop());
    }
}
