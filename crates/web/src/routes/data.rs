//! The operations of `data-query`.

use super::{ANYBODY, FIGURES, MEMBER, MEMBER_OR_OPERATOR, OPERATOR, Query, Route, read};

/// The operations of `data-query`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// The caller's own account.
    Me,
    /// The caller's own statements.
    MyStatements,
    /// A member's account.
    Member,
    /// A member's statements.
    MemberStatements,
    /// What can be read.
    Catalogue,
    /// The rows of a view.
    View,
    /// The members of a pool.
    PoolMembers,
    /// The statements of a pool's members for a month.
    PoolStatements,
    /// The settlements of a pool.
    PoolSettlements,
    /// The sums of a pool's journal.
    TrialBalance,
    /// How many webhook events are in which state.
    EventCounts,
}

/// The routes of `data-query`.
pub const DATA: &[Route<Data>] = &[
    read(
        Data::Me,
        "/v1/data/me",
        MEMBER,
        &[],
        "The caller's own account",
    ),
    read(
        Data::MyStatements,
        "/v1/data/me/statements",
        MEMBER,
        &[Query::From, Query::To],
        "The caller's own monthly statements",
    ),
    read(
        Data::Member,
        "/v1/data/members/{member}",
        MEMBER_OR_OPERATOR,
        &[],
        "A member's account",
    ),
    read(
        Data::MemberStatements,
        "/v1/data/members/{member}/statements",
        MEMBER_OR_OPERATOR,
        &[Query::From, Query::To],
        "A member's monthly statements",
    ),
    read(
        Data::Catalogue,
        "/v1/data",
        ANYBODY,
        &[],
        "The views that the caller sees, with the columns of each",
    ),
    read(
        Data::View,
        "/v1/data/{view}",
        ANYBODY,
        &[Query::Columns],
        "Query a view in the grammar of PostgREST",
    ),
    read(
        Data::PoolMembers,
        "/v1/data/pools/{pool}/members",
        OPERATOR,
        &[Query::After, Query::Limit],
        "The members of a pool",
    ),
    read(
        Data::PoolStatements,
        "/v1/data/pools/{pool}/statements",
        OPERATOR,
        &[Query::Period, Query::After, Query::Limit],
        "The statements of a pool's members for a month",
    ),
    read(
        Data::PoolSettlements,
        "/v1/data/pools/{pool}/settlements",
        FIGURES,
        &[],
        "The settlements of a pool, the newest first",
    ),
    read(
        Data::TrialBalance,
        "/v1/data/pools/{pool}/trial-balance",
        FIGURES,
        &[],
        "The sums of a pool's journal by asset",
    ),
    read(
        Data::EventCounts,
        "/v1/data/webhook-events/counts",
        OPERATOR,
        &[],
        "How many webhook events are in which state",
    ),
];
