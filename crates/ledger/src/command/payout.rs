//! Payouts: requested, then confirmed or voided.

use money::Cents;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use super::booking::is_currency;
use super::{IN_FUTURE, InvalidField, check_words, invalid};
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;

/// Pay out to a member or an estate. The money is set aside at once and waits for the
/// broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestPayout {
    /// Whose account.
    pub member_id: Uuid,
    /// Which account.
    pub account: PayoutAccount,
    /// How much: above zero, at most what is there.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub amount_cents: Cents,
    /// The pool's currency.
    #[cfg_attr(feature = "schema", schemars(example = &"EUR"))]
    pub currency: String,
    /// The day from which it has left the account.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub requested_on: Date,
}

/// The account that a payout comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PayoutAccount {
    /// The member's.
    Member,
    /// That of the estate, for the beneficiaries.
    Estate,
}

impl RequestPayout {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if self.amount_cents <= Cents::ZERO {
            return invalid("/amount_cents", "must be above zero");
        }
        if !is_currency(&self.currency) {
            return invalid("/currency", "must be a code of three capital letters");
        }
        if self.requested_on > today {
            return invalid("/requested_on", IN_FUTURE);
        }
        Ok(())
    }
}

/// The broker paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfirmPayout {
    /// The value date.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub paid_on: Date,
    /// The broker's cash transaction, whether its event has arrived or not: it is
    /// booked once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upvest_transaction_id: Option<Uuid>,
}

impl ConfirmPayout {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if self.paid_on > today {
            return invalid("/paid_on", IN_FUTURE);
        }
        Ok(())
    }
}

/// The payout does not happen: the money goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VoidPayout {
    /// Why: 1 to 500 characters, no names.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 500)))]
    pub reason: String,
}

impl VoidPayout {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self) -> Result<(), InvalidField> {
        check_words(&self.reason, "/reason")
    }
}
