//! The SQL of Retire.
//!
//! Tables change by numbered migrations. Functions and views are made as a whole
//! in an *API schema* named after the digest of their text ([`API_SCHEMA`]): a
//! component calls exactly what it was built with, several versions live side by
//! side during a rollout, and a database that lacks the schema is told by its own
//! error, without a question at each request.
//!
//! Each statement has a typed function here. It runs on whatever implements
//! [`Database`]: the components' connection in production, a native one in tests.

mod commands;
mod database;
mod mortality;
mod queries;
mod schema;
mod webhook;

pub use commands::{
    CommandKey, SettlementBasis, enrol_member, open_pool, record_settlement, report_death,
    settlement_basis,
};
pub use database::{Database, DatabaseError, Parameter, Refusal};
pub use mortality::{mortality_document, mortality_tables, upload_mortality_table};
pub use queries::{
    Document, MAX_STATEMENT_MONTHS, PageRequest, account, event_counts, members, next_period, pool,
    pool_statements, pools, settlement, settlements, statements, trial_balance,
};
pub use schema::{API_FILES, API_SCHEMA, MIGRATIONS, SqlFile};
pub use webhook::ingest;
