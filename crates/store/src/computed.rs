//! A computed settlement on its way to the database.

use std::fmt::Write as _;

use ledger::settlement::{Draft, Fate, Roll};
use money::Cents;
use serde::Serialize;

use crate::commands::json;
use crate::{DatabaseError, Parameter};

/// A computed settlement in the form in which the database takes it: a document of the
/// sharing, and arrays with an element for each candidate.
#[derive(Clone, Debug)]
pub struct Computed {
    sharing: String,
    ages: String,
    rates: String,
    fates: String,
    credits: String,
    estates: String,
}

#[derive(Serialize)]
struct SharingRow<'a> {
    outcome: tontine::Outcome,
    applied_rule: &'a str,
    engine_sha256: &'a str,
    carried_in_cents: Cents,
    pot_cents: Cents,
    carried_out_cents: Cents,
    group_gain: &'a str,
    rates: &'a [mortality::Probability],
}

impl Computed {
    /// The lines of `draft`, which was computed from `roll` by the engine with this
    /// digest.
    ///
    /// # Errors
    /// [`DatabaseError::Failed`] if it has no JSON form.
    pub fn new(draft: &Draft, roll: &Roll, engine_sha256: &str) -> Result<Self, DatabaseError> {
        let sharing = json(&SharingRow {
            outcome: draft.outcome,
            applied_rule: draft.applied_rule,
            engine_sha256,
            carried_in_cents: draft.carried_in,
            pot_cents: draft.pot,
            carried_out_cents: draft.carried_out,
            group_gain: &draft.group_gain,
            rates: &draft.rates,
        })?;
        let lines = || {
            let mut lines = draft.lines.iter().zip(roll.standings());
            let mut skipped = roll.skipped().iter().copied().peekable();
            (0..roll.members()).map(move |ordinal| {
                if skipped.next_if_eq(&ordinal).is_some() {
                    None
                } else {
                    lines.next()
                }
            })
        };
        let age = |standing: &ledger::settlement::Standing| {
            let age = standing.age?;
            Some(age.years() * 12 + u32::from(age.months()))
        };
        Ok(Self {
            sharing,
            ages: array(
                lines().map(|line| line.and_then(|(_, standing)| age(standing)).map(i64::from)),
            ),
            rates: array(lines().map(|line| line.map(|(line, _)| i64::from(line.rate)))),
            fates: array(lines().map(|line| {
                Some(line.map_or(3, |(line, _)| match line.fate {
                    Fate::Survived => 0,
                    Fate::LeftToPool => 1,
                    Fate::LeftToEstate => 2,
                }))
            })),
            credits: array(lines().map(|line| line.map(|(line, _)| line.credit.get()))),
            estates: array(lines().map(|line| line.map(|(line, _)| line.estate.get()))),
        })
    }

    pub(crate) fn parameters(&self) -> [Parameter<'_>; 6] {
        [
            &self.sharing,
            &self.ages,
            &self.rates,
            &self.fates,
            &self.credits,
            &self.estates,
        ]
        .map(|text| Parameter::Text(text))
    }
}

/// An array in PostgreSQL's text form.
fn array(elements: impl Iterator<Item = Option<i64>>) -> String {
    let mut text = String::from("{");
    for element in elements {
        if text.len() > 1 {
            text.push(',');
        }
        // Writing to a string does not fail.
        let _ = match element {
            Some(number) => write!(text, "{number}"),
            None => write!(text, "null"),
        };
    }
    text.push('}');
    text
}
