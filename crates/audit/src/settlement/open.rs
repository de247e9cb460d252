//! A settlement whose lines are read: what its seal has to fit before any line.

use std::fmt::Display;

use ledger::command::PoolRules;
use ledger::{Month, Term};
use merkle::{Hash, root, sha256};
use mortality::Rates;
use time::Date;
use uuid::Uuid;

use super::Lines;
use super::row::require_row;
use crate::chain::{Chain, Link};
use crate::finding::{Finding, FormFinding, SettlementFinding};
use crate::journal::Journal;
use crate::line;
use crate::rows::{PoolRow, SettlementRow};
use crate::rules::RuleBook;
use crate::seal::{Leaves, Seal};

/// A settlement whose seal fits what was before it.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub link: Link,
    pub term: Term,
    pub rules: PoolRules,
    pub rates: Rates,
    /// The row, which repeats the figures of the seal.
    pub row: SettlementRow,
    /// What the seal says of the lines.
    pub sealed: Leaves,
    /// What the export says of the tiles.
    pub tiles: String,
    pub engine: String,
    /// The indices of the settlements that it takes the place of.
    pub replaced: Vec<usize>,
    pub lines: Lines,
}

/// Says that a field of a settlement is not what it has to be.
pub(crate) fn same<T: PartialEq + Display>(
    settlement_id: Uuid,
    what: &'static str,
    expected: &T,
    found: &T,
) -> Result<(), SettlementFinding> {
    if expected == found {
        return Ok(());
    }
    Err(SettlementFinding::Differs {
        settlement_id,
        what,
        expected: expected.to_string(),
        found: found.to_string(),
    })
}

impl Open {
    /// Reads a settlement, which is on the line `line`.
    pub fn read(
        line: u64,
        exported: &line::Settlement<'_>,
        pool: &PoolRow,
        rule_book: &RuleBook,
        journal: &Journal,
        chain: &Chain,
    ) -> Result<Self, Finding> {
        let unreadable = |problem: String| FormFinding::Content {
            kind: "settlement",
            problem,
        };
        let seal: Seal<'_> =
            serde_json::from_str(exported.seal).map_err(|error| unreadable(error.to_string()))?;
        let id = seal.settlement_id;
        same(
            id,
            "the head",
            &sha256(exported.seal.as_bytes()),
            &exported.head,
        )?;
        let recorded_at = crate::instant::sealed(&seal.recorded_at)
            .ok_or_else(|| unreadable("recorded_at is not a time".to_owned()))?;
        let row = require_row(&seal, recorded_at, exported.row)?;
        require_link(&seal, pool, chain)?;
        let replaced = chain.replaced(&seal)?;
        let rules = require_rules(&seal, rule_book)?;
        let term = require_period(&seal, &rules, pool, chain)?;
        require_journal(&seal, journal, chain)?;
        let rates = rule_book
            .rates(&rules)
            .map_err(|error| SettlementFinding::NoRates {
                settlement_id: id,
                problem: error.to_string(),
            })?;
        let recorded_by = row.recorded_by.clone();
        Ok(Self {
            link: Link::new(&seal, line, exported.head, recorded_at, recorded_by),
            term,
            rules,
            rates,
            row,
            sealed: seal.lines,
            tiles: exported.tiles.to_owned(),
            engine: seal.engine_sha256,
            replaced,
            lines: Lines::default(),
        })
    }
}

fn require_link(seal: &Seal<'_>, pool: &PoolRow, chain: &Chain) -> Result<(), SettlementFinding> {
    let id = seal.settlement_id;
    if chain.has(id) {
        return Err(SettlementFinding::Twice { settlement_id: id });
    }
    let last = chain.links().last();
    let previous = last.map_or(Hash::from_bytes([0; 32]), |link| link.head);
    same(id, "pool_id", &pool.pool_id, &seal.pool_id)?;
    same(
        id,
        "number",
        &(chain.links().len() as u64 + 1),
        &seal.number,
    )?;
    same(id, "previous", &previous, &seal.previous)
}

/// The text of the rules is that of their row.
fn require_rules(seal: &Seal<'_>, rule_book: &RuleBook) -> Result<PoolRules, SettlementFinding> {
    let id = seal.settlement_id;
    let no_rates = |problem: String| SettlementFinding::NoRates {
        settlement_id: id,
        problem,
    };
    let (number, version) = rule_book
        .on(seal.first_day)
        .ok_or_else(|| no_rates(format!("no rules hold on {}", seal.first_day)))?;
    same(id, "rules_version", &number, &seal.rules_version)?;
    if let Some(text) = &version.text {
        same(id, "rules", &text.as_str(), &seal.rules.get())?;
    }
    let rules: PoolRules =
        serde_json::from_str(seal.rules.get()).map_err(|error| no_rates(error.to_string()))?;
    if rules != version.rules {
        return Err(no_rates(format!(
            "the rules are not those of version {number}"
        )));
    }
    Ok(rules)
}

/// The period is the one after the last that holds, or that of the settlement which is
/// replaced. The pot is carried from the one before.
fn require_period(
    seal: &Seal<'_>,
    rules: &PoolRules,
    pool: &PoolRow,
    chain: &Chain,
) -> Result<Term, SettlementFinding> {
    let id = seal.settlement_id;
    let last = chain.latest_before(Date::MAX);
    let next = last.map_or(Some(pool.first_period), |link| link.last_day.next_day());
    if let (None, Some(next)) = (seal.replaces, next) {
        same(id, "first_day", &next, &seal.first_day)?;
    }
    let month = Month::of(seal.first_day).map_err(|error| SettlementFinding::Differs {
        settlement_id: id,
        what: "first_day",
        expected: error.to_string(),
        found: seal.first_day.to_string(),
    })?;
    let term = Term {
        starts: month,
        cadence: rules.cadence,
    };
    same(id, "first_day", &term.first_day(), &seal.first_day)?;
    same(id, "last_day", &term.last_day(), &seal.last_day)?;
    let revision = chain.revisions(seal.first_day) as i64 + 1;
    same(id, "revision", &revision, &seal.revision)?;
    let before = chain.latest_before(seal.first_day);
    let carried_in = before.map(|link| link.carried_out).unwrap_or_default();
    same(
        id,
        "carried_in_cents",
        &carried_in.get(),
        &seal.carried_in_cents.get(),
    )?;
    Ok(term)
}

/// The journal was sealed up to where the last seal ended; from there on, this one does.
fn require_journal(
    seal: &Seal<'_>,
    journal: &Journal,
    chain: &Chain,
) -> Result<(), SettlementFinding> {
    let (id, sealed) = (seal.settlement_id, seal.journal);
    let from = chain.links().last().map_or(1, |link| link.journal_to + 1);
    same(id, "journal.from", &from, &sealed.from)?;
    let leaves = journal.leaves(sealed.from, sealed.to);
    let last = journal.entries()[..journal.after(sealed.to)].last();
    let to = last.map_or(0, |entry| entry.id).max(from - 1);
    same(id, "journal.to", &to, &sealed.to)?;
    same(id, "journal.leaves", &(leaves.len() as u64), &sealed.leaves)?;
    same(id, "journal.root", &root(leaves), &sealed.root)
}
