//! The form of an uploaded table in JSON.

use serde::{Deserialize, Serialize};

use super::{BySex, Place, UploadError, UploadProblem, UploadedTable, is_in_range, rate};
use crate::Probability;
use crate::rate::Rate;

/// What a table is: four texts of 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableHead {
    /// What people call it.
    pub name: String,
    /// Who published it.
    pub source: String,
    /// Under which licence it is used.
    pub licence: String,
    /// The years of observation.
    pub period: String,
}

/// A table as an operator writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableDocument {
    /// What people call it.
    pub name: String,
    /// Who published it.
    pub source: String,
    /// Under which licence it is used.
    pub licence: String,
    /// The years of observation.
    pub period: String,
    /// The age of the first rates.
    pub first_age: u32,
    /// The rates by age from `first_age` on.
    pub qx: RatesDocument,
}

/// Yearly rates by sex, or of all lives: decimal text from `"0"` to below `"1"`
/// with at most 28 decimals; the last one may be `"1"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RatesDocument {
    /// Of women.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub female: Option<Vec<String>>,
    /// Of men.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub male: Option<Vec<String>>,
    /// Of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unisex: Option<Vec<String>>,
}

fn at(pointer: impl Into<String>, problem: UploadProblem) -> UploadError {
    UploadError {
        place: Place::Pointer(pointer.into()),
        problem,
    }
}

impl TableHead {
    /// Whether every text has 1 to 200 printable characters.
    pub(super) fn check(&self) -> Result<(), UploadError> {
        for (pointer, text) in [
            ("/name", &self.name),
            ("/source", &self.source),
            ("/licence", &self.licence),
            ("/period", &self.period),
        ] {
            // A character has at most four bytes.
            let printable = text.len() <= 800 && !text.contains(char::is_control);
            if !printable || !(1..=200).contains(&text.chars().count()) {
                return Err(at(pointer, UploadProblem::Text));
            }
        }
        Ok(())
    }
}

impl UploadedTable {
    /// The table of a document.
    ///
    /// # Errors
    /// The first thing that is wrong, by its JSON pointer.
    pub fn from_document(document: TableDocument) -> Result<Self, UploadError> {
        let head = TableHead {
            name: document.name,
            source: document.source,
            licence: document.licence,
            period: document.period,
        };
        head.check()?;
        let first_age = document.first_age;
        let column = |name, rates: &[String]| column(name, first_age, rates);
        let qx = document.qx;
        let rates = match (qx.female, qx.male, qx.unisex) {
            (Some(female), Some(male), None) if female.len() == male.len() => BySex::Apart {
                female: column("female", &female)?,
                male: column("male", &male)?,
            },
            (None, None, Some(unisex)) => BySex::Unisex(column("unisex", &unisex)?),
            _ => return Err(at("/qx", UploadProblem::Sexes)),
        };
        Ok(Self::new(head, first_age, rates))
    }
}

fn column(name: &str, first_age: u32, rates: &[String]) -> Result<Vec<Rate>, UploadError> {
    if !is_in_range(first_age, rates.len()) {
        return Err(at(format!("/qx/{name}"), UploadProblem::Ages));
    }
    let last = rates.len() - 1;
    let checked = rates.iter().enumerate().map(|(i, text)| {
        rate(text, i == last).ok_or_else(|| at(format!("/qx/{name}/{i}"), UploadProblem::Rate))
    });
    checked.collect()
}

/// See [`UploadedTable::canonical`].
pub(super) fn canonical(table: &UploadedTable) -> String {
    let texts = |rates: &Vec<Rate>| Some(rates.iter().map(text).collect());
    let (female, male, unisex) = match &table.rates {
        BySex::Apart { female, male } => (texts(female), texts(male), None),
        BySex::Unisex(rates) => (None, None, texts(rates)),
    };
    let TableHead {
        name,
        source,
        licence,
        period,
    } = table.head.clone();
    let document = TableDocument {
        name,
        source,
        licence,
        period,
        first_age: table.first_age,
        qx: RatesDocument {
            female,
            male,
            unisex,
        },
    };
    serde_json::to_string(&document).expect("texts and a number are JSON")
}

fn text(rate: &Rate) -> String {
    if *rate == Rate::CERTAIN {
        "1".to_owned()
    } else {
        Probability::to_string(&rate.probability())
    }
}
