//! The ledger as a whole: against a model, under load, and through crashes.

mod concurrency;
pub(super) mod dice;
mod holder;
mod kill;
mod model;
mod order;
mod steps;

use std::str::FromStr;
use std::sync::LazyLock;

use simulator::{Answer, Client};

use crate::harness::{KEYS, header};

/// A number from the environment, for long campaigns.
pub fn environment<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

/// The header of the operator who sends the commands of a [`Client`].
fn authorization() -> (String, Vec<u8>) {
    static TOKEN: LazyLock<String> =
        LazyLock::new(|| KEYS.token("simulator", "operator", 1).expect("keys"));
    header("authorization", &format!("Bearer {}", *TOKEN))
}

/// Reads, whatever the answer is; there may be none.
pub fn get(http: &Client, path: &str) -> Option<Answer> {
    let headers = [authorization(), header("purpose", "test")];
    http.send("GET", path, &headers, b"").ok()
}
