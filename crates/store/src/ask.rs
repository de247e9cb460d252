//! Questions to the views of the catalogue.

use serde::Deserialize;

use crate::{API_SCHEMA, Database, DatabaseError, Parameter};

/// A question: one page of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who asks, with the limits: a JSON object, see the SQL function `ask`.
    pub caller: &'a str,
    /// The statement that gives the page.
    pub text: &'a str,
    /// Its values, a JSON array of texts.
    pub values: &'a str,
    /// The statement whose rows are counted.
    pub count_text: &'a str,
    /// `exact`, `estimated`, or empty.
    pub counted: &'a str,
    /// What a cursor holds for.
    pub frame: &'a str,
    /// The place after which the page begins, and its seal; empty if nobody from outside
    /// brought it.
    pub place: (&'a str, &'a str),
}

/// A page of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its rows, in the form that was asked for.
    pub text: String,
    /// The rest.
    pub facts: PageFacts,
}

/// What is known of a page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PageFacts {
    /// How many rows it has.
    pub rows: u64,
    /// The place of its last row if more rows follow: a JSON array of texts and nulls.
    pub next: Option<String>,
    /// The seal of that place in the question's frame.
    pub seal: Option<String>,
    /// How many rows the question is about, if they were counted.
    pub count: Option<u64>,
}

/// Asks.
///
/// # Errors
/// See [`DatabaseError`]; refused with `cursor-refused`, `too-many-queries` or
/// `query-too-costly`.
pub fn ask(database: &dyn Database, question: &Question<'_>) -> Result<Page, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.ask($1, $2, $3, $4, $5, $6, $7, $8)");
    let parameters = [
        question.caller,
        question.text,
        question.values,
        question.count_text,
        question.counted,
        question.frame,
        question.place.0,
        question.place.1,
    ]
    .map(Parameter::Text);
    let rows = database.texts(&statement, &parameters)?;
    let [facts, text] = <[String; 2]>::try_from(rows)
        .map_err(|_| DatabaseError::Failed("an answer has two rows".to_owned()))?;
    let facts = serde_json::from_slice(facts.as_bytes())
        .map_err(|error| DatabaseError::Failed(format!("a row is not as expected: {error}")))?;
    Ok(Page { text, facts })
}
