//! The way of a request.

use http::Method;
use serde_json::{Value, json};
use store::{Database, DatabaseError};
use time::UtcDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::body::{BodyError, BodyStream, Limited, Lines, too_large};
use crate::page::check_query;
use crate::{Access, BodyKind, Call, Caller, Code, Head, Problem, Reply, Route};

/// What a runtime provides to a request.
pub trait Host {
    /// The time.
    fn now(&self) -> UtcDateTime;
    /// Microseconds since an arbitrary start, never going back.
    fn monotonic_us(&self) -> u64;
    /// An id that nobody can guess.
    fn random_id(&self) -> Uuid;
    /// The value of a variable of the application.
    ///
    /// # Errors
    /// Its name, and why there is none.
    fn variable(&self, name: &str) -> Result<String, String>;
    /// The body. Called at most once.
    ///
    /// # Errors
    /// See [`BodyError`].
    fn body(&self) -> Result<Box<dyn BodyStream>, BodyError>;
    /// Opens a connection to the component's database.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    fn database(&self) -> Result<Box<dyn Database>, DatabaseError>;
    /// Writes a line to the log.
    fn log(&self, line: &str);
}

/// Tells who sent a request: [`crate::bearer`].
pub type Authenticate = fn(&dyn Host, &Head, UtcDateTime) -> Result<Caller, Problem>;

/// Takes a request through the same steps everywhere: match the route, authorise
/// the caller, read a body of bounded size, handle, answer, log one line.
///
/// `handle` decides. The line in the log says which operation, which status, how
/// long; never who in clear, with what, or about whom.
pub fn serve<O: Copy>(
    component: &str,
    routes: &[Route<O>],
    authenticate: Authenticate,
    host: &dyn Host,
    head: Head,
    handle: impl FnOnce(&mut Call<O>) -> Result<Reply, Problem>,
) -> Reply {
    let start_us = host.monotonic_us();
    let request_id = request_id(&head, host);
    let method = head.method.clone();
    let mut seen = Seen::default();
    let result = respond(routes, authenticate, host, head, handle, &mut seen);
    let problem = result.as_ref().err();
    let code = problem.map(|problem| problem.code().name());
    let reason = problem.and_then(Problem::reason);
    let internal = problem.and_then(Problem::inside).map(str::to_owned);
    let mut reply = result.unwrap_or_else(|problem| problem.into_reply(&request_id));
    if !reply
        .headers
        .iter()
        .any(|(name, _)| *name == "cache-control")
    {
        reply.headers.push(("cache-control", "no-store".to_owned()));
    }
    reply.headers.extend([
        ("x-content-type-options", "nosniff".to_owned()),
        ("x-request-id", request_id.clone()),
        // During a rollout two builds answer: this is which.
        ("x-api-schema", store::API_SCHEMA.to_owned()),
    ]);

    let line = json!({
        "time": host.now().format(&Rfc3339).unwrap_or_default(),
        "level": if reply.status.is_server_error() { "error" } else { "info" },
        "component": component,
        "request_id": request_id,
        "method": method.as_str(),
        "route": seen.route,
        "status": reply.status.as_u16(),
        "code": code,
        "reason": reason,
        "scopes": seen.scopes,
        "request_bytes": seen.request_bytes,
        "response_bytes": reply.body.len(),
        "duration_us": host.monotonic_us().saturating_sub(start_us),
        "error": internal,
        "personal_data": seen.personal_data,
    });
    host.log(&line.to_string());
    reply
}

/// What the log gets to know of a request.
#[derive(Default)]
struct Seen {
    route: Option<&'static str>,
    scopes: Vec<&'static str>,
    request_bytes: usize,
    personal_data: Option<Value>,
}

fn respond<O: Copy>(
    routes: &[Route<O>],
    authenticate: Authenticate,
    host: &dyn Host,
    head: Head,
    handle: impl FnOnce(&mut Call<O>) -> Result<Reply, Problem>,
    seen: &mut Seen,
) -> Result<Reply, Problem> {
    let (route, parameters) = find(routes, &head.method, &head.path)?;
    seen.route = Some(route.path);
    let now = host.now();
    let caller = match route.access {
        Access::Signature | Access::Open => None,
        Access::Token(scopes) => {
            let caller = authenticate(host, &head, now)?;
            if !scopes.iter().any(|scope| caller.has(*scope)) {
                return Err(Problem::new(Code::InsufficientScope));
            }
            Some(caller)
        }
    };
    if let Some(caller) = &caller {
        seen.scopes = caller.scopes.iter().map(|scope| scope.name()).collect();
    }
    check_query(head.query.as_deref(), route.query)?;
    let (body, lines) = read_body(route, host, &head)?;
    seen.request_bytes = body.len();
    let mut call = Call {
        operation: route.operation,
        head,
        parameters,
        caller,
        body,
        lines,
        now,
        personal_data: None,
    };
    let result = handle(&mut call);
    seen.personal_data = call.personal_data.take();
    if let Some(lines) = &call.lines {
        seen.request_bytes = lines.seen_len();
    }
    result
}

/// The route of this method and path, with the values of its parameters.
fn find<'r, O>(
    routes: &'r [Route<O>],
    method: &Method,
    path: &str,
) -> Result<(&'r Route<O>, Vec<String>), Problem> {
    let mut matching: Vec<_> = routes
        .iter()
        .filter_map(|route| Some((route, route.parameters_of(path)?)))
        .collect();
    // A path that names its segments is another than one that takes any.
    let fewest = matching
        .iter()
        .map(|(_, parameters)| parameters.len())
        .min();
    matching.retain(|(_, parameters)| Some(parameters.len()) == fewest);
    if matching.is_empty() {
        return Err(Problem::new(Code::NotFound));
    }
    let allowed: Vec<&str> = matching
        .iter()
        .map(|(route, _)| route.method.as_str())
        .collect();
    let allow = allowed.join(", ");
    matching
        .into_iter()
        .find(|(route, _)| route.method == method)
        .ok_or_else(|| Problem::new(Code::MethodNotAllowed).header("allow", allow))
}

/// The whole body, or its lines where the route takes them.
fn read_body<O>(
    route: &Route<O>,
    host: &dyn Host,
    head: &Head,
) -> Result<(Vec<u8>, Option<Lines>), Problem> {
    let mut by_line = false;
    let max_len = match route.body {
        BodyKind::None => return Ok((Vec::new(), None)),
        BodyKind::Json { max_len } => match content_type(head) {
            Some(JSON) => max_len,
            _ => return Err(unsupported(&[JSON])),
        },
        BodyKind::JsonOrLines { max_len, lines_len } => match content_type(head) {
            Some(JSON) => max_len,
            Some(LINES) => {
                by_line = true;
                lines_len
            }
            _ => return Err(unsupported(&[JSON, LINES])),
        },
        // The sender signs what it sends; the body is looked at after that.
        BodyKind::Signed { max_len_variable } => host
            .variable(max_len_variable)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Problem::internal(format!("{max_len_variable} is not a number")))?,
    };
    let announced = head
        .header("content-length")
        .and_then(|text| text.parse().ok());
    if announced.is_some_and(|len: usize| len > max_len) {
        return Err(too_large(max_len));
    }
    let stream = host.body().map_err(|error| match error {
        BodyError::TooLarge => too_large(max_len),
        BodyError::Truncated => Problem::new(Code::TruncatedBody),
    })?;
    let body = Limited::new(stream, max_len);
    if by_line {
        Ok((Vec::new(), Some(Lines::new(body))))
    } else {
        Ok((body.collect()?, None))
    }
}

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";

/// Which of the types that routes take the body is of, whatever its parameters.
fn content_type(head: &Head) -> Option<&'static str> {
    let essence = head
        .header("content-type")
        .and_then(|value| value.split(';').next())
        .map(str::trim)?;
    [JSON, LINES]
        .into_iter()
        .find(|known| essence.eq_ignore_ascii_case(known))
}

fn unsupported(known: &[&str]) -> Problem {
    Problem::new(Code::UnsupportedMediaType).because(format!("send {}", known.join(" or ")))
}

/// The caller's id of the request if it is a plain one, or else a new one.
fn request_id(head: &Head, host: &dyn Host) -> String {
    head.header("x-request-id")
        .filter(|id| {
            (8..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
        .map_or_else(|| host.random_id().to_string(), str::to_owned)
}
