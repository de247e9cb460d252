//! The HTTP server.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::header::HeaderValue;
use http::uri::{Authority, Scheme, Uri};
use http::{HeaderName, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wasmtime_wasi_http::Error as WasiHttpError;

use crate::app::App;
use crate::engine::{EPOCH, Limits};
use crate::log::Log;
use crate::request::answer;
use crate::routes::Matched;

/// How to run an application.
#[derive(Clone, Debug)]
pub struct Options {
    /// The `spin.toml`.
    pub manifest: PathBuf,
    /// Values of variables, before those of the environment.
    pub variables: BTreeMap<String, String>,
    /// Where to listen; port 0 is any free one.
    pub listen: SocketAddr,
    /// What requests may use.
    pub limits: Limits,
    /// Where log lines go.
    pub log: Log,
}

/// A running application.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The application, for callers of its other exports.
    pub app: Arc<App>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Running {
    /// Stops listening, lets requests under way end, and returns when all is over.
    pub async fn stop(self) {
        // The server may have ended by itself: then there is nobody to tell.
        let _ = self.stop.send(true);
        let _ = self.server.await;
    }
}

type Body = UnsyncBoxBody<Bytes, WasiHttpError>;

/// Loads and starts an application.
///
/// # Errors
/// See [`App::load`]; the address is in use.
pub async fn start(options: Options) -> Result<Running> {
    let Options {
        manifest,
        variables,
        listen,
        limits,
        log,
    } = options;
    let app = Arc::new(App::load(&manifest, &variables, limits)?);
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("listening on {listen}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    tick(&app, stopped.clone());
    let server = tokio::spawn(serve(Arc::clone(&app), log, listener, stopped));
    Ok(Running {
        address,
        app,
        stop,
        server,
    })
}

/// Advances the engine's epoch, from a thread that no guest can hold up.
fn tick(app: &Arc<App>, stopped: watch::Receiver<bool>) {
    let engine = app.engine.weak();
    std::thread::spawn(move || {
        while let (Some(engine), false) = (engine.upgrade(), *stopped.borrow()) {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH);
        }
    });
}

async fn serve(app: Arc<App>, log: Log, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let builder = auto::Builder::new(TokioExecutor::new());
    loop {
        let (stream, client) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // One connection failed, such as for want of file descriptors.
                Err(error) => {
                    log.line(&json!({"level": "error", "error": error.to_string()}).to_string());
                    tokio::time::sleep(EPOCH).await;
                    continue;
                }
            },
            _ = stopped.changed() => break,
        };
        // No TCP_NODELAY, as in Spin: a response in two pieces shows its cost here
        // as it would there.
        let (app, log) = (Arc::clone(&app), log.clone());
        let service = service_fn(move |request| {
            let (app, log) = (Arc::clone(&app), log.clone());
            async move { Ok::<_, WasiHttpError>(respond(&app, &log, request, client).await) }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            // An error here is a client that went away or talks nonsense.
            let _ = connection.await;
        });
    }
    drop(listener);
    let drained = tokio::time::timeout(app.shared.limits.drain_timeout, graceful.shutdown()).await;
    if drained.is_err() {
        log.line(&json!({"level": "error", "error": "requests were cut off"}).to_string());
    }
}

async fn respond(
    app: &App,
    log: &Log,
    request: Request<Incoming>,
    client: SocketAddr,
) -> Response<Body> {
    let start = Instant::now();
    let path = request.uri().path().to_owned();
    let method = request.method().to_string();
    if let Some(well_known) = path.strip_prefix("/.well-known/spin/") {
        return match well_known {
            "health" => plain(StatusCode::OK, "OK"),
            _ => plain(StatusCode::NOT_FOUND, ""),
        };
    }
    let matched = app.routes.find(&path);
    let (status, error, response) = match &matched {
        None => (
            StatusCode::NOT_FOUND,
            None,
            plain(StatusCode::NOT_FOUND, ""),
        ),
        Some(matched) => match forward(app, log, request, matched, client).await {
            Ok(response) => (response.status(), None, response),
            Err(error) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                Some(format!("{error:#}")),
                plain(StatusCode::INTERNAL_SERVER_ERROR, ""),
            ),
        },
    };
    let line = json!({
        "level": if status.is_server_error() { "error" } else { "info" },
        "host": "local",
        "component": matched.as_ref().map(|m| m.component),
        "route": matched.as_ref().map(|m| m.route),
        "method": method,
        "status": status.as_u16(),
        "duration_us": u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        "error": error,
    });
    log.line(&line.to_string());
    response
}

async fn forward(
    app: &App,
    log: &Log,
    request: Request<Incoming>,
    matched: &Matched<'_>,
    client: SocketAddr,
) -> Result<Response<Body>> {
    let component = app
        .component(matched.component)
        .context("the route leads to no component")?;
    let limit = app.shared.limits.body_bytes;
    if request.body().size_hint().lower() > limit {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, ""));
    }
    let (mut parts, body) = request.into_parts();
    complete_uri(&mut parts)?;
    add_spin_headers(&mut parts, matched, client)?;
    let body = Limited::new(body, usize::try_from(limit).unwrap_or(usize::MAX));
    let body = body.map_err(move |error| match error.downcast::<LengthLimitError>() {
        Ok(_) => WasiHttpError::HttpRequestBodySize(Some(limit)),
        Err(_) => WasiHttpError::HttpProtocolError,
    });
    let request = Request::from_parts(parts, body);
    let response = answer(app, component, log, request).await?;
    Ok(response.map(|body| body.boxed_unsync()))
}

/// Components see an absolute URI.
fn complete_uri(parts: &mut http::request::Parts) -> Result<()> {
    let host = parts.headers.get(http::header::HOST);
    let authority: Authority = match host.and_then(|host| host.to_str().ok()) {
        Some(host) => host.parse().context("the header host")?,
        None => Authority::from_static("localhost"),
    };
    let mut uri = std::mem::take(&mut parts.uri).into_parts();
    uri.scheme = Some(Scheme::HTTP);
    uri.authority = Some(authority);
    parts.uri = Uri::from_parts(uri)?;
    Ok(())
}

/// The headers that Spin adds; a client cannot set them.
fn add_spin_headers(
    parts: &mut http::request::Parts,
    matched: &Matched<'_>,
    client: SocketAddr,
) -> Result<()> {
    let component_route = matched.route.strip_suffix("/...").unwrap_or(matched.route);
    let full_url = parts.uri.to_string();
    let fixed = [
        ("spin-path-info", matched.path_info.as_str()),
        ("spin-full-url", &full_url),
        ("spin-matched-route", matched.route),
        ("spin-base-path", "/"),
        ("spin-raw-component-route", matched.route),
        ("spin-component-route", component_route),
        ("spin-client-addr", &client.to_string()),
    ];
    for (name, value) in fixed {
        parts
            .headers
            .insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
    }
    for (name, value) in &matched.named {
        let name: HeaderName = format!("spin-path-match-{name}").to_lowercase().parse()?;
        parts.headers.insert(name, HeaderValue::from_str(value)?);
    }
    Ok(())
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let body = Full::new(Bytes::from_static(text.as_bytes()))
        .map_err(|never| match never {})
        .boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}
