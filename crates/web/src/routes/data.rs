//! The operations of `data-query`.

use super::{FIGURES, MEMBER, MEMBER_OR_OPERATOR, OPERATOR, Query, Route, open, read};

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
    /// All pools.
    Pools,
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
    /// The contract.
    Contract,
    /// The page that shows the contract.
    Docs,
    /// What the page shows it with.
    DocsViewer,
}

/// The routes of `data-query`.
pub const DATA: &[Route<Data>] = &[
    open(
        Data::Contract,
        "/v1/openapi.json",
        "The contract, as this document",
    ),
    open(Data::Docs, "/v1/docs", "The page that shows the contract"),
    open(
        Data::DocsViewer,
        "/v1/docs/viewer.js",
        "What the page shows it with",
    ),
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
        Data::Pools,
        "/v1/data/pools",
        FIGURES,
        &[Query::After, Query::Limit],
        "All pools",
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
