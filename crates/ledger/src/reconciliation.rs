//! What the broker says it holds, compared with the journal.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which statement of the broker's the journal is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Source {
    /// The cash of the member's account groups (`CASH_BALANCE.UPDATED`).
    CashBalance,
    /// A security in the member's accounts (`POSITION.UPDATED`).
    Position,
    /// A security in the newest valuations of the member's accounts
    /// (`ACCOUNT_VALUATION.CREATED`). What a valuation does not list is zero.
    AccountValuation,
}

/// Why the broker probably holds something else. The first that fits is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Cause {
    /// The broker never said what it holds, or not for every account of the
    /// member.
    NoSnapshot,
    /// Transactions of the member's accounts in this asset arrived and are not in
    /// the journal yet.
    TransactionsWait,
    /// A transaction in the journal was made after the broker said what it holds:
    /// the next snapshot will probably agree.
    SnapshotIsOlder,
    /// A transaction that names one of the member's accounts was not understood
    /// and is in quarantine.
    EventInQuarantine,
    /// The broker holds what it should, but the member is owed another amount:
    /// longevity credits, forfeitures and operators' entries are only in the books
    /// until the money is transferred.
    NotTransferred,
    /// None of these: somebody must look.
    Unknown,
}

/// A member's asset of which the broker holds something else than it should by
/// the journal, or than the member is owed.
///
/// Amounts are in minor units: cents of euro, 10^−9 of a security.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// Whose.
    pub member_id: Uuid,
    /// `EUR` or an ISIN.
    pub asset_id: String,
    /// What the member is owed by the journal, the balance of the account.
    pub ledger_minor: i64,
    /// What the broker should hold by the journal: the sum of all that the
    /// broker's own transactions moved. After a death this includes what now
    /// belongs to the pool or the estate.
    pub expected_minor: i64,
    /// What the broker says it holds, absent if it never said so. Of more than
    /// 9·10^18 it is that.
    pub broker_minor: Option<i64>,
    /// What the broker holds beyond the expected: `broker_minor` −
    /// `expected_minor`.
    pub difference_minor: Option<i64>,
    /// Where the broker says so.
    pub against: Source,
    /// From when that is, an RFC 3339 time: the oldest, if several accounts are
    /// summed; of a valuation at the latest the end of its day. Absent if the
    /// broker never said anything or gave no time.
    pub broker_as_of: Option<String>,
    /// The likely cause.
    pub cause: Cause,
}
