//! The audit of an export, line by line.

use merkle::Hash;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::chain::Chain;
use crate::finding::{Fault, Finding, FormFinding, JournalFinding, SettlementFinding};
use crate::journal::{Account, AccountKind, EUR, Journal};
use crate::line::{Kind, Line};
use crate::people::People;
use crate::rows::PoolRow;
use crate::rules::RuleBook;
use crate::settlement::{Open, require_standing};

/// The audit of an export: give it every line, then [`Audit::finish`].
///
/// It keeps the journal: 48 octets for each posting. Of settlements it keeps the lines of
/// one at a time, 144 octets each.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    line: u64,
    last: Option<Kind>,
    pool: Option<PoolRow>,
    rule_book: RuleBook,
    people: People,
    journal: Journal,
    chain: Chain,
    /// The settlement whose lines are read.
    open: Option<Box<Open>>,
    lines: u64,
    /// How many lines there are before the end, as it says.
    stated_lines: Option<u64>,
}

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The pool.
    pub pool_id: Uuid,
    /// How many settlements, those that were replaced included.
    pub settlements: u64,
    /// How many lines they have.
    pub lines: u64,
    /// How many entries the journal has.
    pub entries: u64,
    /// How many postings they have.
    pub postings: u64,
    /// The head of the chain, if there is a settlement: who compares it with one that
    /// was published knows that nothing before it was changed or left out.
    pub head: Option<Hash>,
    /// The heads of all settlements in their order.
    pub heads: Vec<Hash>,
    /// The digests of the components that computed them, in the order of their first
    /// use.
    pub engines: Vec<String>,
}

impl Audit {
    /// An audit that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next line, without the newline at its end.
    ///
    /// # Errors
    /// What is wrong with it, or with the entry or the settlement that it ends. Nothing
    /// can be said of what follows.
    pub fn push(&mut self, text: &str) -> Result<(), Fault> {
        self.line += 1;
        let line = self.line;
        let at = |what: FormFinding| Fault::new(line, what);
        let parsed = Line::read(text).map_err(at)?;
        let kind = parsed.kind();
        self.require_order(kind).map_err(at)?;
        if !matches!(kind, Kind::Posting) {
            self.close_entry()?;
        }
        if !matches!(kind, Kind::Line) {
            self.close_settlement()?;
        }
        self.last = Some(kind);
        self.take(parsed).map_err(|what| Fault::new(line, what))
    }

    /// Ends the audit: that was the last line.
    ///
    /// # Errors
    /// What is missing, or does not add up.
    pub fn finish(mut self) -> Result<Report, Fault> {
        self.close_entry()?;
        self.close_settlement()?;
        let line = self.line;
        let Some(pool) = &self.pool else {
            return Err(Fault::new(line, FormFinding::Empty));
        };
        let (journal, chain) = (&self.journal, &self.chain);
        if let Some(index) = journal.of_unknown_settlement(|id| chain.has(id)) {
            let at = &journal.entries()[index];
            let settlement_id = at.settlement.unwrap_or_default();
            let what = JournalFinding::UnknownSettlement {
                entry: at.id,
                settlement_id,
            };
            return Err(Fault::new(journal.line(index), what));
        }
        require_standing(journal, chain)?;
        if let Some((link, by)) = chain.unreversed() {
            let (settlement_id, replaced_by) = (link.settlement_id, by.settlement_id);
            let what = SettlementFinding::NoReversal {
                settlement_id,
                replaced_by,
            };
            return Err(Fault::new(link.line, what));
        }
        self.require_pot().map_err(|what| Fault::new(line, what))?;
        let found = line - 1;
        let count = match self.stated_lines {
            Some(stated) if stated == found => Ok(()),
            Some(stated) => Err(FormFinding::Count { stated, found }),
            None => Err(FormFinding::CutOff),
        };
        count.map_err(|what| Fault::new(line, what))?;
        let heads: Vec<Hash> = chain.links().iter().map(|link| link.head).collect();
        Ok(Report {
            pool_id: pool.pool_id,
            settlements: heads.len() as u64,
            lines: self.lines,
            entries: journal.entries().len() as u64,
            postings: journal.len() as u64,
            head: heads.last().copied(),
            heads,
            engines: self.chain.engines,
        })
    }

    /// Rows come first, then the journal, then the settlements.
    fn require_order(&self, kind: Kind) -> Result<(), FormFinding> {
        let rank = |kind| match kind {
            Kind::Posting => Kind::Entry,
            Kind::Line => Kind::Settlement,
            other => other,
        };
        let fits = match self.last {
            None => kind == Kind::Pool,
            Some(last) => match kind {
                Kind::Pool => false,
                _ if last == Kind::End => false,
                Kind::Posting => rank(last) == Kind::Entry,
                Kind::Line => rank(last) == Kind::Settlement,
                kind => kind >= rank(last),
            },
        };
        let (kind, after) = (kind.name(), self.last.map_or("the beginning", Kind::name));
        fits.then_some(()).ok_or(FormFinding::Order { kind, after })
    }

    fn take(&mut self, line: Line<'_>) -> Result<(), Finding> {
        let Some(pool) = &self.pool else {
            let Line::Row(kind, row) = line else {
                return Ok(());
            };
            self.pool = Some(read(kind, row)?);
            return Ok(());
        };
        let Self {
            rule_book,
            people,
            journal,
            chain,
            ..
        } = self;
        match line {
            Line::Row(kind, row) => match kind {
                Kind::Table => rule_book.table(read(kind, row)?),
                Kind::Rules => rule_book.rules(pool.pool_id, pool.first_period, read(kind, row)?),
                Kind::Member => people.member(pool.pool_id, &read(kind, row)?),
                Kind::Death => people.death(&read(kind, row)?),
                Kind::Payout => people.payout(pool.pool_id, &read(kind, row)?),
                Kind::Beneficiary => people.beneficiary(&read(kind, row)?),
                Kind::Valuation => people.valuation(&read(kind, row)?),
                _ => Ok(chain.reversal(&read(kind, row)?)?),
            },
            Line::End(lines) => {
                self.stated_lines = Some(lines);
                Ok(())
            }
            Line::Leaf(Kind::Entry, leaf, body) => journal.open(self.line, leaf, body),
            Line::Leaf(Kind::Posting, leaf, body) => {
                journal.post(leaf, body, |member| people.has(member))
            }
            Line::Leaf(_, leaf, body) => {
                self.lines += 1;
                let open = self.open.as_mut();
                open.map_or(Ok(()), |open| open.push(leaf, body, people, chain))
            }
            Line::Settlement(settlement) => {
                let open = Open::read(self.line, &settlement, pool, rule_book, journal, chain)?;
                self.open = Some(Box::new(open));
                Ok(())
            }
        }
    }

    fn close_entry(&mut self) -> Result<(), Fault> {
        let closed = self.journal.close();
        closed.map_err(|what| Fault::new(self.journal.last_line(), what))
    }

    fn close_settlement(&mut self) -> Result<(), Fault> {
        match self.open.take() {
            Some(open) => open.close(&self.journal, &mut self.chain),
            None => Ok(()),
        }
    }

    /// The pot holds what was carried out and not shared yet.
    fn require_pot(&self) -> Result<(), SettlementFinding> {
        let book = &self.journal.book;
        let pot = book.find(&Account::new(AccountKind::Pot, None, EUR));
        let found = i128::from(pot.map_or(0, |pot| book.minor(pot)));
        let last = self.chain.latest_before(time::Date::MAX);
        let expected = last.map_or(0, |link| i128::from(link.carried_out.get()));
        if found == expected {
            Ok(())
        } else {
            Err(SettlementFinding::Pot { expected, found })
        }
    }
}

fn read<T: DeserializeOwned>(kind: Kind, row: &str) -> Result<T, FormFinding> {
    serde_json::from_str(row).map_err(|error| FormFinding::Content {
        kind: kind.name(),
        problem: error.to_string(),
    })
}
