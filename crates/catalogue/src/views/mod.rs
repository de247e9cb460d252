//! The views.

mod books;
mod broker;
mod operation;
mod people;
mod sharing;

use crate::View;

/// All views, in the order of the catalogue.
pub const VIEWS: &[View] = &[
    people::MEMBERS,
    people::POOLS,
    books::BALANCES,
    books::JOURNAL,
    sharing::CREDITS,
    sharing::SETTLEMENTS,
    books::CONTRIBUTIONS,
    books::PAYOUTS,
    broker::ORDERS,
    broker::POSITIONS,
    broker::VALUATIONS,
    people::DEATHS,
    operation::WEBHOOK_EVENTS,
    operation::RECONCILIATION,
];
