//! The operations of `upvest-webhook`.

use http::Method;

use super::{BodyKind, FIGURES, OPERATOR, Route, read};
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
];
