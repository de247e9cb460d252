//! A job that keeps the receiver's keys up to date.

mod client;
#[cfg(test)]
mod tests;

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use migrate::API_SCHEMA;
use upvest_signature::{KeySet, SigningKey};

use crate::connect;
use client::{Client, Credentials};

/// What the environment must have; the secrets are never arguments, which others on the
/// machine can read.
const ENVIRONMENT: &str = "UPVEST_CLIENT_ID, UPVEST_CLIENT_SECRET: the OAuth client. \
    UPVEST_KEY_ID, UPVEST_KEY_FILE: the id of our own signing key and the file with it \
    (PEM, P-521, not encrypted). DATABASE_URL, with --store: a login of retire_upvest_keys.";

/// Where to fetch, and what to do with the keys.
#[derive(clap::Args)]
#[command(after_help = ENVIRONMENT)]
pub struct Arguments {
    /// Upvest's API.
    #[arg(long, default_value = "https://sandbox.upvest.co")]
    url: String,
    /// What the token is for; empty: whatever the client may.
    #[arg(long, default_value = "")]
    scope: String,
    /// Store the keys in the database of DATABASE_URL, instead of printing them.
    #[arg(long)]
    store: bool,
    /// How long a key that is not published any more is valid.
    #[arg(long, default_value_t = 7)]
    grace_days: u32,
}

/// Fetches the keys.
///
/// # Errors
/// What the environment lacks, an answer that is no key set, the database.
pub fn run(arguments: &Arguments) -> Result<()> {
    let variable = |name: &str| std::env::var(name).with_context(|| format!("set {name}"));
    let file = variable("UPVEST_KEY_FILE")?;
    let pem = std::fs::read_to_string(&file).with_context(|| file.clone())?;
    let key = SigningKey::from_pem(&variable("UPVEST_KEY_ID")?, &pem)
        .with_context(|| format!("{file} is no private key on P-521"))?;
    let credentials = Credentials {
        client_id: variable("UPVEST_CLIENT_ID")?,
        client_secret: variable("UPVEST_CLIENT_SECRET")?,
        scope: arguments.scope.clone(),
    };
    let jwks = Client::new(&arguments.url, credentials, key).webhook_keys()?;
    check(&jwks)?;
    if arguments.store {
        println!(
            "{}",
            store(&variable("DATABASE_URL")?, &jwks, arguments.grace_days)?
        );
    } else {
        println!("{jwks}");
    }
    Ok(())
}

/// The receiver must be able to read the keys, before one of them is replaced.
fn check(jwks: &str) -> Result<()> {
    let keys = KeySet::from_jwks(jwks).context("Upvest's answer")?;
    ensure!(
        keys.ids().next().is_some(),
        "Upvest's answer has no key on P-521"
    );
    Ok(())
}

/// Stores the keys; says how many are published and how many were retired.
fn store(url: &str, jwks: &str, grace_days: u32) -> Result<String> {
    let statement =
        format!("select {API_SCHEMA}.store_webhook_keys($1, $2, to_timestamp($3::bigint))::text");
    let grace_s = i64::from(grace_days) * 86_400;
    let row = connect(url)?.query_one(&statement, &[&jwks, &grace_s, &now_s()?])?;
    Ok(row.get(0))
}

/// Seconds since the epoch.
fn now_s() -> Result<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_secs())?)
}
