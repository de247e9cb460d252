//! The proof that a leaf is in a tree.

use crate::{Hash, TILE, node_hash};

/// The proof that the leaf `index`, counted from 0, is in the tree of `tree_size`
/// leaves: the hashes that are missing on the way to the root, the lowest first
/// (RFC 9162, section 2.1.3.1).
///
/// `tile_leaves` are the leaf hashes of the tile that holds the leaf, those from
/// `index / TILE * TILE` on; `tiles` are the roots of all tiles.
///
/// None if they do not fit together: the index is not in the tree, the tile or
/// the tree has another size, or the leaves are not those of the tile's root.
#[must_use]
pub fn inclusion_path(
    index: usize,
    tree_size: usize,
    tile_leaves: &[Hash],
    tiles: &[Hash],
) -> Option<Vec<Hash>> {
    if index >= tree_size || tiles.len() != tree_size.div_ceil(TILE) {
        return None;
    }
    let (tile, within) = (index / TILE, index % TILE);
    // The first leaf of the tile is not after the index, which is in the tree.
    if tile_leaves.len() != TILE.min(tree_size - (index - within)) {
        return None;
    }
    let mut path = Vec::new();
    if climb(within, tile_leaves, &mut path) != tiles.get(tile).copied() {
        return None;
    }
    climb(tile, tiles, &mut path);
    Some(path)
}

/// Adds the siblings on the way up from a node, and gives the root.
fn climb(mut index: usize, nodes: &[Hash], path: &mut Vec<Hash>) -> Option<Hash> {
    let mut level = nodes.to_vec();
    while level.len() > 1 {
        // The last of an odd number has no sibling and moves up as it is: the
        // right part of a split may be less deep than the left one.
        path.extend(level.get(index ^ 1));
        let parent = |pair: &[Hash]| match pair {
            [left, right] => node_hash(left, right),
            alone => alone[0],
        };
        level = level.chunks(2).map(parent).collect();
        index /= 2;
    }
    level.first().copied()
}

/// Whether `path` proves that the leaf with the hash `leaf` is at `index`, counted
/// from 0, in the tree of `tree_size` leaves with this root (RFC 9162, section
/// 2.1.3.2).
///
/// `leaf` is to be made with [`leaf_hash`](crate::leaf_hash) from the data: the
/// hash of an inner node, too, has a way to the root. `tree_size` and `root` are to
/// be known from the same trusted place: another size is noticed only if the way
/// to the leaf is another there.
#[must_use]
pub fn verify_inclusion(
    leaf: &Hash,
    index: usize,
    tree_size: usize,
    path: &[Hash],
    root: &Hash,
) -> bool {
    if index >= tree_size {
        return false;
    }
    // The node on the way up, and the last node of its level.
    let (mut node, mut last) = (index, tree_size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // A last node without a sibling has moved up to where it is a right
            // one. It is not node 0 here, so there is such a level.
            let levels = node.trailing_zeros();
            (node, last) = (node >> levels, last >> levels);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && hash == *root
}
