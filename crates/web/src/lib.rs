//! What all HTTP edges of Retire share.
//!
//! [`routes`] is the one table of operations: the components route by it, and the
//! OpenAPI document is written from it. [`serve`] takes a request through the same
//! steps everywhere: match, authorise, limit, read, handle, answer, log. Whatever
//! goes wrong is a [`Problem`] (RFC 9457).
//!
//! The runtime is behind the trait [`Host`]; nothing here knows an SDK.

mod access;
mod body;
mod call;
mod code;
mod json;
mod page;
mod problem;
pub mod rates;
pub mod routes;
mod serve;

pub use access::{Access, Authority, Caller, InvalidJwks, Scope, bearer};
pub use body::{BodyError, BodyStream, Broken, Lines, Pieces, ReplyBody};
pub use call::{Call, Head, Reply};
pub use code::Code;
pub use json::parse_json;
pub use problem::Problem;
pub use routes::{BodyKind, Query, Route};
pub use serve::{Authenticate, Host, serve};
