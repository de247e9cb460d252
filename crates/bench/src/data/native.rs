//! data-query's own code as a native server with connections of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use postgres::types::ToSql;
use postgres::{Client, NoTls};
use simulator::{AUDIENCE, DevKeys, ISSUER};
use store::{Database, DatabaseError, Parameter};
use time::UtcDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;
use web::{BodyError, BodyStream, Head, Host, ReplyBody};

/// Clients that wait for a request.
type Pool = Arc<Mutex<Vec<Client>>>;

/// The server.
pub(super) struct NativeServer {
    pub(super) address: SocketAddr,
    pool: Pool,
    task: JoinHandle<()>,
}

impl Drop for NativeServer {
    fn drop(&mut self) {
        // A client that blocks must not end on a thread of the runtime.
        if let Ok(mut idle) = self.pool.lock() {
            idle.clear();
        }
        self.task.abort();
    }
}

#[derive(Clone)]
struct Shared {
    jwks: Arc<str>,
    url: Arc<str>,
    pool: Pool,
}

/// Starts it with the same keys, and the component's login.
pub(super) async fn start(keys: &DevKeys, url: &str) -> Result<NativeServer> {
    let shared = Shared {
        jwks: keys.token_jwks()?.into(),
        url: url.into(),
        pool: Pool::default(),
    };
    let pool = Arc::clone(&shared.pool);
    let router = Router::new().fallback(answer).with_state(shared);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        // It ends when it is aborted.
        let _ = axum::serve(listener, router).await;
    });
    Ok(NativeServer {
        address,
        pool,
        task,
    })
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let head = Head {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect(),
    };
    let host = NativeHost {
        shared,
        start: Instant::now(),
    };
    // The client of the database blocks.
    let reply = tokio::task::spawn_blocking(move || {
        let reply = data_query::serve(&host, head);
        let mut response = Response::builder().status(reply.status);
        for (name, value) in reply.headers {
            response = response.header(name, value);
        }
        let body = match reply.body {
            ReplyBody::Whole(bytes) => bytes,
            ReplyBody::Pieces(_) => Vec::new(),
        };
        response.body(Body::from(body)).unwrap_or_default()
    });
    reply.await.unwrap_or_default()
}

struct NativeHost {
    shared: Shared,
    start: Instant,
}

impl Host for NativeHost {
    fn now(&self) -> UtcDateTime {
        UtcDateTime::now()
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn random_id(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn variable(&self, name: &str) -> Result<String, String> {
        match name {
            "auth_jwks" => Ok(self.shared.jwks.to_string()),
            "auth_issuer" => Ok(ISSUER.to_owned()),
            "auth_audience" => Ok(AUDIENCE.to_owned()),
            "auth_revoked" => Ok(String::new()),
            "concurrent_queries" => Ok("64".to_owned()),
            "max_cost" => Ok("3000000".to_owned()),
            other => Err(other.to_owned()),
        }
    }

    fn body(&self) -> Result<Box<dyn BodyStream>, BodyError> {
        Err(BodyError::Truncated)
    }

    fn database(&self) -> Result<Box<dyn Database>, DatabaseError> {
        let unavailable = |error: postgres::Error| DatabaseError::Unavailable(error.to_string());
        let idle = self.shared.pool.lock().ok().and_then(|mut idle| idle.pop());
        let client = match idle {
            Some(client) => client,
            None => Client::connect(&self.shared.url, NoTls).map_err(unavailable)?,
        };
        Ok(Box::new(Connection {
            client: Mutex::new(Some(client)),
            pool: Arc::clone(&self.shared.pool),
        }))
    }

    fn log(&self, _: &str) {}
}

/// A client that goes back to the pool.
struct Connection {
    client: Mutex<Option<Client>>,
    pool: Pool,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let (Ok(mut own), Ok(mut idle)) = (self.client.lock(), self.pool.lock()) {
            idle.extend(own.take());
        }
    }
}

impl Database for Connection {
    fn texts(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<String>, DatabaseError> {
        let failed = |error: String| DatabaseError::Failed(error);
        let mut own = self.client.lock().map_err(|e| failed(e.to_string()))?;
        let client = own.as_mut().ok_or_else(|| failed("no client".to_owned()))?;
        let values: Vec<&(dyn ToSql + Sync)> = parameters
            .iter()
            .map(|parameter| match parameter {
                Parameter::Text(text) => text as &(dyn ToSql + Sync),
                Parameter::Integer(number) => number,
                Parameter::Uuid(id) => id,
            })
            .collect();
        let rows = client.query(statement, &values);
        let rows = rows.map_err(|error| failed(error.to_string()))?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}
