//! Commands: what an operator may ask of the ledger.
//!
//! Each is checked in two steps: its shape when it is read, its sense by
//! `validate`. What needs the database, such as whether a pool exists, is checked
//! by the statement that carries it out.

use mortality::{Closing, FractionalAge, Sex, Table};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::Month;
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;

/// A field that makes no sense, by its JSON pointer (RFC 6901).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct InvalidField {
    /// Where in the body.
    pub pointer: &'static str,
    /// What is wrong.
    pub detail: &'static str,
}

const fn invalid(pointer: &'static str, detail: &'static str) -> Result<(), InvalidField> {
    Err(InvalidField { pointer, detail })
}

/// How a pool shares what its dead leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SharingRule {
    /// Nominal gain with group gain: see [`tontine::nominal_gain`].
    NominalGain,
}

impl From<SharingRule> for tontine::Rule {
    fn from(rule: SharingRule) -> Self {
        match rule {
            SharingRule::NominalGain => Self::NominalGain,
        }
    }
}

/// The rules of a pool, versioned: a settlement records the version it used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PoolRules {
    /// The id of a life table.
    #[cfg_attr(feature = "schema", schemars(example = "destatis-2022-2024"))]
    pub mortality_table: String,
    /// What holds beyond the table's last age.
    pub closing: Closing,
    /// The assumption for the months of a year of age.
    pub fractional_age: FractionalAge,
    /// How a death pot is shared.
    pub sharing_rule: SharingRule,
}

/// Open a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenPool {
    /// What people call it: 1 to 100 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 100)))]
    pub name: String,
    /// The currency of cash, credits and statements.
    pub currency: Currency,
    /// The first month that is settled.
    pub first_period: Month,
    /// The rules from the first month on.
    pub rules: PoolRules,
}

/// The currencies that a pool can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Currency {
    /// Euro.
    #[serde(rename = "EUR")]
    Eur,
}

impl OpenPool {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let length = self.name.chars().count();
        if !(1..=100).contains(&length) || self.name.contains(char::is_control) {
            return invalid("/name", "must have 1 to 100 printable characters");
        }
        if Table::by_id(&self.rules.mortality_table).is_err() {
            return invalid("/rules/mortality_table", "is not the id of a life table");
        }
        Ok(())
    }
}

/// Enrol a user of the broker as a member of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnrolMember {
    /// The id of the user at Upvest.
    pub upvest_user_id: Uuid,
    /// The sex by which the life table is read.
    pub sex: Sex,
    /// The date of birth; if absent, the broker's is used once it is known.
    #[serde(with = "crate::calendar::option", default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<CalendarDate>"))]
    pub birth_date: Option<Date>,
    /// From when. Who joins within a month shares from the next.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub enrolled_on: Date,
}

impl EnrolMember {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self) -> Result<(), InvalidField> {
        match self.birth_date {
            Some(birth_date) if birth_date >= self.enrolled_on => {
                invalid("/birth_date", "must be before the enrolment")
            }
            _ => Ok(()),
        }
    }
}

/// Report that a member died.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportDeath {
    /// Who.
    pub member_id: Uuid,
    /// When.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub died_on: Date,
}

impl ReportDeath {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if self.died_on > today {
            return invalid("/died_on", "is in the future");
        }
        Ok(())
    }
}

/// Settle a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettlePeriod {
    /// The month after the last one that was settled. It must be over.
    pub period: Month,
}

impl SettlePeriod {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if self.period.last_day() >= today {
            return invalid("/period", "is not over");
        }
        Ok(())
    }
}
