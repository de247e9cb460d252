//! A line of a settlement with what it was computed from, as it is sealed.

use money::Cents;
use mortality::{ExactAge, Probability, Sex};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fate, Standing};

/// A leaf of a settlement's Merkle tree. Its text is JSON with the fields in this
/// order and no spaces (RFC 8785); no name, no date of birth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Leaf {
    /// Completed months of age on the period's first day; absent for who was not at
    /// risk.
    pub age_months: Option<u32>,
    /// Cash at the period's end.
    pub cash_cents: Cents,
    /// The longevity credit; of who died, the estate's.
    pub credit_cents: Cents,
    /// What of a dead member's balance went to the estate unshared.
    pub estate_cents: Cents,
    /// What the period did to the member.
    pub fate: Fate,
    /// Who, a pseudonym.
    pub member_id: Uuid,
    /// The probability of dying in the period.
    pub q: Option<Probability>,
    /// The value of the securities at the period's end.
    pub securities_cents: Cents,
    /// The sex by which the basis is read.
    pub sex: Sex,
}

/// The text is not a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a line of a settlement")]
pub struct MalformedLeaf;

impl Leaf {
    /// What the line was computed from.
    ///
    /// # Errors
    /// [`MalformedLeaf`] if there is no such age.
    pub fn standing(&self) -> Result<Standing, MalformedLeaf> {
        let age = self.age_months.map(|months| {
            let part = u8::try_from(months % 12).unwrap_or(0);
            ExactAge::new(months / 12, part).map_err(|_| MalformedLeaf)
        });
        Ok(Standing {
            sex: self.sex,
            age: age.transpose()?,
            died: self.fate != Fate::Survived,
            cash: self.cash_cents,
            securities: self.securities_cents,
        })
    }
}
