//! Period life tables with their provenance.

use serde::{Deserialize, Serialize};

use crate::Probability;

mod rates {
    include!(concat!(env!("OUT_DIR"), "/rates.rs"));
}

/// The sex by which a table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// What holds beyond a table's last age. Always passed, never a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Closing {
    /// The rate of the last age holds for every age above it.
    LastRate,
}

/// A life table: yearly probabilities of dying by completed age, and where they
/// come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name by which a pool refers to it, such as `destatis-2022-2024`.
    pub id: &'static str,
    /// Who published it.
    pub source: &'static str,
    /// Under which licence it is passed on.
    pub licence: &'static str,
    /// SHA-256 of the data file in `crates/mortality/tables`, in hex.
    pub sha256: &'static str,
    /// Yearly rates by age from 0, in 10^−8.
    male: &'static [u32],
    /// Yearly rates by age from 0, in 10^−8.
    female: &'static [u32],
}

/// No table of this name is shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such life table")]
pub struct UnknownTable;

/// The tables that are shipped.
const TABLES: [Table; 1] = [Table {
    id: "destatis-2022-2024",
    source: "Statistisches Bundesamt (Destatis), GENESIS-Online, Tabelle 12621-0001, \
             Sterbetafel 2022/2024; eigene Darstellung",
    licence: "Datenlizenz Deutschland – Namensnennung – Version 2.0 (www.govdata.de/dl-de/by-2-0)",
    sha256: "3669fe01dab21ed64bd0e02d879f2c7d2349c0f5d419c9fde4f1438a94d8445b",
    male: &rates::DESTATIS_2022_2024_MALE,
    female: &rates::DESTATIS_2022_2024_FEMALE,
}];

impl Table {
    /// The table named `id`.
    ///
    /// # Errors
    /// [`UnknownTable`].
    pub fn by_id(id: &str) -> Result<&'static Self, UnknownTable> {
        TABLES
            .iter()
            .find(|table| table.id == id)
            .ok_or(UnknownTable)
    }

    /// All tables that are shipped.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        TABLES.iter()
    }

    /// The last age that the table has a rate for.
    #[must_use]
    pub const fn last_age(&self) -> usize {
        self.male.len() - 1
    }

    /// The probability of dying within the year at the completed age `years`.
    #[must_use]
    pub fn yearly(&self, sex: Sex, years: u32, closing: Closing) -> Probability {
        let rates = match sex {
            Sex::Female => self.female,
            Sex::Male => self.male,
        };
        let Closing::LastRate = closing;
        let age = usize::try_from(years).map_or(self.last_age(), |age| age.min(self.last_age()));
        Probability::from_ratio(u128::from(rates[age]), 100_000_000)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_data_file_is_the_one_that_was_checked() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tables");
        for table in Table::all() {
            let file = std::fs::read(format!("{root}/{}.csv", table.id)).expect("readable");
            let hex: String = Sha256::digest(file)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            assert_eq!(hex, table.sha256, "{}", table.id);
            assert_eq!(table.male.len(), table.female.len(), "{}", table.id);
        }
    }

    /// Values of GENESIS-Online 12621-0001, period 2022/2024.
    #[test]
    fn published_rates() {
        let table = Table::by_id("destatis-2022-2024").expect("shipped");
        for (sex, age, expected) in [
            (Sex::Male, 65, "0.01543007"),
            (Sex::Female, 65, "0.00829459"),
            (Sex::Male, 84, "0.08951281"),
            (Sex::Female, 90, "0.14687996"),
            (Sex::Female, 100, "0.37225504"),
            (Sex::Female, 107, "0.37225504"),
        ] {
            let q = table.yearly(sex, age, Closing::LastRate);
            assert_eq!(q.to_string(), expected, "{sex:?} {age}");
        }
        assert_eq!(table.last_age(), 100);
        assert_eq!(Table::by_id("hmd"), Err(UnknownTable));
    }
}
