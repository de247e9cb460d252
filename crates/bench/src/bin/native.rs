//! All four functions as one native server, in a process of its own: what the sandbox, its
//! start and its memory are compared with.
//!
//! It takes the same variables as the application, and prints nothing.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use clap::Parser;
use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls};
use store::{Database, DatabaseError, Parameter};
use time::UtcDateTime;
use tokio::net::TcpListener;
use uuid::Uuid;
use web::{BodyError, BodyStream, Head, Host, Reply, ReplyBody};

/// Serves until it is killed.
#[derive(Parser)]
struct Arguments {
    /// The manifest, for the defaults of variables.
    #[arg(long)]
    from: PathBuf,
    #[arg(long)]
    listen: SocketAddr,
}

type Serve = fn(&dyn Host, Head) -> Reply;

/// The functions by the prefixes of their paths.
const FUNCTIONS: [(&str, &str, Serve); 4] = [
    ("/v1/tontine/", "tontine_calc", tontine_calc::serve),
    ("/v1/pools", "credit_accrual", credit_accrual::serve),
    ("/v1/webhooks/", "upvest_webhook", upvest_webhook::serve),
    ("/v1/data/", "data_query", data_query::serve),
];

struct Server {
    variables: BTreeMap<String, String>,
    /// Of each component, what its variables are made of.
    templates: BTreeMap<String, BTreeMap<String, String>>,
    /// Connections that are not in use, by address.
    idle: Mutex<Vec<(String, Client)>>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let manifest = host::Manifest::read(&arguments.from)?;
    let value = |(name, variable): (&String, &host::Variable)| {
        let set = std::env::var(format!("SPIN_VARIABLE_{}", name.to_uppercase()));
        Some((name.clone(), set.ok().or_else(|| variable.default.clone())?))
    };
    let server = Arc::new(Server {
        variables: manifest.variables.iter().filter_map(value).collect(),
        templates: manifest
            .component
            .into_iter()
            .map(|(name, component)| (name, component.variables))
            .collect(),
        idle: Mutex::new(Vec::new()),
    });
    let router = Router::new().fallback(answer).with_state(server);
    let listener = TcpListener::bind(arguments.listen).await?;
    axum::serve(listener, router).await.context("serving")
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 16 << 20).await.unwrap_or_default().to_vec();
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
    // The functions and the database's client block.
    let answered = tokio::task::spawn_blocking(move || {
        let of = |prefix: &str| head.path.starts_with(prefix);
        let (_, component, serve) = FUNCTIONS.into_iter().find(|(prefix, ..)| of(prefix))?;
        let host = NativeHost {
            server,
            component,
            body: Mutex::new(Some(body)),
            start: Instant::now(),
        };
        Some(response(serve(&host, head)))
    });
    let none = || Response::builder().status(404).body(Body::empty());
    match answered.await {
        Ok(Some(response)) => response,
        _ => none().unwrap_or_default(),
    }
}

fn response(reply: Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    let body = match reply.body {
        ReplyBody::Whole(bytes) => bytes,
        ReplyBody::Pieces(pieces) => pieces.flatten().flatten().collect(),
    };
    response.body(Body::from(body)).unwrap_or_default()
}

struct NativeHost {
    server: Arc<Server>,
    component: &'static str,
    body: Mutex<Option<Vec<u8>>>,
    start: Instant,
}

/// A body in one piece.
struct Arrived(Option<Vec<u8>>);

impl BodyStream for Arrived {
    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, BodyError> {
        Ok(self.0.take())
    }
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
        // As the manifest gives it to the component: each is one variable of the application.
        let Server {
            templates,
            variables,
            ..
        } = &*self.server;
        let template = templates
            .get(&self.component.replace('_', "-"))
            .and_then(|of_component| of_component.get(name));
        template
            .map(|template| template.trim_matches(['{', '}', ' ']))
            .and_then(|variable| variables.get(variable).cloned())
            .ok_or_else(|| name.to_owned())
    }

    fn body(&self) -> Result<Box<dyn BodyStream>, BodyError> {
        let body = self
            .body
            .lock()
            .map(|mut body| body.take())
            .unwrap_or_default();
        Ok(Box::new(Arrived(body)))
    }

    fn database(&self) -> Result<Box<dyn Database>, DatabaseError> {
        let address = self
            .variable("database_url")
            .map_err(DatabaseError::Unavailable)?;
        let pooled = self.server.idle.lock().ok().and_then(|mut idle| {
            let place = idle.iter().position(|(of, _)| *of == address)?;
            Some(idle.swap_remove(place).1)
        });
        let client = match pooled {
            Some(client) => client,
            None => Client::connect(&address, NoTls)
                .map_err(|e| DatabaseError::Unavailable(e.to_string()))?,
        };
        Ok(Box::new(Pooled {
            server: Arc::clone(&self.server),
            address,
            client: Mutex::new(Some(client)),
        }))
    }

    fn log(&self, _: &str) {}
}

/// A connection that goes back to the pool.
struct Pooled {
    server: Arc<Server>,
    address: String,
    client: Mutex<Option<Client>>,
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let client = self.client.lock().ok().and_then(|mut client| client.take());
        if let (Some(client), Ok(mut idle)) = (client, self.server.idle.lock()) {
            idle.push((std::mem::take(&mut self.address), client));
        }
    }
}

impl Database for Pooled {
    fn texts(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<String>, DatabaseError> {
        let failed = |e: postgres::Error| match e.as_db_error() {
            Some(e) => DatabaseError::of_sqlstate(
                e.code().code(),
                e.message(),
                e.detail().unwrap_or_default(),
                e.hint().unwrap_or_default(),
            ),
            None => DatabaseError::Failed(e.to_string()),
        };
        let typed: Vec<(Box<dyn ToSql + Sync>, Type)> = parameters
            .iter()
            .map(|parameter| match *parameter {
                Parameter::Text(text) => (Box::new(text.to_owned()) as Box<_>, Type::TEXT),
                Parameter::Integer(number) => (Box::new(number) as Box<_>, Type::INT8),
                Parameter::Uuid(id) => (Box::new(id) as Box<_>, Type::UUID),
            })
            .collect();
        let values: Vec<(&(dyn ToSql + Sync), Type)> = typed
            .iter()
            .map(|(value, ty)| (&**value, ty.clone()))
            .collect();
        let mut client = self
            .client
            .lock()
            .map_err(|_| DatabaseError::Failed("poisoned".to_owned()))?;
        let client = client
            .as_mut()
            .ok_or_else(|| DatabaseError::Failed("given back".to_owned()))?;
        let rows = client.query_typed(statement, &values).map_err(failed)?;
        rows.iter()
            .map(|row| row.try_get(0).map_err(failed))
            .collect()
    }
}
