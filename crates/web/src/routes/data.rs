//! The operations of `data-query`.

use super::member::{ENTRIES, MONTHS, MemberView, SENTENCES};
use super::{
    ANYBODY, AUDIT, AUDIT_OR_MEMBER, FIGURES, MEMBER, Query, Route, open, read, read_of_members,
};

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
    /// The contract.
    Contract,
    /// The page that shows the contract.
    Docs,
    /// What the page shows it with.
    DocsViewer,
    /// A part of the caller's own view.
    Mine(MemberView),
    /// The same part of a member's.
    OfMember(MemberView),
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
    read_of_members(
        Data::Member,
        "/v1/data/members/{member}",
        AUDIT_OR_MEMBER,
        &[],
        "A member's account",
    ),
    read_of_members(
        Data::MemberStatements,
        "/v1/data/members/{member}/statements",
        AUDIT_OR_MEMBER,
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
    read_of_members(
        Data::View,
        "/v1/data/{view}",
        ANYBODY,
        &[Query::Columns],
        "Query a view in the grammar of PostgREST",
    ),
    read_of_members(
        Data::PoolMembers,
        "/v1/data/pools/{pool}/members",
        AUDIT,
        &[Query::After, Query::Limit],
        "The members of a pool",
    ),
    read_of_members(
        Data::PoolStatements,
        "/v1/data/pools/{pool}/statements",
        AUDIT,
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
        AUDIT,
        &[],
        "How many webhook events are in which state",
    ),
    read(
        Data::Mine(MemberView::Year),
        "/v1/data/me/statements/{year}",
        MEMBER,
        &[],
        "The caller's own statement of a year",
    ),
    read(
        Data::Mine(MemberView::Credits),
        "/v1/data/me/credits",
        MEMBER,
        SENTENCES,
        "The caller's own longevity credits, explained in numbers and in words",
    ),
    read(
        Data::Mine(MemberView::Transactions),
        "/v1/data/me/transactions",
        MEMBER,
        ENTRIES,
        "The caller's own entries in the journal",
    ),
    read(
        Data::Mine(MemberView::Positions),
        "/v1/data/me/positions",
        MEMBER,
        &[],
        "The caller's own holdings with their values and how old these are",
    ),
    read(
        Data::Mine(MemberView::Performance),
        "/v1/data/me/performance",
        MEMBER,
        MONTHS,
        "The caller's own time-weighted and money-weighted returns",
    ),
    read(
        Data::Mine(MemberView::Forecast),
        "/v1/data/me/forecast",
        MEMBER,
        &[Query::Interest],
        "The caller's own expected income",
    ),
    read(
        Data::Mine(MemberView::Documents),
        "/v1/data/me/documents",
        MEMBER,
        &[],
        "The caller's own documents",
    ),
    read(
        Data::Mine(MemberView::Document),
        "/v1/data/me/documents/{year}",
        MEMBER,
        &[Query::Language],
        "The caller's own yearly statement as a PDF",
    ),
    read(
        Data::Mine(MemberView::Export),
        "/v1/data/me/export",
        MEMBER,
        &[],
        "The caller's own data, all that is held (Art. 15 and 20 GDPR)",
    ),
    read_of_members(
        Data::OfMember(MemberView::Year),
        "/v1/data/members/{member}/statements/{year}",
        AUDIT_OR_MEMBER,
        &[],
        "A member's statement of a year",
    ),
    read_of_members(
        Data::OfMember(MemberView::Credits),
        "/v1/data/members/{member}/credits",
        AUDIT_OR_MEMBER,
        SENTENCES,
        "A member's longevity credits, explained in numbers and in words",
    ),
    read_of_members(
        Data::OfMember(MemberView::Transactions),
        "/v1/data/members/{member}/transactions",
        AUDIT_OR_MEMBER,
        ENTRIES,
        "A member's entries in the journal",
    ),
    read_of_members(
        Data::OfMember(MemberView::Positions),
        "/v1/data/members/{member}/positions",
        AUDIT_OR_MEMBER,
        &[],
        "A member's holdings with their values and how old these are",
    ),
    read_of_members(
        Data::OfMember(MemberView::Performance),
        "/v1/data/members/{member}/performance",
        AUDIT_OR_MEMBER,
        MONTHS,
        "A member's time-weighted and money-weighted returns",
    ),
    read_of_members(
        Data::OfMember(MemberView::Forecast),
        "/v1/data/members/{member}/forecast",
        AUDIT_OR_MEMBER,
        &[Query::Interest],
        "A member's expected income",
    ),
    read_of_members(
        Data::OfMember(MemberView::Documents),
        "/v1/data/members/{member}/documents",
        AUDIT_OR_MEMBER,
        &[],
        "A member's documents",
    ),
    read_of_members(
        Data::OfMember(MemberView::Document),
        "/v1/data/members/{member}/documents/{year}",
        AUDIT_OR_MEMBER,
        &[Query::Language],
        "A member's yearly statement as a PDF",
    ),
    read_of_members(
        Data::OfMember(MemberView::Export),
        "/v1/data/members/{member}/export",
        AUDIT_OR_MEMBER,
        &[],
        "A member's data, all that is held (Art. 15 and 20 GDPR)",
    ),
];
