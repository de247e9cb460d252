//! The same code as a native server: what the sandbox and the fresh instances cost.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use store::{Database, DatabaseError};
use time::UtcDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;
use web::{BodyError, BodyStream, Head, Host, ReplyBody};

use simulator::{AUDIENCE, DevKeys, ISSUER};

/// A native server of tontine-calc's own code.
pub(crate) struct NativeServer {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for NativeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts it with the same keys.
pub(crate) async fn start(keys: &DevKeys) -> Result<NativeServer> {
    let jwks: Arc<str> = keys.token_jwks()?.into();
    let router = Router::new().fallback(answer).with_state(jwks);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        // It ends when it is aborted.
        let _ = axum::serve(listener, router).await;
    });
    Ok(NativeServer { address, task })
}

async fn answer(State(jwks): State<Arc<str>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 256 << 20).await.unwrap_or_default();
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
        jwks,
        body: body.to_vec(),
        start: Instant::now(),
    };
    let reply = tontine_calc::serve(&host, head);
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

/// A body in one piece.
struct Arrived(Option<Vec<u8>>);

impl BodyStream for Arrived {
    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, BodyError> {
        Ok(self.0.take())
    }
}

struct NativeHost {
    jwks: Arc<str>,
    body: Vec<u8>,
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
            "auth_jwks" => Ok(self.jwks.to_string()),
            "auth_issuer" => Ok(ISSUER.to_owned()),
            "auth_audience" => Ok(AUDIENCE.to_owned()),
            "auth_revoked" => Ok(String::new()),
            other => Err(other.to_owned()),
        }
    }

    fn body(&self) -> Result<Box<dyn BodyStream>, BodyError> {
        Ok(Box::new(Arrived(Some(self.body.clone()))))
    }

    fn database(&self) -> Result<Box<dyn Database>, DatabaseError> {
        Err(DatabaseError::Unavailable("there is none".to_owned()))
    }

    fn log(&self, _: &str) {}
}
