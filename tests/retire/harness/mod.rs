//! An application of one's own for each test.

mod app;
mod contents;
mod contract;
mod database;
mod process;
mod proxy;

pub use app::{
    App, Caller, KEYS, NewPool, account_group, authorization, cash, client, event, header, limits,
    pool_command, problem, runtime, text, workspace,
};
pub use contents::{Contents, contents};
pub use contract::CONTRACT;
pub use database::{Database, Rows};
pub use process::{HostProcess, serve_if_asked};
pub use proxy::Proxy;
