//! The journal: read once, entry by entry, and kept for the settlements.
//!
//! A posting takes 16 octets and 32 for its leaf, an entry about a hundred more, an
//! account about a hundred.

mod body;
mod book;
mod entries;
mod postings;
mod source;

use std::collections::{HashMap, HashSet};

use ledger::EntryKind;
use merkle::Hash;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

pub(crate) use body::{Account, AccountKind};
pub(crate) use book::{Book, EUR};
pub(crate) use source::Source;

/// A posting that was checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Posting {
    /// The number of the account.
    pub account: u32,
    pub minor: i64,
}

/// An entry that was checked.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: i64,
    pub kind: EntryKind,
    pub effective_on: Date,
    pub recorded_at: OffsetDateTime,
    /// The number of who recorded it.
    actor: u32,
    pub settlement: Option<Uuid>,
    pub source: Source,
    /// The index of the entry that it takes back.
    pub reverses: Option<usize>,
    pub is_reversed: bool,
    /// The index of its first posting.
    first_posting: usize,
}

/// The entries of a pool so far, and what they come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    pub book: Book,
    entries: Vec<Entry>,
    postings: Vec<Posting>,
    /// Those of each entry, then those of its postings.
    leaves: Vec<Hash>,
    /// The line of the first leaf.
    first_line: u64,
    /// Whether postings may follow.
    is_open: bool,
    /// 128 bits of the digest of each source: whoever makes two of the same gets a
    /// valid journal refused, and nothing else.
    sources: HashSet<u128>,
    actors: Vec<String>,
    actor_numbers: HashMap<String, u32>,
    /// The indices of the entries of each settlement.
    by_settlement: HashMap<Uuid, Vec<usize>>,
}

impl Journal {
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many postings there are.
    pub fn len(&self) -> usize {
        self.postings.len()
    }

    /// The postings of the entry at `index`.
    pub fn postings(&self, index: usize) -> &[Posting] {
        let first = self.entries[index].first_posting;
        let next = self.entries.get(index + 1);
        &self.postings[first..next.map_or(self.postings.len(), |entry| entry.first_posting)]
    }

    /// The line of the export that has the entry at `index`.
    pub fn line(&self, index: usize) -> u64 {
        // Each entry before it has one line, and so has each of their postings.
        self.first_line + (index + self.entries[index].first_posting) as u64
    }

    pub fn actor(&self, entry: &Entry) -> &str {
        &self.actors[entry.actor as usize]
    }

    /// The indices of the entries of a settlement.
    pub fn of_settlement(&self, settlement_id: Uuid) -> &[usize] {
        self.by_settlement
            .get(&settlement_id)
            .map_or(&[], Vec::as_slice)
    }

    /// The index of the first entry after the id.
    pub fn after(&self, id: i64) -> usize {
        self.entries.partition_point(|entry| entry.id <= id)
    }

    /// The leaves of the entries from `from` on, up to and including `to`.
    pub fn leaves(&self, from: i64, to: i64) -> &[Hash] {
        let place = |index: usize| match self.entries.get(index) {
            Some(entry) => index + entry.first_posting,
            None => self.leaves.len(),
        };
        let begin = place(self.after(from.saturating_sub(1)));
        &self.leaves[begin..place(self.after(to)).max(begin)]
    }
}
