//! Taking in entries.

use merkle::{Hash, sha256};
use uuid::Uuid;

use super::body::EntryBody;
use super::{Entry, Journal, Source};
use crate::finding::{Finding, FormFinding, JournalFinding};

impl Journal {
    /// Takes in the entry with this text, which is on the line `line`. The entry before
    /// it was closed.
    pub fn open(&mut self, line: u64, leaf: Hash, body: &str) -> Result<(), Finding> {
        let body: EntryBody = serde_json::from_str(body).map_err(|error| unreadable(&error))?;
        let recorded_at = crate::instant::sealed(&body.recorded_at)
            .ok_or_else(|| unreadable(&"recorded_at is not a time"))?;
        let (entry, after) = (body.entry_id, self.entries.last().map_or(0, |last| last.id));
        if entry <= after {
            return Err(JournalFinding::EntryOrder { entry, after }.into());
        }
        let source = Source::of(&body)?;
        let reverses = body
            .reverses
            .map(|id| self.reversed_by(&body, id))
            .transpose()?;
        if !self.sources.insert(digest(&body.source)) {
            let source_text = body.source;
            return Err(JournalFinding::SourceTwice { entry, source_text }.into());
        }

        let index = self.entries.len();
        if let Some(reverses) = reverses {
            self.entries[reverses].is_reversed = true;
        }
        if let Some(settlement) = body.settlement_id {
            self.by_settlement
                .entry(settlement)
                .or_default()
                .push(index);
        }
        if self.entries.is_empty() {
            self.first_line = line;
        }
        let actor = self.actor_number(body.actor);
        self.entries.push(Entry {
            id: entry,
            kind: body.kind,
            effective_on: body.effective_on,
            recorded_at,
            actor,
            settlement: body.settlement_id,
            source,
            reverses,
            is_reversed: false,
            first_posting: self.postings.len(),
        });
        self.leaves.push(leaf);
        self.is_open = true;
        Ok(())
    }

    /// The index of the entry `reverses` if `body` may take it back.
    fn reversed_by(&self, body: &EntryBody, reverses: i64) -> Result<usize, JournalFinding> {
        let entry = body.entry_id;
        let index = self
            .entries
            .binary_search_by_key(&reverses, |earlier| earlier.id)
            .map_err(|_| JournalFinding::ReversesUnknown { entry, reverses })?;
        let earlier = &self.entries[index];
        if earlier.reverses.is_some() {
            return Err(JournalFinding::ReversesUnknown { entry, reverses });
        }
        if earlier.is_reversed {
            return Err(JournalFinding::ReversedTwice { entry, reverses });
        }
        let differs = |what| {
            Err(JournalFinding::ReversalDiffers {
                entry,
                reverses,
                what,
            })
        };
        if body.kind != earlier.kind {
            return differs("kind");
        }
        if body.settlement_id != earlier.settlement {
            return differs("settlement_id");
        }
        // What a settlement moved is taken back on the day on which it moved.
        let same_day = body.effective_on == earlier.effective_on;
        if body.effective_on < earlier.effective_on || (earlier.settlement.is_some() && !same_day) {
            return differs("effective_on");
        }
        Ok(index)
    }

    fn actor_number(&mut self, actor: String) -> u32 {
        if let Some(number) = self.actor_numbers.get(&actor) {
            return *number;
        }
        // There are not more than entries, each of which is a line.
        let number = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        self.actors.push(actor.clone());
        self.actor_numbers.insert(actor, number);
        number
    }

    /// The first entry whose settlement is not among those that are known.
    pub fn of_unknown_settlement(&self, is_known: impl Fn(Uuid) -> bool) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| entry.settlement.is_some_and(|id| !is_known(id)))
    }
}

fn digest(source: &str) -> u128 {
    let bytes = sha256(source.as_bytes());
    let (half, _) = bytes.as_bytes().split_at(16);
    half.iter()
        .fold(0, |number, byte| (number << 8) | u128::from(*byte))
}

fn unreadable(problem: &dyn std::fmt::Display) -> Finding {
    let kind = "entry";
    let problem = problem.to_string();
    FormFinding::Content { kind, problem }.into()
}
