//! Tiles: a tree cut into subtrees of equal size.

use crate::{Hash, root};

/// The number of leaves of a tile. The last tile of a tree may have fewer.
pub const TILE: usize = 256;

/// The root of each tile of the tree with these leaf hashes, in order: one for
/// every [`TILE`] leaves begun, none for no leaves.
#[must_use]
pub fn tiles(leaves: &[Hash]) -> Vec<Hash> {
    leaves.chunks(TILE).map(root).collect()
}

/// The root of the tree with these tiles: [`root`] of all their leaves.
#[must_use]
pub fn root_of_tiles(tiles: &[Hash]) -> Hash {
    // RFC 9162 splits n leaves at k, the largest power of two below n. For more
    // than one tile, k is a multiple of the tile, a power of two itself: no split
    // falls into a tile before the tile is alone. And k / 256 is the largest power
    // of two below ⌈n / 256⌉, so it is where the same rule splits the tiles.
    root(tiles)
}
