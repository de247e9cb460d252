//! An application of one's own for each test.

mod app;
mod database;
mod proxy;

pub use app::{
    App, Caller, KEYS, NewPool, account_group, cash, event, header, limits, pool_command, problem,
    runtime, text, workspace,
};
pub use database::{Database, Rows};
pub use proxy::Proxy;
