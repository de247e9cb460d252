//! Settlements and credits.

use crate::Kind::{Boolean, Date, Integer, Month, Ratio, Text, Time, Uuid};
use crate::{Column, Moments, Rows, View, Within};

/// In force until replaced.
const SETTLED: Moments = Moments::Columns {
    effective: "last_day",
    recorded: "recorded_at",
    replaced: Some("replaced_at"),
};

/// The lines of settlements.
pub(super) const CREDITS: View = View {
    name: "credits",
    meaning: "A member's line of a settlement: what was at risk, and what was credited.",
    rows: Rows::OfMembers,
    key: &["settlement_id", "member_id"],
    within: Some(Within {
        view: "settlements",
        columns: &[
            "settlement_id",
            "pool_id",
            "period",
            "last_day",
            "revision",
            "current",
            "recorded_at",
            "replaced_at",
        ],
    }),
    moments: SETTLED,
    columns: &[
        Column::new("member_id", Uuid, "The member.").pseudonym(),
        Column::new("settlement_id", Uuid, "The settlement."),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("period", Month, "The month with which the period begins."),
        Column::new("last_day", Date, "The last day of the period."),
        Column::new(
            "revision",
            Integer,
            "Which settlement of the period, from 1.",
        ),
        Column::new(
            "current",
            Boolean,
            "Whether no later settlement replaced it.",
        ),
        Column::new(
            "fate",
            Text,
            "`survived`, `left_to_pool` or `left_to_estate`.",
        )
        .member(),
        Column::new("sex", Text, "`female` or `male`: the life table's.")
            .member()
            .nullable(),
        Column::new(
            "age_months",
            Integer,
            "The age at the period's beginning, in whole months.",
        )
        .unit("months")
        .member()
        .nullable(),
        Column::new("cash_cents", Integer, "Of what was held, the cash.")
            .cents()
            .member()
            .nullable(),
        Column::new(
            "securities_cents",
            Integer,
            "Of what was held, the securities.",
        )
        .cents()
        .member()
        .nullable(),
        Column::new("at_risk_cents", Integer, "What was at risk.")
            .cents()
            .member(),
        Column::new("q", Ratio, "The probability of dying in the period.")
            .member()
            .nullable(),
        Column::new("credit_cents", Integer, "What was credited.")
            .cents()
            .member(),
        Column::new(
            "estate_cents",
            Integer,
            "What of a dead member's balance went to the estate unshared.",
        )
        .cents()
        .member(),
        Column::new(
            "leaf_index",
            Integer,
            "The place of the line in the settlement's tree.",
        )
        .not_for_analysts()
        .nullable(),
        Column::new("recorded_at", Time, "When the settlement was recorded."),
        Column::new("replaced_at", Time, "When a later settlement replaced it.").nullable(),
    ],
};

/// The settlements.
pub(super) const SETTLEMENTS: View = View {
    name: "settlements",
    meaning: "A settlement of a pool's period.",
    rows: Rows::OfPools,
    key: &["settlement_id"],
    within: None,
    moments: SETTLED,
    columns: &[
        Column::new("settlement_id", Uuid, "The settlement."),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("period", Month, "The month with which the period begins."),
        Column::new("last_day", Date, "The last day of the period."),
        Column::new(
            "revision",
            Integer,
            "Which settlement of the period, from 1.",
        ),
        Column::new(
            "current",
            Boolean,
            "Whether no later settlement replaced it.",
        ),
        Column::new(
            "rules_version",
            Integer,
            "The version of the rules that it used.",
        ),
        Column::new(
            "outcome",
            Text,
            "Whether the pot was shared, or why it was carried.",
        ),
        Column::new(
            "applied_rule",
            Text,
            "The rule that shared it, if another than the one that was asked for.",
        )
        .nullable(),
        Column::new("members_at_risk", Integer, "How many members were at risk.").figure(),
        Column::new("deaths", Integer, "How many of them died.").figure(),
        Column::new(
            "carried_in_cents",
            Integer,
            "What the period before had left.",
        )
        .cents()
        .figure(),
        Column::new("pot_cents", Integer, "What was to be shared.")
            .cents()
            .figure(),
        Column::new("credits_cents", Integer, "What was credited.")
            .cents()
            .figure(),
        Column::new(
            "carried_out_cents",
            Integer,
            "What was left for the next period.",
        )
        .cents()
        .figure(),
        Column::new(
            "group_gain",
            Ratio,
            "The pot over what the survivors expected to leave.",
        )
        .figure(),
        Column::new("seal_number", Integer, "Its place in the pool's chain.").nullable(),
        Column::new("head", Text, "The digest of its seal.").nullable(),
        Column::new("recorded_at", Time, "When it was recorded."),
        Column::new("replaced_at", Time, "When a later settlement replaced it.").nullable(),
        Column::new("recorded_by", Text, "Who asked for it.").internal(),
    ],
};
