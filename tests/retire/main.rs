//! The shipped components on wasmtime with a real PostgreSQL.
//!
//! `cargo xtask test` builds the components, starts a database and runs this with
//! its address in DATABASE_URL. Each test has a database of its own, cloned from a
//! migrated template.

#![allow(
    clippy::inconsistent_digit_grouping,
    reason = "1_000_00 cents are 1,000 euro"
)]

mod access;
mod backup;
mod bodies;
mod bookings;
mod commands;
mod components;
mod contract;
mod data;
mod database_rights;
mod days;
mod delivery;
mod docs;
mod engine;
mod exports;
mod harness;
mod host_parity;
mod journey;
mod ledger;
mod logs;
mod member_view;
mod observability;
mod outage;
mod proofs;
mod reconciliation;
mod rollout;
mod settlements;
mod tontine;
mod webhooks;
