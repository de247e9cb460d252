//! Members: enrolled, closed, and to whom their estates go.

use mortality::Sex;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use super::{IN_FUTURE, InvalidField, invalid};
#[cfg(feature = "schema")]
use crate::calendar::CalendarDate;

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
    /// From when. Who joins within a period shares from the next.
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

/// End a membership. The account is empty before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CloseMember {
    /// The last day. Who leaves within a period does not share in it.
    #[serde(with = "crate::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub closed_on: Date,
}

impl CloseMember {
    /// Whether it makes sense on the day `today`.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self, today: Date) -> Result<(), InvalidField> {
        if self.closed_on > today {
            return invalid("/closed_on", IN_FUTURE);
        }
        Ok(())
    }
}

/// Name those to whom a member's estate goes, all of them anew; none is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetBeneficiaries {
    /// At most 20; their shares sum to 1,000,000.
    #[cfg_attr(feature = "schema", schemars(length(max = 20)))]
    pub beneficiaries: Vec<Beneficiary>,
}

/// Who gets a part of an estate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Beneficiary {
    /// A pseudonym, 1 to 64 of the characters A–Z, a–z, 0–9, `-`, `_`: names are
    /// kept elsewhere.
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = 1, max = 64), example = "b-4711")
    )]
    pub reference: String,
    /// The share, in millionths.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000_000)))]
    pub share_ppm: u32,
}

impl SetBeneficiaries {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(&self) -> Result<(), InvalidField> {
        if self.beneficiaries.len() > 20 {
            return invalid("/beneficiaries", "must be at most 20");
        }
        let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        for (i, beneficiary) in self.beneficiaries.iter().enumerate() {
            let at = |field| format!("/beneficiaries/{i}/{field}");
            let reference = beneficiary.reference.as_bytes();
            if !(1..=64).contains(&reference.len()) || !reference.iter().copied().all(plain) {
                return invalid(at("reference"), "must be a pseudonym of 1 to 64 characters");
            }
            if beneficiary.share_ppm == 0 {
                return invalid(at("share_ppm"), "must be above zero");
            }
        }
        let sum: u64 = self
            .beneficiaries
            .iter()
            .map(|b| u64::from(b.share_ppm))
            .sum();
        if !self.beneficiaries.is_empty() && sum != 1_000_000 {
            return invalid("/beneficiaries", "the shares must sum to 1000000");
        }
        Ok(())
    }
}
