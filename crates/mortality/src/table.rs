//! Period life tables with their provenance.

use serde::{Deserialize, Serialize};

use crate::rate::Rate;
use crate::{Closing, Probability};

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

/// A life table: yearly probabilities of dying by completed age, and where they
/// come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name by which a pool refers to it, such as `destatis-2022-2024`.
    pub id: &'static str,
    /// The years of observation.
    pub period: &'static str,
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

/// The tables that are shipped. NOTICE at the root repeats the attribution.
const TABLES: [Table; 5] = [
    Table {
        id: "destatis-2020-2022",
        period: "2020/2022",
        source: DESTATIS,
        licence: DL_DE_BY,
        sha256: "2ac807f513d1e41d968a6ef5f76baaade13d2fc6611c36835b53385f5e5ad3fa",
        male: &rates::DESTATIS_2020_2022_MALE,
        female: &rates::DESTATIS_2020_2022_FEMALE,
    },
    Table {
        id: "destatis-2022-2024",
        period: "2022/2024",
        source: DESTATIS,
        licence: DL_DE_BY,
        sha256: "3669fe01dab21ed64bd0e02d879f2c7d2349c0f5d419c9fde4f1438a94d8445b",
        male: &rates::DESTATIS_2022_2024_MALE,
        female: &rates::DESTATIS_2022_2024_FEMALE,
    },
    Table {
        id: "destatis-2023-2025",
        period: "2023/2025",
        source: DESTATIS,
        licence: DL_DE_BY,
        sha256: "f4270f6fc6562d88a2ace0325a7d954e5bd39d3faa8bf7548ee802f4f3e35b0d",
        male: &rates::DESTATIS_2023_2025_MALE,
        female: &rates::DESTATIS_2023_2025_FEMALE,
    },
    Table {
        id: "ssa-2022",
        period: "2022",
        source: "US Social Security Administration, period life table 2022, \
                 as used in the 2025 Trustees Report",
        licence: PUBLIC_DOMAIN,
        sha256: "a99cb37ee217fa88e0537af8a787b69d757936b40a0a0cb0ea3d895e7958f687",
        male: &rates::SSA_2022_MALE,
        female: &rates::SSA_2022_FEMALE,
    },
    Table {
        id: "ssa-2023",
        period: "2023",
        source: "US Social Security Administration, period life table 2023, \
                 as used in the 2026 Trustees Report",
        licence: PUBLIC_DOMAIN,
        sha256: "171e207bafafca9fa6e0648503348e523c8aba68518520c25a7e12d40065ef45",
        male: &rates::SSA_2023_MALE,
        female: &rates::SSA_2023_FEMALE,
    },
];

const DESTATIS: &str = "Statistisches Bundesamt (Destatis), GENESIS-Online, Tabelle 12621-0001; \
                        Datenlizenz by-2-0; eigene Darstellung";
const DL_DE_BY: &str =
    "Datenlizenz Deutschland – Namensnennung – Version 2.0 (www.govdata.de/dl-de/by-2-0)";
const PUBLIC_DOMAIN: &str = "US government work, public domain";

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
        self.rate(sex, years, closing).probability()
    }

    /// The same, up to and including certainty.
    pub(crate) fn rate(&self, sex: Sex, years: u32, closing: Closing) -> Rate {
        let rates = match sex {
            Sex::Female => self.female,
            Sex::Male => self.male,
        };
        // 101 or 120 ages, and `closing` asks for none beyond.
        let last_age = u32::try_from(self.last_age()).unwrap_or(u32::MAX);
        closing.rate(years, last_age, &|age| {
            let index = usize::try_from(age).unwrap_or(usize::MAX);
            Rate::from_eight_decimals(rates[index.min(self.last_age())])
        })
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

    /// Values of GENESIS-Online 12621-0001, and of the period life tables of the
    /// Trustees Reports of 2025 and 2026.
    #[test]
    fn published_rates_of_every_table() {
        for (id, last_age, male_65, female_last) in [
            ("destatis-2020-2022", 100, "0.01594929", "0.37813937"),
            ("destatis-2022-2024", 100, "0.01543007", "0.37225504"),
            ("destatis-2023-2025", 100, "0.01495119", "0.36883051"),
            ("ssa-2022", 119, "0.017897", "0.999999999"),
            ("ssa-2023", 119, "0.016455", "0.926604"),
        ] {
            let table = Table::by_id(id).expect("shipped");
            assert_eq!(table.last_age(), last_age, "{id}");
            let q = |sex, age| table.yearly(sex, age, Closing::LastRate).to_string();
            assert_eq!(q(Sex::Male, 65), male_65, "{id}");
            assert_eq!(q(Sex::Female, 125), female_last, "{id}");
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
