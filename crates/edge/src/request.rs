//! From WASI's request to ours.

use http::Method;
use spin_sdk::http::{IncomingRequest, Method as WasiMethod};
use web::Head;

/// The first part of a request, and the rest that holds its body. Headers are
/// taken as they came: the SDK's own request keeps one of each name.
pub(crate) fn split(request: IncomingRequest) -> (Head, IncomingRequest) {
    let target = request.path_with_query().unwrap_or_default();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (target, None),
    };
    let head = Head {
        method: method(&request.method()),
        path,
        query,
        headers: request
            .headers()
            .entries()
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect(),
    };
    (head, request)
}

fn method(method: &WasiMethod) -> Method {
    match method {
        WasiMethod::Get => Method::GET,
        WasiMethod::Post => Method::POST,
        WasiMethod::Put => Method::PUT,
        WasiMethod::Delete => Method::DELETE,
        WasiMethod::Patch => Method::PATCH,
        WasiMethod::Head => Method::HEAD,
        WasiMethod::Options => Method::OPTIONS,
        WasiMethod::Connect => Method::CONNECT,
        WasiMethod::Trace => Method::TRACE,
        // No route has a method of any other name.
        WasiMethod::Other(name) => Method::from_bytes(name.as_bytes()).unwrap_or(Method::TRACE),
    }
}
