//! A life table of an operator's own, checked before it is used.

mod csv_form;
mod document;

use std::fmt;

use sha2::{Digest, Sha256};

use crate::closing::MAX_AGE;
use crate::rate::Rate;
use crate::{Closing, Probability, Sex};

pub use csv_form::MAX_CSV_BYTES;
pub use document::{RatesDocument, TableDocument, TableHead};

/// A checked table that is not shipped. It cannot be changed: its id is the
/// SHA-256 of its canonical form, so that another table has another id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedTable {
    head: TableHead,
    first_age: u32,
    rates: BySex,
    id: String,
}

/// The rates from the first age on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum BySex {
    Apart { female: Vec<Rate>, male: Vec<Rate> },
    Unisex(Vec<Rate>),
}

/// Where in an upload something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a document, by its JSON pointer (RFC 6901), such as `/qx/male/17`.
    Pointer(String),
    /// In a CSV file: the line, 1 for the header, and the column.
    Cell {
        /// From 1.
        line: u64,
        /// The name in the header.
        column: &'static str,
    },
}

/// `/qx/male/17`, or `line 18, column qx_male`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(pointer) => f.write_str(pointer),
            Self::Cell { line, column } => write!(f, "line {line}, column {column}"),
        }
    }
}

/// What is wrong with an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadProblem {
    /// A text is empty, longer than 200 characters or has control characters.
    #[error("must have 1 to 200 printable characters")]
    Text,
    /// The file is above [`MAX_CSV_BYTES`].
    #[error("the file is larger than 65536 bytes")]
    TooLarge,
    /// The file is not CSV in UTF-8, or a line has more or fewer cells.
    #[error("not a CSV file in UTF-8 with as many cells in each line as in the first")]
    NotCsv,
    /// The column is missing, twice there, or beside one that excludes it.
    #[error("the columns must be age and either qx, or qx_female and qx_male")]
    Columns,
    /// There must be `female` and `male` with as many rates, or `unisex` alone.
    #[error("must have female and male with as many rates, or unisex alone")]
    Sexes,
    /// There is no rate, or one beyond age 130.
    #[error("must have rates for at least one age and none above age 130")]
    Ages,
    /// An age does not follow the one before.
    #[error("is not the age that follows the one before")]
    Gap,
    /// Not a rate.
    #[error(
        "must be a decimal number from 0 to below 1 with at most 28 decimals; the last may be 1"
    )]
    Rate,
}

/// Why an upload is not a life table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct UploadError {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: UploadProblem,
}

impl UploadedTable {
    /// SHA-256 of [`Self::canonical`], in hex: the name by which a pool refers to
    /// the table.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the table is.
    #[must_use]
    pub const fn head(&self) -> &TableHead {
        &self.head
    }

    /// The first age that has a rate.
    #[must_use]
    pub const fn first_age(&self) -> u32 {
        self.first_age
    }

    /// The last age that has a rate.
    #[must_use]
    pub fn last_age(&self) -> u32 {
        let (BySex::Apart { male: rates, .. } | BySex::Unisex(rates)) = &self.rates;
        // At least one rate and none beyond age 130.
        self.first_age + u32::try_from(rates.len()).unwrap_or(1) - 1
    }

    /// The probability of dying within the year at the completed age `years`;
    /// `None` below the first age.
    #[must_use]
    pub fn yearly(&self, sex: Sex, years: u32, closing: Closing) -> Option<Probability> {
        (years >= self.first_age).then(|| self.rate(sex, years, closing).probability())
    }

    /// The same from the first age on, up to and including certainty.
    pub(crate) fn rate(&self, sex: Sex, years: u32, closing: Closing) -> Rate {
        let rates = match (&self.rates, sex) {
            (BySex::Apart { female, .. }, Sex::Female) => female,
            (BySex::Apart { male, .. }, Sex::Male) => male,
            (BySex::Unisex(unisex), _) => unisex,
        };
        closing.rate(years, self.last_age(), &|age| {
            let index = usize::try_from(age.saturating_sub(self.first_age)).unwrap_or(0);
            rates.get(index).copied().unwrap_or(Rate::CERTAIN)
        })
    }

    /// The table as JSON without spaces, fields in a fixed order, rates as the
    /// shortest decimal text. The same rates under the same head give the same
    /// bytes, however they were uploaded; a [`TableDocument`] reads it again.
    #[must_use]
    pub fn canonical(&self) -> String {
        document::canonical(self)
    }

    /// Rates and head, of which only the sizes are left to be checked.
    fn new(head: TableHead, first_age: u32, rates: BySex) -> Self {
        let mut table = Self {
            head,
            first_age,
            rates,
            id: String::new(),
        };
        let hash = Sha256::digest(table.canonical());
        table.id = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        table
    }
}

/// A rate as text; 1 only if it `is_last`.
fn rate(text: &str, is_last: bool) -> Option<Rate> {
    if let Ok(q) = text.parse::<Probability>() {
        return Some(q.into());
    }
    let one = text == "1" || text.strip_prefix("1.").is_some_and(is_zeros);
    (one && is_last).then_some(Rate::CERTAIN)
}

fn is_zeros(decimals: &str) -> bool {
    (1..=28).contains(&decimals.len()) && decimals.bytes().all(|b| b == b'0')
}

/// Whether as many rates as this from `first_age` on end by [`MAX_AGE`].
fn is_in_range(first_age: u32, rates: usize) -> bool {
    let end = u32::try_from(rates)
        .ok()
        .and_then(|n| first_age.checked_add(n));
    rates > 0 && end.is_some_and(|end| end <= MAX_AGE + 1)
}
