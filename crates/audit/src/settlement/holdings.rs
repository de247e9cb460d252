//! What the members of a settlement held by the journal.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Open;
use crate::chain::Chain;
use crate::journal::{AccountKind, EUR, Journal};

/// What the members of a settlement held on the last day of its period.
pub(crate) struct Holdings<'a> {
    /// Cents, in the order of the lines.
    pub cash: Vec<i128>,
    /// The securities of those who died, by line and asset.
    pub securities: BTreeMap<(usize, &'a str), i128>,
}

/// Nobody's account.
const NOBODY: usize = usize::MAX;

impl Open {
    /// Sums up the journal as it was when the settlement was computed: the entries that
    /// it seals and those that were sealed before, as far as they count in the period.
    ///
    /// What the settlements moved that this one takes the place of does not count; and
    /// what was booked since then for their dead, on accounts of the pool and of estates,
    /// is the members' again.
    pub(super) fn holdings<'a>(&self, journal: &'a Journal, chain: &Chain) -> Holdings<'a> {
        let links = chain.links();
        let replaced: Vec<Uuid> = self
            .replaced
            .iter()
            .map(|at| links[*at].settlement_id)
            .collect();
        // The sums: one for the cash of each line, then those of securities.
        let mut sums = vec![0_i128; self.lines.len()];
        let mut securities = BTreeMap::new();
        let mut slot = |account: crate::journal::Account<'a>| {
            let counts = match account.kind {
                AccountKind::Member => true,
                AccountKind::Pool | AccountKind::Estate => !replaced.is_empty(),
                _ => false,
            };
            let member = account.member.filter(|_| counts)?;
            let line = self.lines.members.binary_search(&member).ok()?;
            if account.asset == EUR {
                return Some(line);
            }
            let next = self.lines.len() + securities.len();
            Some(*securities.entry((line, account.asset)).or_insert(next))
        };
        let slots: Vec<usize> = journal
            .book
            .accounts()
            .map(|account| slot(account).unwrap_or(NOBODY))
            .collect();
        sums.resize(self.lines.len() + securities.len(), 0);

        for index in 0..journal.after(self.link.journal_to) {
            let entry = &journal.entries()[index];
            let undone = entry.settlement.is_some_and(|id| replaced.contains(&id));
            if undone || entry.effective_on > self.link.last_day {
                continue;
            }
            for posting in journal.postings(index) {
                if let Some(sum) = sums.get_mut(slots[posting.account as usize]) {
                    *sum += i128::from(posting.minor);
                }
            }
        }
        let securities = securities
            .into_iter()
            .map(|(key, slot)| (key, sums[slot]))
            .collect();
        sums.truncate(self.lines.len());
        Holdings {
            cash: sums,
            securities,
        }
    }
}
