//! A settlement computed again.

use std::fmt::Display;

use ledger::settlement::{Draft, Fate, SettlementError, settle};
use mortality::Probability;
use uuid::Uuid;

use super::Open;
use super::open::same;
use crate::finding::{Fault, SettlementFinding};

impl Open {
    /// Computes the settlement from the standings of its lines, and compares.
    pub(super) fn recompute(&self) -> Result<(), Fault> {
        let (lines, carried_in) = (&self.lines, self.row.carried_in_cents);
        let at_seal = |what| self.at_seal(what);
        let draft = settle(
            &self.rules,
            &self.rates,
            self.term,
            &lines.standings,
            carried_in,
        )
        .map_err(|error| at_seal(self.refused(&error)))?;
        for index in 0..lines.len() {
            self.compare_line(&draft, index)
                .map_err(|what| self.at_line(index, what))?;
        }
        self.compare_sums(&draft).map_err(at_seal)
    }

    fn compare_line(&self, draft: &Draft, index: usize) -> Result<(), SettlementFinding> {
        let (line, stated) = (&draft.lines[index], &self.lines.stated[index]);
        // The places of the rates begin with 1.
        let q = (line.rate as usize)
            .checked_sub(1)
            .and_then(|at| draft.rates.get(at));
        let rate = |q: Option<Probability>| q.map_or_else(|| "none".to_owned(), |q| q.to_string());
        self.figure(index, "the fate", &fate(line.fate), &fate(stated.fate))?;
        if q.copied() != stated.q {
            self.figure(
                index,
                "the rate of dying",
                &rate(q.copied()),
                &rate(stated.q),
            )?;
        }
        self.figure(
            index,
            "the credit in cents",
            &line.credit.get(),
            &stated.credit.get(),
        )?;
        self.figure(
            index,
            "the estate's part in cents",
            &line.estate.get(),
            &stated.estate.get(),
        )
    }

    fn compare_sums(&self, draft: &Draft) -> Result<(), SettlementFinding> {
        let (id, row) = (self.link.settlement_id, &self.row);
        let outcome = |outcome: tontine::Outcome| format!("{outcome:?}");
        same(
            id,
            "outcome",
            &outcome(draft.outcome),
            &outcome(row.outcome),
        )?;
        same(
            id,
            "applied_rule",
            &draft.applied_rule,
            &row.applied_rule.as_str(),
        )?;
        same(id, "pot_cents", &draft.pot.get(), &row.pot_cents.get())?;
        same(
            id,
            "carried_out_cents",
            &draft.carried_out.get(),
            &row.carried_out_cents.get(),
        )?;
        same(id, "group_gain", &draft.group_gain, &row.group_gain)
    }

    /// Says that a figure of a line is not what it has to be.
    pub(super) fn figure<T: PartialEq + Display>(
        &self,
        index: usize,
        what: &'static str,
        expected: &T,
        found: &T,
    ) -> Result<(), SettlementFinding> {
        if expected == found {
            return Ok(());
        }
        Err(SettlementFinding::Line {
            settlement_id: self.link.settlement_id,
            member_id: self.lines.members[index],
            what,
            expected: expected.to_string(),
            found: found.to_string(),
        })
    }

    fn refused(&self, error: &SettlementError) -> SettlementFinding {
        let index = match error {
            SettlementError::AgeOutsideBasis { index } | SettlementError::Refused { index, .. } => {
                Some(*index)
            }
            SettlementError::Pool(_) | SettlementError::OutOfRange(_) => None,
        };
        let member = |index: usize| self.lines.members.get(index).copied();
        let member_id: Option<Uuid> = index.and_then(member);
        SettlementFinding::Refused {
            settlement_id: self.link.settlement_id,
            member_id,
            problem: error.to_string(),
        }
    }
}

const fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Survived => "survived",
        Fate::LeftToPool => "left_to_pool",
        Fate::LeftToEstate => "left_to_estate",
    }
}
