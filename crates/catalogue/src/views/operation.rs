//! How the operation runs.

use crate::Kind::{Integer, Text, Time, Uuid};
use crate::{Column, Moments, Rows, View};

/// The broker's events.
pub(super) const WEBHOOK_EVENTS: View = View {
    name: "webhook_events",
    meaning: "An event of the broker, without its text.",
    rows: Rows::OfOperation,
    key: &["event_id"],
    within: None,
    moments: Moments::Now,
    columns: &[
        Column::new("event_id", Uuid, "The event."),
        Column::new("event_type", Text, "The broker's type of it."),
        Column::new(
            "state",
            Text,
            "`applied`, `stored`, `quarantined` or `dismissed`.",
        ),
        Column::new("reason", Text, "Why it is in quarantine.").nullable(),
        Column::new(
            "created_at",
            Time,
            "When it was made, by the broker's clock.",
        )
        .nullable(),
        Column::new("received_at", Time, "When it arrived."),
        Column::new(
            "applied_at",
            Time,
            "When it took effect: on its arrival, or when it was applied later.",
        )
        .nullable(),
        Column::new("retries", Integer, "How often it was read again."),
        Column::new("key_id", Text, "The key that signed its delivery."),
        Column::new("dismissed_at", Time, "When it was dismissed.").nullable(),
        Column::new("dismissed_by", Text, "Who dismissed it.").nullable(),
        Column::new("dismissed_because", Text, "Why.").nullable(),
        Column::new("purged_at", Time, "When its text was removed.").nullable(),
    ],
};

/// The differences to the broker.
pub(super) const RECONCILIATION: View = View {
    name: "reconciliation",
    meaning: "A difference between the journal and what the broker last reported.",
    rows: Rows::OfOperation,
    key: &["member_id", "asset_id", "against"],
    within: None,
    moments: Moments::Now,
    columns: &[
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("member_id", Uuid, "The member.").member(),
        Column::new("asset_id", Text, "`EUR`, or an ISIN."),
        Column::new(
            "against",
            Text,
            "`cash_balance`, `position` or `account_valuation`: what the broker said it with.",
        ),
        Column::new("ledger_minor", Integer, "The balance by the journal.")
            .unit("cents, or 10^-9 of a security")
            .member(),
        Column::new(
            "expected_minor",
            Integer,
            "Of it, what should be at the broker.",
        )
        .unit("cents, or 10^-9 of a security")
        .member(),
        Column::new("broker_minor", Integer, "What the broker says.")
            .unit("cents, or 10^-9 of a security")
            .member()
            .nullable(),
        Column::new(
            "difference_minor",
            Integer,
            "The broker's less the expected.",
        )
        .unit("cents, or 10^-9 of a security")
        .member()
        .nullable(),
        Column::new("broker_as_of", Time, "When the broker said so.").nullable(),
        Column::new("cause", Text, "The likely cause.").member(),
    ],
};
