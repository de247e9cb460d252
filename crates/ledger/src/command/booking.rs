//! What an operator books.

use std::collections::BTreeMap;

use money::Cents;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use super::{IN_FUTURE, InvalidField, check_words, invalid};
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;

/// The most items of a batch.
pub const MAX_ITEMS: usize = 10_000;

/// Contributions or fees: all are booked, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BookItems {
    /// 1 to 10,000.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 10_000)))]
    pub items: Vec<Booking>,
}

/// An amount of one member's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Booking {
    /// Whose.
    pub member_id: Uuid,
    /// How much: above zero.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub amount_cents: Cents,
    /// The pool's currency.
    #[cfg_attr(feature = "schema", schemars(example = &"EUR"))]
    pub currency: String,
    /// The day from which it counts.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub effective_on: Date,
    /// References of the caller's own: at most 8 of at most 100 characters. No names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
}

impl BookItems {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if !(1..=MAX_ITEMS).contains(&self.items.len()) {
            return invalid("/items", "must have 1 to 10000 items");
        }
        for (i, item) in self.items.iter().enumerate() {
            let at = |field| format!("/items/{i}/{field}");
            if item.amount_cents <= Cents::ZERO {
                return invalid(at("amount_cents"), "must be above zero");
            }
            if item.effective_on > today {
                return invalid(at("effective_on"), IN_FUTURE);
            }
            if !is_currency(&item.currency) {
                return invalid(at("currency"), "must be a code of three capital letters");
            }
            let short = |text: &String| (1..=100).contains(&text.chars().count());
            let plain = |m: &BTreeMap<String, String>| {
                m.len() <= 8 && m.iter().all(|(key, value)| short(key) && short(value))
            };
            if !item.metadata.as_ref().is_none_or(plain) {
                return invalid(at("metadata"), "has at most 8 texts of 1 to 100 characters");
            }
        }
        Ok(())
    }
}

/// The form of ISO 4217.
pub(crate) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Take back a contribution or a fee that an operator booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReverseEntry {
    /// Which entry of the journal.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub entry_id: i64,
    /// The day from which it is taken back: not before the entry's.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub effective_on: Date,
    /// Why: 1 to 500 characters, no names.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 500)))]
    pub reason: String,
}

impl ReverseEntry {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if self.effective_on > today {
            return invalid("/effective_on", IN_FUTURE);
        }
        check_words(&self.reason, "/reason")
    }
}

/// Say what positions are worth, where the broker does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordValuations {
    /// 1 to 10,000.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 10_000)))]
    pub items: Vec<PositionValue>,
}

/// What a member's position was worth at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PositionValue {
    /// Whose.
    pub member_id: Uuid,
    /// The day.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub valued_on: Date,
    /// The security (ISO 6166).
    #[cfg_attr(feature = "schema", schemars(example = &"IE00B4L5Y983"))]
    pub isin: String,
    /// How many, in 10^−9.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub quantity_units: i64,
    /// What they were worth.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub value_cents: Cents,
}

impl RecordValuations {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if !(1..=MAX_ITEMS).contains(&self.items.len()) {
            return invalid("/items", "must have 1 to 10000 items");
        }
        for (i, item) in self.items.iter().enumerate() {
            let at = |field| format!("/items/{i}/{field}");
            let isin = item.isin.as_bytes();
            let letters = isin.len() == 12
                && isin[..2].iter().all(u8::is_ascii_uppercase)
                && isin[2..11]
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
                && isin[11].is_ascii_digit();
            if !letters {
                return invalid(at("isin"), "must be an ISIN");
            }
            if item.valued_on > today {
                return invalid(at("valued_on"), IN_FUTURE);
            }
            if item.quantity_units < 0 {
                return invalid(at("quantity_units"), "is negative");
            }
            if item.value_cents.is_negative() {
                return invalid(at("value_cents"), "is negative");
            }
        }
        Ok(())
    }
}
