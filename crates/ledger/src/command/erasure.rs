//! Erasing a member.

use serde::{Deserialize, Serialize};

use super::{InvalidField, invalid};

/// Remove who a member was; the books stay under the pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EraseMember {
    /// For how many years after the year of the last booking the books are kept, 6 to 100:
    /// 10 if absent (section 147 (3) AO, section 257 (4) HGB).
    #[serde(default = "ten_years")]
    #[cfg_attr(feature = "schema", schemars(range(min = 6, max = 100)))]
    pub retention_years: u32,
}

const fn ten_years() -> u32 {
    10
}

impl EraseMember {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn validate(self) -> Result<(), InvalidField> {
        if (6..=100).contains(&self.retention_years) {
            Ok(())
        } else {
            invalid("/retention_years", "must be 6 to 100")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_are_kept_for_six_years_at_least() {
        for (years, valid) in [(0, false), (5, false), (6, true), (100, true), (101, false)] {
            let command = EraseMember {
                retention_years: years,
            };
            assert_eq!(command.validate().is_ok(), valid, "{years}");
        }
    }
}
