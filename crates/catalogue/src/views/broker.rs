//! What is at the broker.

use crate::Kind::{Date, Integer, Text, Time, Uuid};
use crate::{Column, Moments, Rows, View};

/// The orders.
pub(super) const ORDERS: View = View {
    name: "orders",
    meaning: "An order of securities, as the broker last told of it.",
    rows: Rows::OfMembers,
    key: &["order_id"],
    within: None,
    moments: Moments::Now,
    columns: &[
        Column::new("order_id", Uuid, "The order.").pseudonym(),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("member_id", Uuid, "For whom.").pseudonym(),
        Column::new("state", Text, "The broker's state of it, such as `FILLED`.").member(),
        Column::new("state_since", Time, "Since when, by the broker's clock.").member(),
        Column::new("instrument", Text, "The ISIN.")
            .member()
            .nullable(),
        Column::new("side", Text, "`BUY` or `SELL`.")
            .member()
            .nullable(),
        Column::new(
            "amount",
            Text,
            "The amount of money, as the broker wrote it.",
        )
        .member()
        .nullable(),
        Column::new("quantity", Text, "The quantity, as the broker wrote it.")
            .member()
            .nullable(),
        Column::new("upvest_account_id", Uuid, "The account at the broker.")
            .personal()
            .nullable(),
    ],
};

/// The positions.
pub(super) const POSITIONS: View = View {
    name: "positions",
    meaning: "Securities of a member: today, on a day, as known at a time.",
    rows: Rows::OfMembers,
    key: &["member_id", "asset_id"],
    within: None,
    moments: Moments::Computed,
    columns: &[
        Column::new("member_id", Uuid, "The member.").pseudonym(),
        Column::new("asset_id", Text, "The ISIN."),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new(
            "quantity_minor",
            Integer,
            "How much the journal says the member holds.",
        )
        .unit("10^-9 of a security")
        .member(),
        Column::new(
            "value_cents",
            Integer,
            "What the last valuation said that it was worth.",
        )
        .cents()
        .member()
        .nullable(),
        Column::new("valued_on", Date, "The day of that valuation.").nullable(),
    ],
};

/// The valuations.
pub(super) const VALUATIONS: View = View {
    name: "valuations",
    meaning: "What a position was worth at the end of a day, by the broker or by an operator.",
    rows: Rows::OfMembers,
    key: &["valuation_id"],
    within: None,
    moments: Moments::Now,
    columns: &[
        Column::new("valuation_id", Uuid, "The valuation of the position.").pseudonym(),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("member_id", Uuid, "The member.").pseudonym(),
        Column::new("asset_id", Text, "The ISIN."),
        Column::new("valued_on", Date, "The day."),
        Column::new(
            "valued_by",
            Text,
            "`broker` or `operator`: whose it is; an operator's counts before the broker's.",
        ),
        Column::new("quantity_minor", Integer, "How much.")
            .unit("10^-9 of a security")
            .member(),
        Column::new("value_cents", Integer, "What it was worth.")
            .cents()
            .member(),
        Column::new("recorded_at", Time, "When it was recorded."),
    ],
};
