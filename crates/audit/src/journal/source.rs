//! What the source of an entry says about it.

use time::Date;
use uuid::Uuid;

use super::body::EntryBody;
use crate::finding::JournalFinding;

/// What an entry stands for, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// `settlement:<id>:credit:<n>`: the pot is shared among the n-th thousand lines,
    /// from 0.
    Credit(u32),
    /// `settlement:<id>:forfeiture:<n>`: what the dead of the n-th thousand lines leave.
    Forfeiture(u32),
    /// `settlement:<id>:later:<day>`: what was booked for the dead since.
    Later,
    /// `settlement:<id>:returned:<day>`: that, given back when the settlement was
    /// replaced.
    Returned,
    /// `reversal:<entry>`, or `upvest:<transaction>` of a transaction that takes another
    /// back.
    Reversal,
    /// Anything else: a command, a payout, the broker.
    Other,
}

impl Source {
    /// Reads the source of an entry, and checks that the entry is what it says.
    ///
    /// # Errors
    /// [`JournalFinding::Source`], [`JournalFinding::Day`].
    pub fn of(entry: &EntryBody) -> Result<Self, JournalFinding> {
        let unfit = |what| JournalFinding::Source {
            entry: entry.entry_id,
            source_text: entry.source.clone(),
            what,
        };
        if let Some(reversed) = entry.source.strip_prefix("reversal:") {
            let fits = entry.reverses.is_some_and(|id| id.to_string() == reversed);
            return fits
                .then_some(Self::Reversal)
                .ok_or_else(|| unfit("reverses"));
        }
        if entry.reverses.is_some() {
            // The broker's transaction that takes back an earlier one has its own name.
            let is_brokers = entry.source.starts_with("upvest:") && entry.settlement_id.is_none();
            return is_brokers
                .then_some(Self::Reversal)
                .ok_or_else(|| unfit("reverses"));
        }
        let Some(rest) = entry.source.strip_prefix("settlement:") else {
            let fits = entry.settlement_id.is_none();
            return fits
                .then_some(Self::Other)
                .ok_or_else(|| unfit("settlement_id"));
        };
        let (id, part) = rest.split_once(':').ok_or_else(|| unfit("settlement_id"))?;
        if entry.settlement_id.map(text).as_deref() != Some(id) {
            return Err(unfit("settlement_id"));
        }
        let (source, day) = match part.split_once(':') {
            Some(("credit", n)) => (Self::Credit(number(n).ok_or_else(|| unfit("part"))?), None),
            Some(("forfeiture", n)) => (
                Self::Forfeiture(number(n).ok_or_else(|| unfit("part"))?),
                None,
            ),
            Some(("later", day)) => (Self::Later, Some(day)),
            Some(("returned", day)) => (Self::Returned, Some(day)),
            _ => return Err(unfit("settlement_id")),
        };
        if let Some(day) = day {
            require_day(
                entry,
                ledger::calendar::parse(day).ok_or_else(|| unfit("effective_on"))?,
            )?;
        }
        let kind = match source {
            Self::Credit(_) => ledger::EntryKind::LongevityCredit,
            _ => ledger::EntryKind::Forfeiture,
        };
        (entry.kind == kind)
            .then_some(source)
            .ok_or_else(|| unfit("kind"))
    }
}

/// A number in its one form.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn text(id: Uuid) -> String {
    id.to_string()
}

fn require_day(entry: &EntryBody, expected: Date) -> Result<(), JournalFinding> {
    let (entry, found) = (entry.entry_id, entry.effective_on);
    if found == expected {
        Ok(())
    } else {
        Err(JournalFinding::Day {
            entry,
            expected,
            found,
        })
    }
}
