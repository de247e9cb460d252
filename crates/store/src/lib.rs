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

mod ask;
mod audit;
mod bookings;
mod books;
mod commands;
mod computed;
mod database;
mod member;
mod mortality;
mod queries;
mod schema;
mod settlements;
mod verification;
mod webhook;

pub use ask::{Page, PageFacts, Question, ask};
pub use audit::{
    ExportPage, ProofRow, SealRow, export_page, exported_settlement_id, journal_time,
    settlement_leaves, settlement_proof, settlement_seal,
};
pub use bookings::{
    book_items, confirm_payout, record_valuations, request_payout, reverse_entry, void_payout,
};
pub use books::{balances, journal, reconciliation, trial_balance};
pub use commands::{
    CommandKey, close_member, confirm_death, enrol_member, first_reply, open_pool, report_death,
    set_beneficiaries, set_rules, withdraw_death,
};
pub use computed::Computed;
pub use database::{Database, DatabaseError, Parameter, Refusal};
pub use member::{
    erase_member, forecast_inputs, member_account, member_credits, member_export_page,
    member_performance, member_positions, member_transactions, member_year, member_years,
};
pub use mortality::{mortality_document, mortality_tables, upload_mortality_table};
pub use queries::{
    Document, Listed, MAX_STATEMENT_MONTHS, PageRequest, beneficiaries, event_counts, list,
    next_period, pool, pool_statements, rules, settlement, settlements, statements,
};
pub use schema::{API_FILES, API_SCHEMA, MIGRATIONS, SqlFile};
pub use settlements::{
    OpenSettlement, PAGE_MEMBERS, SettlementState, candidates, compute_settlement, freeze_members,
    frozen_candidates, give_up_settlement, publish_settlement, settle_at_once, settlement_state,
    start_settlement,
};
pub use verification::{record_rejection, webhook_key, webhook_metrics, webhook_rejections};
pub use webhook::{
    Delivery, EventText, KeptEvent, broker_objects, dismiss_event, event_text, gaps, ingest,
    purge_events, quarantine, retry_event,
};
