//! The texts of entries and postings.

use std::fmt;

use ledger::{EntryKind, calendar};
use serde::Deserialize;
use serde::de::IgnoredAny;
use time::Date;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "all fields are there, not all are used")]
pub(crate) struct EntryBody {
    pub actor: String,
    #[serde(with = "calendar")]
    pub effective_on: Date,
    pub entry_id: i64,
    pub kind: EntryKind,
    metadata: Option<IgnoredAny>,
    reason: Option<String>,
    pub recorded_at: String,
    pub reverses: Option<i64>,
    pub settlement_id: Option<Uuid>,
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostingBody {
    pub account: AccountKind,
    pub amount_minor: i64,
    pub asset_id: String,
    pub balance_after_minor: i64,
    pub entry_id: i64,
    pub member_id: Option<Uuid>,
}

/// The kinds of accounts, in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountKind {
    Broker,
    Estate,
    Fee,
    Member,
    Payout,
    Pool,
    Pot,
}

impl AccountKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Estate => "estate",
            Self::Fee => "fee",
            Self::Member => "member",
            Self::Payout => "payout",
            Self::Pool => "pool",
            Self::Pot => "pot",
        }
    }
}

/// An account of the pool. They are ordered by kind, member (nobody comes last) and
/// asset: so are the postings of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account<'a> {
    pub kind: AccountKind,
    of_nobody: bool,
    pub member: Option<Uuid>,
    pub asset: &'a str,
}

impl<'a> Account<'a> {
    pub const fn new(kind: AccountKind, member: Option<Uuid>, asset: &'a str) -> Self {
        let of_nobody = member.is_none();
        Self {
            kind,
            of_nobody,
            member,
            asset,
        }
    }

    /// Whether there can be such an account: those of persons have one, and those of
    /// the pool none, but for what it took over from a member.
    pub const fn is_possible(&self) -> bool {
        match self.kind {
            AccountKind::Member | AccountKind::Estate | AccountKind::Payout => !self.of_nobody,
            AccountKind::Pool => true,
            AccountKind::Broker | AccountKind::Fee | AccountKind::Pot => self.of_nobody,
        }
    }
}

/// `member 00000000-0000-4000-8000-000000000001 EUR`, or `pot EUR`.
impl fmt::Display for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.member {
            Some(member) => write!(f, "{} {member} {}", self.kind.name(), self.asset),
            None => write!(f, "{} {}", self.kind.name(), self.asset),
        }
    }
}
