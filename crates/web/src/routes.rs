//! The table of operations, a list per component.

use http::Method;

use crate::{Access, Scope};

/// An operation and how it is reached.
#[derive(Clone, Debug)]
pub struct Route<O> {
    /// Which operation of the component.
    pub operation: O,
    /// The method.
    pub method: Method,
    /// The path; `{name}` stands for one segment.
    pub path: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// Who may use it.
    pub access: Access,
    /// The query parameters that it knows.
    pub query: &'static [Query],
    /// The body that it takes.
    pub body: BodyKind,
    /// Whether it needs an `Idempotency-Key`.
    pub command: bool,
}

/// A query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// `after`: where the page before ended.
    After,
    /// `limit`: the most items of a page.
    Limit,
    /// `from`: the first month.
    From,
    /// `to`: the last month.
    To,
    /// `period`: the month.
    Period,
}

impl Query {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Limit => "limit",
            Self::From => "from",
            Self::To => "to",
            Self::Period => "period",
        }
    }
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// None is read.
    None,
    /// A JSON document.
    Json {
        /// Its most octets.
        max_len: usize,
    },
    /// A JSON document, or JSON lines (`application/x-ndjson`).
    JsonOrLines {
        /// The most octets of a document.
        max_len: usize,
        /// The most octets of all lines.
        lines_len: usize,
    },
    /// Whatever was signed.
    Signed {
        /// The variable with its most octets.
        max_len_variable: &'static str,
    },
}

impl<O> Route<O> {
    /// The values of the path's parameters if `path` is of this route.
    pub(crate) fn parameters_of(&self, path: &str) -> Option<Vec<String>> {
        let (mut pattern, mut actual) = (self.path.split('/'), path.split('/'));
        let mut parameters = Vec::new();
        loop {
            match (pattern.next(), actual.next()) {
                (None, None) => return Some(parameters),
                (Some(p), Some(a)) if p.starts_with('{') && !a.is_empty() => {
                    parameters.push(a.to_owned());
                }
                (Some(p), Some(a)) if p == a => {}
                _ => return None,
            }
        }
    }
}

const ANYBODY: Access = Access::Token(&Scope::ALL);
const OPERATOR: Access = Access::Token(&[Scope::Operator]);
const MEMBER: Access = Access::Token(&[Scope::Member]);
const MEMBER_OR_OPERATOR: Access = Access::Token(&[Scope::Member, Scope::Operator]);
const FIGURES: Access = Access::Token(&[Scope::Operator, Scope::Analyst]);

/// The most octets of a command.
const COMMAND_LEN: usize = 16 * 1024;
/// The most octets of a pool in a body.
const POOL_LEN: usize = 2 * 1024 * 1024;
/// The most octets of a pool of 1,000,000 members by line.
const POOL_LINES_LEN: usize = 192 * 1024 * 1024;
/// The most octets of a life table.
const TABLE_LEN: usize = 96 * 1024;

const fn read<O>(
    operation: O,
    path: &'static str,
    access: Access,
    query: &'static [Query],
    summary: &'static str,
) -> Route<O> {
    Route {
        operation,
        method: Method::GET,
        path,
        summary,
        access,
        query,
        body: BodyKind::None,
        command: false,
    }
}

const fn command<O>(operation: O, path: &'static str, summary: &'static str) -> Route<O> {
    Route {
        operation,
        method: Method::POST,
        path,
        summary,
        access: OPERATOR,
        query: &[],
        body: BodyKind::Json {
            max_len: COMMAND_LEN,
        },
        command: true,
    }
}

/// The operations of `tontine-calc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tontine {
    /// Share a death pot.
    ShareCredits,
    /// State how fair a rule is.
    StateFairness,
    /// Compute what a member is paid.
    ComputePayouts,
    /// Simulate a pool.
    Forecast,
    /// List the life tables.
    ListTables,
    /// Read a life table.
    GetTable,
    /// Upload a life table.
    UploadTable,
}

/// A computation on a body that is too long for nothing but memory.
const fn compute(
    operation: Tontine,
    path: &'static str,
    body: BodyKind,
    summary: &'static str,
) -> Route<Tontine> {
    Route {
        operation,
        method: Method::POST,
        path,
        summary,
        access: ANYBODY,
        query: &[],
        body,
        command: false,
    }
}

/// A pool as a document or by line.
const POOL: BodyKind = BodyKind::JsonOrLines {
    max_len: POOL_LEN,
    lines_len: POOL_LINES_LEN,
};

/// The routes of `tontine-calc`.
pub const TONTINE: &[Route<Tontine>] = &[
    compute(
        Tontine::ShareCredits,
        "/v1/tontine/credits",
        POOL,
        "Share a death pot among the members of a pool",
    ),
    compute(
        Tontine::StateFairness,
        "/v1/tontine/fairness",
        POOL,
        "State how fair a sharing rule is to each member of a pool",
    ),
    compute(
        Tontine::ComputePayouts,
        "/v1/tontine/payouts",
        BodyKind::Json {
            max_len: COMMAND_LEN,
        },
        "Compute what a member is paid, year by year",
    ),
    compute(
        Tontine::Forecast,
        "/v1/tontine/forecasts",
        BodyKind::Json { max_len: POOL_LEN },
        "Simulate the income of a pool's members",
    ),
    read(
        Tontine::ListTables,
        "/v1/tontine/mortality-tables",
        ANYBODY,
        &[],
        "The life tables, shipped and uploaded",
    ),
    read(
        Tontine::GetTable,
        "/v1/tontine/mortality-tables/{table}",
        ANYBODY,
        &[],
        "Read a life table",
    ),
    Route {
        operation: Tontine::UploadTable,
        method: Method::POST,
        path: "/v1/tontine/mortality-tables",
        summary: "Upload a life table: it never changes under its id",
        access: OPERATOR,
        query: &[],
        body: BodyKind::Json { max_len: TABLE_LEN },
        command: true,
    },
];

/// The operations of `credit-accrual`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// Open a pool.
    OpenPool,
    /// Read a pool.
    GetPool,
    /// Enrol a member.
    EnrolMember,
    /// Report a death.
    ReportDeath,
    /// Settle a month.
    SettlePeriod,
    /// Read a settlement.
    GetSettlement,
}

/// The routes of `credit-accrual`.
pub const LEDGER: &[Route<Ledger>] = &[
    command(Ledger::OpenPool, "/v1/pools", "Open a pool"),
    read(
        Ledger::GetPool,
        "/v1/pools/{pool}",
        FIGURES,
        &[],
        "Read a pool and its rules",
    ),
    command(
        Ledger::EnrolMember,
        "/v1/pools/{pool}/members",
        "Enrol a user of the broker as a member",
    ),
    command(
        Ledger::ReportDeath,
        "/v1/pools/{pool}/deaths",
        "Report that a member died",
    ),
    command(
        Ledger::SettlePeriod,
        "/v1/pools/{pool}/settlements",
        "Settle a month: once, whoever asks how often",
    ),
    read(
        Ledger::GetSettlement,
        "/v1/pools/{pool}/settlements/{period}",
        FIGURES,
        &[],
        "Read the settlement of a month",
    ),
];

/// The operations of `upvest-webhook`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Webhook {
    /// Receive a delivery.
    Receive,
}

/// The routes of `upvest-webhook`.
pub const WEBHOOK: &[Route<Webhook>] = &[Route {
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
}];

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
