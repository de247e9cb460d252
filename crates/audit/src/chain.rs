//! The settlements of a pool in the order of their seals, and which of them hold.

use std::collections::HashMap;

use merkle::Hash;
use money::Cents;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::finding::SettlementFinding;
use crate::rows::ReversalRow;
use crate::seal::Seal;

/// A settlement that was verified.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub settlement_id: Uuid,
    /// The line of the export.
    pub line: u64,
    pub head: Hash,
    pub first_day: Date,
    pub last_day: Date,
    pub carried_out: Cents,
    /// The last entry of the journal that it seals.
    pub journal_to: i64,
    pub recorded_at: OffsetDateTime,
    pub recorded_by: String,
    /// The index of the settlement that replaced it.
    pub replaced_by: Option<usize>,
    /// Whether a line of the export says that it was.
    is_reversed: bool,
}

/// The settlements so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain {
    links: Vec<Link>,
    by_id: HashMap<Uuid, usize>,
    /// Who died, and in which settlement that holds.
    dead: HashMap<Uuid, usize>,
    pub engines: Vec<String>,
}

impl Link {
    pub fn new(
        seal: &Seal<'_>,
        line: u64,
        head: Hash,
        recorded_at: OffsetDateTime,
        recorded_by: String,
    ) -> Self {
        Self {
            settlement_id: seal.settlement_id,
            line,
            head,
            first_day: seal.first_day,
            last_day: seal.last_day,
            carried_out: seal.carried_out_cents,
            journal_to: seal.journal.to,
            recorded_at,
            recorded_by,
            replaced_by: None,
            is_reversed: false,
        }
    }
}

impl Chain {
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    pub fn has(&self, settlement_id: Uuid) -> bool {
        self.by_id.contains_key(&settlement_id)
    }

    /// The settlement that holds for the latest of the periods that begin before a day.
    pub fn latest_before(&self, day: Date) -> Option<&Link> {
        let current = self.links.iter().filter(|link| link.replaced_by.is_none());
        current
            .filter(|link| link.first_day < day)
            .max_by_key(|link| link.first_day)
    }

    /// How many settlements a period had so far.
    pub fn revisions(&self, first_day: Date) -> usize {
        self.links
            .iter()
            .filter(|link| link.first_day == first_day)
            .count()
    }

    /// The indices of those that a settlement takes the place of: the one that it names
    /// and all that hold for later periods.
    pub fn replaced(&self, seal: &Seal<'_>) -> Result<Vec<usize>, SettlementFinding> {
        let Some(replaces) = seal.replaces else {
            return Ok(Vec::new());
        };
        let holds = |index: &usize| self.links[*index].replaced_by.is_none();
        let named = self.by_id.get(&replaces).copied().filter(holds);
        if named.is_none_or(|index| self.links[index].first_day != seal.first_day) {
            let settlement_id = seal.settlement_id;
            return Err(SettlementFinding::Replaces {
                settlement_id,
                replaces,
            });
        }
        let not_before = |index: &usize| self.links[*index].first_day >= seal.first_day;
        Ok((0..self.links.len())
            .filter(holds)
            .filter(not_before)
            .collect())
    }

    /// Whether the member died in a settlement that holds when those are replaced.
    pub fn is_dead(&self, member_id: Uuid, replaced: &[usize]) -> bool {
        self.dead
            .get(&member_id)
            .is_some_and(|index| !replaced.contains(index))
    }

    pub fn push(
        &mut self,
        link: Link,
        engine: String,
        replaced: &[usize],
        dead: impl Iterator<Item = Uuid>,
    ) {
        let index = self.links.len();
        for at in replaced {
            self.links[*at].replaced_by = Some(index);
        }
        self.dead.retain(|_, at| !replaced.contains(at));
        self.dead.extend(dead.map(|member| (member, index)));
        self.by_id.insert(link.settlement_id, index);
        self.links.push(link);
        if !self.engines.contains(&engine) {
            self.engines.push(engine);
        }
    }

    /// Takes in a row that says that a settlement was replaced.
    pub fn reversal(&mut self, row: &ReversalRow) -> Result<(), SettlementFinding> {
        let (settlement_id, replaced_by) = (row.settlement_id, row.replaced_by);
        let needless = SettlementFinding::NeedlessReversal {
            settlement_id,
            replaced_by,
        };
        let index = self.by_id.get(&settlement_id).copied();
        let by = index.and_then(|index| self.links[index].replaced_by);
        let (Some(index), Some(by)) = (index, by) else {
            return Err(needless);
        };
        if self.links[by].settlement_id != replaced_by || self.links[index].is_reversed {
            return Err(needless);
        }
        if crate::instant::of_row(&row.recorded_at) != Some(self.links[by].recorded_at) {
            return Err(SettlementFinding::Differs {
                settlement_id,
                what: "recorded_at of its reversal",
                expected: self.links[by].recorded_at.to_string(),
                found: row.recorded_at.clone(),
            });
        }
        self.links[index].is_reversed = true;
        Ok(())
    }

    /// The first that was replaced without a row that says so.
    pub fn unreversed(&self) -> Option<(&Link, &Link)> {
        let by = |link: &Link| link.replaced_by.and_then(|by| self.links.get(by));
        let replaced = self.links.iter().filter(|link| !link.is_reversed);
        replaced.filter_map(|link| Some((link, by(link)?))).next()
    }
}
