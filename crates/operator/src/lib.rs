//! The commands that an operator or a schedule runs beside the application: migrations,
//! verification and import of exports, the broker's keys, settlements that are due.
//!
//! `retire` is the program of the operator's image; `cargo xtask` has most of the same
//! commands on a development machine. It makes no tokens and keeps no keys: what it needs
//! comes from the environment and from files.

#![allow(clippy::print_stdout, reason = "a command line tool")]

pub mod https;
pub mod import;
pub mod migration;
pub mod settle;
pub mod upvest_keys;
pub mod verify;

use anyhow::{Context as _, Result};
use postgres::{Client, NoTls};

/// Connects to a database by its address.
///
/// # Errors
/// Those of the database.
pub fn connect(url: &str) -> Result<Client> {
    Client::connect(url, NoTls).context("connecting to the database")
}
