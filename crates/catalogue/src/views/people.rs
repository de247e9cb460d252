//! Pools and their members.

use crate::Kind::{Boolean, Date, Integer, Json, Month, Text, Time, Uuid};
use crate::{Column, Moments, Rows, View};

/// The members.
pub(super) const MEMBERS: View = View {
    name: "members",
    meaning: "A member of a pool.",
    rows: Rows::OfMembers,
    key: &["member_id"],
    within: None,
    moments: Moments::Now,
    columns: &[
        Column::new("member_id", Uuid, "The member.").pseudonym(),
        Column::new("pool_id", Uuid, "The member's pool."),
        Column::new("upvest_user_id", Uuid, "The member at the broker.").personal(),
        Column::new("sex", Text, "`female` or `male`: the life table's.").member(),
        Column::new("birth_date", Date, "The day of birth.")
            .personal()
            .nullable(),
        Column::new("birth_year", Integer, "The year of birth.")
            .member()
            .nullable(),
        Column::new("enrolled_on", Date, "The first day of the membership.").month_only(),
        Column::new(
            "state",
            Text,
            "`active`, `closed`, `death_reported` or `deceased`.",
        )
        .member()
        .by_cases(),
        Column::new("died_on", Date, "The day of death, if one was reported.")
            .month_only()
            .nullable(),
        Column::new(
            "closed_on",
            Date,
            "The last day of a membership that has ended.",
        )
        .month_only()
        .nullable(),
        Column::new(
            "cash_cents",
            Integer,
            "What is owed to the member in euro, today.",
        )
        .cents()
        .member(),
    ],
};

/// The pools.
pub(super) const POOLS: View = View {
    name: "pools",
    meaning: "A pool with the rules by which it settles next.",
    rows: Rows::OfPools,
    key: &["pool_id"],
    within: None,
    moments: Moments::Now,
    columns: &[
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("name", Text, "What people call it."),
        Column::new(
            "currency",
            Text,
            "The currency of cash, credits and statements.",
        ),
        Column::new(
            "first_period",
            Month,
            "The month with which the first period begins.",
        ),
        Column::new(
            "next_period",
            Month,
            "The month with which the period begins that is settled next.",
        ),
        Column::new(
            "resettlement",
            Boolean,
            "Whether that period was settled before, and its deaths have changed.",
        ),
        Column::new("members", Integer, "How many members were ever enrolled.").figure(),
        Column::new(
            "active_members",
            Integer,
            "How many of them are enrolled and have no death reported.",
        )
        .figure(),
        Column::new(
            "rules_version",
            Integer,
            "The number of the rules of that period, from 1.",
        ),
        Column::new("rules", Json, "Those rules."),
    ],
};

/// The deaths.
pub(super) const DEATHS: View = View {
    name: "deaths",
    meaning: "A report of a death.",
    rows: Rows::OfMembers,
    key: &["death_id"],
    within: None,
    moments: Moments::Now,
    columns: &[
        Column::new("death_id", Uuid, "The report.").pseudonym(),
        Column::new("pool_id", Uuid, "The pool."),
        Column::new("member_id", Uuid, "Who died.").pseudonym(),
        Column::new("died_on", Date, "The day of death.").month_only(),
        Column::new("month", Month, "The month of death.").member(),
        Column::new("state", Text, "`reported`, `confirmed` or `withdrawn`.").member(),
        Column::new("reported_at", Time, "When it was reported.")
            .member()
            .not_for_analysts(),
        Column::new("confirmed_at", Time, "When it was confirmed.")
            .member()
            .not_for_analysts()
            .nullable(),
        Column::new("withdrawn_at", Time, "When it was withdrawn.")
            .member()
            .not_for_analysts()
            .nullable(),
        Column::new("withdrawn_because", Text, "Why it was withdrawn.")
            .internal()
            .nullable(),
    ],
};
