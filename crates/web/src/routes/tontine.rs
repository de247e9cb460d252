//! The operations of `tontine-calc`.

use http::Method;

use super::{ANYBODY, BodyKind, COMMAND_LEN, OPERATOR, Route, read};

/// The most octets of a pool in a body.
const POOL_LEN: usize = 2 * 1024 * 1024;
/// The most octets of a pool of 1,000,000 members by line.
const POOL_LINES_LEN: usize = 192 * 1024 * 1024;
/// The most octets of a life table.
const TABLE_LEN: usize = 96 * 1024;

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
        purpose: false,
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
        purpose: false,
    },
];
