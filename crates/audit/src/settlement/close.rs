//! A settlement whose lines are all there.

use super::Open;
use super::open::same;
use crate::chain::Chain;
use crate::finding::{Fault, Finding, SettlementFinding};
use crate::journal::Journal;

impl Open {
    /// Verifies the settlement, and makes it a link of the chain.
    pub fn close(self, journal: &Journal, chain: &mut Chain) -> Result<(), Fault> {
        self.require_tree().map_err(|what| self.at_seal(what))?;
        self.recompute()?;
        let held = self.holdings(journal, chain);
        for (index, cash) in held.cash.iter().enumerate() {
            let found = i128::from(self.lines.standings[index].cash.get());
            self.figure(index, "the cash in cents by the journal", cash, &found)
                .map_err(|what| self.at_line(index, what))?;
        }
        self.require_own(journal)?;
        self.require_forfeitures(journal, &held)?;
        self.require_credits(journal)?;
        let Self {
            link,
            engine,
            replaced,
            lines,
            ..
        } = self;
        chain.push(
            link,
            engine,
            &replaced,
            lines.dead(0..lines.len()).map(|at| lines.members[at]),
        );
        Ok(())
    }

    /// The lines are those of the seal.
    fn require_tree(&self) -> Result<(), SettlementFinding> {
        let id = self.link.settlement_id;
        same(
            id,
            "lines.leaves",
            &(self.lines.len() as u64),
            &self.sealed.leaves,
        )?;
        same(id, "lines.root", &self.lines.root(), &self.sealed.root)?;
        let tiles: String = self.lines.tiles().iter().map(ToString::to_string).collect();
        if tiles == self.tiles {
            return Ok(());
        }
        let what = "tiles";
        same(
            id,
            what,
            &format!("{} octets of roots", tiles.len() / 2),
            &self.tiles,
        )
    }

    /// A fault of the settlement as a whole.
    pub(super) fn at_seal(&self, what: impl Into<Finding>) -> Fault {
        Fault::new(self.link.line, what)
    }

    /// A fault of the line at `index`: the lines follow the settlement.
    pub(super) fn at_line(&self, index: usize, what: impl Into<Finding>) -> Fault {
        Fault::new(self.link.line + 1 + index as u64, what)
    }
}
