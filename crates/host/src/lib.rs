//! The local host: runs the application of a `spin.toml` on wasmtime, so that
//! nobody needs the Spin CLI to begin, and tests run the shipped components.
//!
//! It is for development and tests; production is Spin. Where a component could
//! see a difference it behaves as Spin 3.6 does: which component a route leads to,
//! the headers that are added, variables, which hosts may be reached, what a
//! database connection returns, and that a pooled connection keeps a transaction
//! that was left open. Beyond Spin it limits the memory and the time of a request, and
//! counts what requests use.

mod allowed_hosts;
mod app;
mod bindings;
mod engine;
mod log;
mod manifest;
mod postgres;
mod postgres_types;
mod request;
mod routes;
mod server;
mod state;
mod template;
mod usage;

pub use app::{App, Component};
pub use engine::Limits;
pub use log::Log;
pub use manifest::{Manifest, Variable};
pub use request::{Instance, instantiate};
pub use server::{Options, Running, start};
pub use usage::Usage;
