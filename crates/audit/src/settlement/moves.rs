//! What a settlement moved in the journal.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Range;

use ledger::settlement::Fate;

use super::Open;
use super::holdings::Holdings;
use super::open::same;
use crate::chain::{Chain, Link};
use crate::finding::{Fault, Finding, JournalFinding, SettlementFinding};
use crate::journal::{Account, AccountKind, EUR, Journal, Source};

/// The lines of one entry.
const PART: usize = 1_000;

/// An account and how much it gains.
type Moved<'a> = (Account<'a>, i128);

impl Open {
    /// Compares the entries of the credits with the lines: each credit on the account of
    /// the member or the estate, and the sum from the pot.
    pub(super) fn require_credits(&self, journal: &Journal) -> Result<(), Fault> {
        for (part, lines) in self.parts() {
            let credits = |kind: AccountKind, survived: bool| {
                let members = self.lines.members[lines.clone()].iter();
                members
                    .zip(&self.lines.stated[lines.clone()])
                    .filter(move |(_, line)| (line.fate == Fate::Survived) == survived)
                    .filter(|(_, line)| line.credit.get() > 0)
                    .map(move |(member, line)| {
                        let amount = i128::from(line.credit.get());
                        (Account::new(kind, Some(*member), EUR), amount)
                    })
            };
            let stated = self.lines.stated[lines.clone()].iter();
            let sum: i128 = stated.map(|line| line.credit).sum();
            let pot = (sum > 0).then(|| (Account::new(AccountKind::Pot, None, EUR), -sum));
            // In the order of the accounts: estates, members, the pot.
            let expected = credits(AccountKind::Estate, false)
                .chain(credits(AccountKind::Member, true))
                .chain(pot);
            self.require_entry(journal, Source::Credit(part), "credit", expected)?;
        }
        Ok(())
    }

    /// The thousands of lines, each with its number.
    fn parts(&self) -> impl Iterator<Item = (u32, Range<usize>)> + use<> {
        let len = self.lines.len();
        (0..)
            .zip((0..len).step_by(PART))
            .map(move |(part, from)| (part, from..len.min(from + PART)))
    }

    /// Compares the entries of the forfeitures with the lines and with what the dead held:
    /// the pool or the estate takes it all over, and for what was at stake the pool pays
    /// the pot, and the estate for what was not.
    pub(super) fn require_forfeitures(
        &self,
        journal: &Journal,
        held: &Holdings<'_>,
    ) -> Result<(), Fault> {
        for (part, lines) in self.parts() {
            self.require_forfeited(journal, held, part, &lines)?;
        }
        Ok(())
    }

    fn require_forfeited(
        &self,
        journal: &Journal,
        held: &Holdings<'_>,
        part: u32,
        lines: &Range<usize>,
    ) -> Result<(), Fault> {
        let mut moved: BTreeMap<Account<'_>, i128> = BTreeMap::new();
        let mut add = |kind, member, asset, amount| {
            *moved.entry(Account::new(kind, member, asset)).or_default() += amount;
        };
        for index in self.lines.dead(lines.clone()) {
            let member = Some(self.lines.members[index]);
            let to_pool = self.lines.stated[index].fate == Fate::LeftToPool;
            let holder = if to_pool {
                AccountKind::Pool
            } else {
                AccountKind::Estate
            };
            let of_member = (index, "")..(index + 1, "");
            let securities = held.securities.range(of_member);
            let cash = (EUR, held.cash[index]);
            for (asset, amount) in securities
                .map(|((_, asset), sum)| (*asset, *sum))
                .chain([cash])
            {
                add(AccountKind::Member, member, asset, -amount);
                add(holder, member, asset, amount);
            }
            if to_pool {
                let stake = i128::from(self.lines.standings[index].balance().get());
                let estate = i128::from(self.lines.stated[index].estate.get());
                add(AccountKind::Pool, member, EUR, -stake);
                add(AccountKind::Estate, member, EUR, estate);
                add(AccountKind::Pot, None, EUR, stake - estate);
            }
        }
        let expected = moved.into_iter().filter(|(_, amount)| *amount != 0);
        self.require_entry(journal, Source::Forfeiture(part), "forfeiture", expected)
    }

    fn require_entry<'a>(
        &self,
        journal: &Journal,
        source: Source,
        part: &'static str,
        expected: impl Iterator<Item = Moved<'a>>,
    ) -> Result<(), Fault> {
        let settlement_id = self.link.settlement_id;
        let mut expected = expected.peekable();
        let of_settlement = journal.of_settlement(settlement_id).iter().copied();
        let entries = journal.entries();
        let Some(index) = of_settlement
            .clone()
            .find(|at| entries[*at].source == source)
        else {
            return match expected.peek() {
                Some(_) => Err(self.at_seal(SettlementFinding::NoEntry {
                    settlement_id,
                    part,
                })),
                None => Ok(()),
            };
        };
        let entry = &entries[index];
        let at_entry = |what: Finding| Fault::new(journal.line(index), what);
        if entry.effective_on != self.link.last_day {
            let day = JournalFinding::Day {
                entry: entry.id,
                expected: self.link.last_day,
                found: entry.effective_on,
            };
            return Err(at_entry(day.into()));
        }
        let posted = journal.postings(index).iter().map(|posting| {
            (
                journal.book.account(posting.account),
                i128::from(posting.minor),
            )
        });
        match first_difference(expected, posted.peekable()) {
            None => Ok(()),
            Some((account, expected, found)) => {
                let posting = SettlementFinding::Posting {
                    settlement_id,
                    part,
                    entry: entry.id,
                    account: account.to_string(),
                    expected,
                    found,
                };
                Err(at_entry(posting.into()))
            }
        }
    }

    /// The entries of the settlement were recorded with it, by the same.
    pub(super) fn require_own(&self, journal: &Journal) -> Result<(), Fault> {
        let settlement_id = self.link.settlement_id;
        for index in journal.of_settlement(settlement_id).iter().copied() {
            let entry = &journal.entries()[index];
            match entry.source {
                Source::Credit(part) | Source::Forfeiture(part) => {
                    require_recorded(journal, index, &self.link)?;
                    if self.parts().all(|(number, _)| number != part) {
                        let entry = entry.id;
                        let what = SettlementFinding::NoPart {
                            settlement_id,
                            entry,
                            part,
                        };
                        return Err(Fault::new(journal.line(index), what));
                    }
                }
                Source::Later => require_recorded(journal, index, &self.link)?,
                Source::Returned | Source::Reversal | Source::Other => {}
            }
        }
        Ok(())
    }
}

/// Of two lists that are sorted by account, the first account that has another amount
/// in one of them, and both amounts.
fn first_difference<'a, 'b>(
    mut expected: Peekable<impl Iterator<Item = Moved<'a>>>,
    mut found: Peekable<impl Iterator<Item = Moved<'b>>>,
) -> Option<(String, i128, i128)> {
    loop {
        return match (expected.peek(), found.peek()) {
            (None, None) => None,
            (Some((account, amount)), None) => Some((account.to_string(), *amount, 0)),
            (None, Some((account, amount))) => Some((account.to_string(), 0, *amount)),
            (Some(one), Some(other)) if one == other => {
                expected.next();
                found.next();
                continue;
            }
            (Some((one, amount)), Some((other, posted))) => Some(match one.cmp(other) {
                std::cmp::Ordering::Less => (one.to_string(), *amount, 0),
                std::cmp::Ordering::Equal => (one.to_string(), *amount, *posted),
                std::cmp::Ordering::Greater => (other.to_string(), 0, *posted),
            }),
        };
    }
}

fn require_recorded(journal: &Journal, index: usize, link: &Link) -> Result<(), Fault> {
    let (entry, id) = (&journal.entries()[index], link.settlement_id);
    let what = "recorded_at of its entry";
    same(id, what, &link.recorded_at, &entry.recorded_at)
        .and_then(|()| {
            let actor = journal.actor(entry);
            same(id, "recorded_by", &actor, &link.recorded_by.as_str())
        })
        .and_then(|()| {
            // The journal that it seals is the one from which it was computed.
            let first = entry.id.max(link.journal_to + 1);
            same(id, "the id of its entry", &first, &entry.id)
        })
        .map_err(|what| Fault::new(journal.line(index), what))
}

/// What settlements that hold moved stands; what others moved was taken back by those
/// that replaced them.
pub(crate) fn require_standing(journal: &Journal, chain: &Chain) -> Result<(), Fault> {
    for link in chain.links() {
        let settlement_id = link.settlement_id;
        let by = link.replaced_by.and_then(|by| chain.links().get(by));
        for index in journal.of_settlement(settlement_id).iter().copied() {
            let at = &journal.entries()[index];
            let entry = at.id;
            let takes_back = matches!(at.source, Source::Reversal | Source::Returned);
            let wrong = match by {
                None if takes_back => Some(SettlementFinding::TakenBack {
                    settlement_id,
                    entry,
                }),
                Some(_) if !takes_back && !at.is_reversed => {
                    Some(SettlementFinding::NotTakenBack {
                        settlement_id,
                        entry,
                    })
                }
                _ => None,
            };
            if let Some(what) = wrong {
                return Err(Fault::new(journal.line(index), what));
            }
            if let (Some(by), true) = (by, takes_back) {
                require_recorded(journal, index, by)?;
            }
        }
    }
    Ok(())
}
