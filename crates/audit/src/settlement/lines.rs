//! The lines of a settlement, as they are read.

use std::ops::Range;

use ledger::settlement::{Fate, Leaf, Standing};
use merkle::{Hash, TILE, Tree, root_of_tiles};
use money::Cents;
use mortality::Probability;
use uuid::Uuid;

/// What a line says came of its standing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stated {
    pub fate: Fate,
    pub q: Option<Probability>,
    pub credit: Cents,
    pub estate: Cents,
}

/// The lines so far: 144 octets each, and the roots of their tiles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    pub members: Vec<Uuid>,
    pub standings: Vec<Standing>,
    pub stated: Vec<Stated>,
    tile: Tree,
    tiles: Vec<Hash>,
}

impl Lines {
    pub fn push(&mut self, hash: Hash, leaf: &Leaf, standing: Standing) {
        self.members.push(leaf.member_id);
        self.standings.push(standing);
        self.stated.push(Stated {
            fate: leaf.fate,
            q: leaf.q,
            credit: leaf.credit_cents,
            estate: leaf.estate_cents,
        });
        self.tile.push(hash);
        if self.tile.len() == TILE {
            self.tiles.push(std::mem::take(&mut self.tile).root());
        }
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// The roots of the tiles, the last of which may not be full.
    pub fn tiles(&self) -> Vec<Hash> {
        let mut tiles = self.tiles.clone();
        if !self.tile.is_empty() {
            tiles.push(self.tile.root());
        }
        tiles
    }

    pub fn root(&self) -> Hash {
        root_of_tiles(&self.tiles())
    }

    /// Those of these lines who died, by the index of their line.
    pub fn dead(&self, among: Range<usize>) -> impl Iterator<Item = usize> {
        let died = |at: &usize| self.stated[*at].fate != Fate::Survived;
        among.filter(died)
    }
}
