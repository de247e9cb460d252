//! The operations of `upvest-webhook`.

use http::Method;

use super::{BodyKind, FIGURES, OPERATOR, Query, Route, command, read};
use crate::Access;

/// The operations of `upvest-webhook`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Webhook {
    /// Receive a delivery.
    Receive,
    /// The deliveries that were refused last.
    ListRejections,
    /// What is counted of webhooks.
    Metrics,
    /// List the events in quarantine.
    ListQuarantine,
    /// Show an event with its text.
    InspectEvent,
    /// Apply an event in quarantine.
    RetryEvent,
    /// Leave an event in quarantine as it is.
    DismissEvent,
    /// Remove the text of events.
    PurgeEvents,
    /// List what did not come.
    ListGaps,
    /// List the broker's objects.
    ListObjects,
}

/// The routes of `upvest-webhook`.
pub const WEBHOOK: &[Route<Webhook>] = &[
    Route {
        operation: Webhook::Receive,
        method: Method::POST,
        path: "/v1/webhooks/upvest",
        summary: "Receive a signed delivery of the broker",
        access: Access::Signature,
        query: &[],
        body: BodyKind::Signed {
            max_len_variable: "upvest_max_body_bytes",
        },
        command: false,
        purpose: false,
    },
    read(
        Webhook::ListRejections,
        "/v1/webhooks/rejections",
        OPERATOR,
        &[],
        "The deliveries that were refused last, redacted",
    ),
    read(
        Webhook::Metrics,
        "/v1/webhooks/metrics",
        FIGURES,
        &[],
        "What is counted of webhooks, as Prometheus reads it",
    ),
    read(
        Webhook::ListQuarantine,
        "/v1/webhooks/quarantine",
        OPERATOR,
        &[Query::After, Query::Limit],
        "List the events that could not be applied",
    ),
    read(
        Webhook::InspectEvent,
        "/v1/webhooks/quarantine/{event}",
        OPERATOR,
        &[],
        "Show an event with its text",
    ),
    command(
        Webhook::RetryEvent,
        "/v1/webhooks/quarantine/{event}/retry",
        "Read an event again, and apply it",
    ),
    command(
        Webhook::DismissEvent,
        "/v1/webhooks/quarantine/{event}/dismissal",
        "Leave an event as it is, with a note",
    ),
    command(
        Webhook::PurgeEvents,
        "/v1/webhooks/purge",
        "Remove the text of events by age or by member",
    ),
    read(
        Webhook::ListGaps,
        "/v1/webhooks/gaps",
        OPERATOR,
        &[Query::AfterHours, Query::After, Query::Limit],
        "List what the broker should have sent and did not",
    ),
    read(
        Webhook::ListObjects,
        "/v1/webhooks/objects",
        OPERATOR,
        &[Query::Category, Query::After, Query::Limit],
        "List orders, withdrawals, accounts and how far they are",
    ),
];
