//! `spin:postgres@4.0.0` on pooled connections.

#![allow(
    clippy::result_large_err,
    reason = "the shape of the error is the interface's"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::config::Host as PgHost;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls};
use wasmtime::component::Resource;

use crate::bindings::spin::postgres::postgres::{
    self as spin, Column, DbError, Error, HostConnection, ParameterValue, QueryError, RowSet,
};
use crate::postgres_types::{data_type, row_values, sql_parameter};
use crate::state::State;

/// Connections per address, as in Spin.
const POOL_SIZE: usize = 64;

/// A connection that a component has opened.
pub struct Connection(Arc<Object>);

/// A pool per address.
///
/// A connection comes back to its pool without a ROLLBACK, as in Spin: a
/// transaction that was left open is still open for the next request.
#[derive(Default)]
pub(crate) struct Pools(Mutex<HashMap<String, Pool>>);

impl Pools {
    fn get(&self, address: &str, config: Config) -> anyhow::Result<Pool> {
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(address) {
            return Ok(pool.clone());
        }
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Clean,
        };
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycling))
            .max_size(POOL_SIZE)
            .runtime(Runtime::Tokio1)
            .build()
            .context("building a pool")?;
        pools.insert(address.to_owned(), pool.clone());
        Ok(pool)
    }
}

impl State {
    async fn connect(&mut self, address: &str) -> Result<Object, Error> {
        let failed = |text: String| Error::ConnectionFailed(text);
        let config: Config = address.parse().map_err(|e| failed(format!("{e}")))?;
        self.require_allowed(&config)?;
        let pool = self
            .shared
            .pools
            .get(address, config)
            .map_err(|e| failed(format!("{e:?}")))?;
        pool.get().await.map_err(|e| failed(format!("{e:?}")))
    }

    fn require_allowed(&self, config: &Config) -> Result<(), Error> {
        let refused = |what: String| Err(Error::ConnectionFailed(what));
        for (i, host) in config.get_hosts().iter().enumerate() {
            let PgHost::Tcp(host) = host else {
                return refused("Unix sockets are not supported on WebAssembly".to_owned());
            };
            let ports = config.get_ports();
            let port = ports.get(i).or(ports.first()).copied();
            if !self.config.allowed_hosts.allows("postgres", host, port) {
                let port = port.map(|p| format!(":{p}")).unwrap_or_default();
                return refused(format!("address postgres://{host}{port} is not permitted"));
            }
        }
        Ok(())
    }

    fn client(&self, connection: &Resource<Connection>) -> wasmtime::Result<Arc<Object>> {
        Ok(Arc::clone(&self.table.get(connection)?.0))
    }
}

impl spin::Host for State {}

impl HostConnection for State {
    async fn open(
        &mut self,
        address: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        let meter = Arc::clone(&self.shared.meter);
        match meter.database_call(self.connect(&address)).await {
            Ok(client) => Ok(Ok(self.table.push(Connection(Arc::new(client)))?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn query(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<RowSet, Error>> {
        let client = self.client(&connection)?;
        let call = query(&client, &statement, &params);
        Ok(self.shared.meter.database_call(call).await)
    }

    async fn execute(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        let client = self.client(&connection)?;
        let call = execute(&client, &statement, &params);
        Ok(self.shared.meter.database_call(call).await)
    }

    async fn drop(&mut self, connection: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

async fn query(
    client: &Object,
    statement: &str,
    params: &[ParameterValue],
) -> Result<RowSet, Error> {
    let params = sql_parameters(params).map_err(|e| Error::BadParameter(format!("{e:?}")))?;
    let rows = client
        .query(statement, &references(&params))
        .await
        .map_err(query_failed)?;
    // Without rows there are no columns, as in Spin.
    let columns = rows.first().map_or_else(Vec::new, |row| {
        let column = |column: &tokio_postgres::Column| Column {
            name: column.name().to_owned(),
            data_type: data_type(column.type_()),
        };
        row.columns().iter().map(column).collect()
    });
    let rows = rows
        .iter()
        .map(row_values)
        .collect::<anyhow::Result<_>>()
        .map_err(|e| Error::QueryFailed(QueryError::Text(format!("{e:?}"))))?;
    Ok(RowSet { columns, rows })
}

async fn execute(
    client: &Object,
    statement: &str,
    params: &[ParameterValue],
) -> Result<u64, Error> {
    let params =
        sql_parameters(params).map_err(|e| Error::ValueConversionFailed(format!("{e:?}")))?;
    client
        .execute(statement, &references(&params))
        .await
        .map_err(query_failed)
}

type SqlParameter = Box<dyn ToSql + Send + Sync>;

fn sql_parameters(params: &[ParameterValue]) -> anyhow::Result<Vec<SqlParameter>> {
    params.iter().map(sql_parameter).collect()
}

fn references(params: &[SqlParameter]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|p| &**p as &(dyn ToSql + Sync)).collect()
}

fn query_failed(error: tokio_postgres::Error) -> Error {
    let as_text = format!("{error:?}");
    let Some(db) = error.as_db_error() else {
        return Error::QueryFailed(QueryError::Text(as_text));
    };
    let extras = [
        ("column", db.column()),
        ("constraint", db.constraint()),
        ("routine", db.routine()),
        ("hint", db.hint()),
        ("table", db.table()),
        ("datatype", db.datatype()),
        ("schema", db.schema()),
        ("file", db.file()),
        ("where_", db.where_()),
    ];
    Error::QueryFailed(QueryError::DbError(DbError {
        as_text,
        severity: db.severity().to_owned(),
        code: db.code().code().to_owned(),
        message: db.message().to_owned(),
        detail: db.detail().map(str::to_owned),
        extras: extras
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect(),
    }))
}
