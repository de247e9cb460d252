//! Commands: what an operator may ask of the ledger.
//!
//! Each is checked in two steps: its shape when it is read, its sense by
//! `validate`. What needs the database, such as whether a pool exists, is checked
//! by the statement that carries it out.

mod booking;
mod death;
mod erasure;
mod event;
mod member;
mod payout;
mod pool;
mod settlement;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use booking::{BookItems, Booking, MAX_ITEMS, PositionValue, RecordValuations, ReverseEntry};
pub use death::{ReportDeath, WithdrawDeath};
pub use erasure::EraseMember;
pub use event::{DismissEvent, PurgeEvents};
pub use member::{Beneficiary, CloseMember, EnrolMember, SetBeneficiaries};
pub use payout::{ConfirmPayout, PayoutAccount, RequestPayout, VoidPayout};
pub use pool::{Currency, OpenPool, PoolRules, SetRules};
pub use settlement::SettlePeriod;

/// A field that makes no sense, by its JSON pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct InvalidField {
    /// Where in the body.
    pub pointer: Cow<'static, str>,
    /// What is wrong.
    pub detail: &'static str,
}

/// What is wrong with a day that has not come yet.
pub(crate) const IN_FUTURE: &str = "is in the future";

impl InvalidField {
    /// Whether the field is a day that has not come yet.
    #[must_use]
    pub fn is_in_future(&self) -> bool {
        self.detail == IN_FUTURE
    }
}

pub(crate) fn invalid(
    pointer: impl Into<Cow<'static, str>>,
    detail: &'static str,
) -> Result<(), InvalidField> {
    let pointer = pointer.into();
    Err(InvalidField { pointer, detail })
}

/// An empty body, `{}`: the path says it all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Nothing {}

/// Words of a person: 1 to 500 printable characters.
pub(crate) fn check_words(words: &str, pointer: &'static str) -> Result<(), InvalidField> {
    let length = words.chars().count();
    if !(1..=500).contains(&length) || words.contains(char::is_control) {
        return invalid(pointer, "must have 1 to 500 printable characters");
    }
    Ok(())
}
