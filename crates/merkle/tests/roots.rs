//! Roots, however they are made, against the definition and another crate.

mod definition;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use definition::{leaves, mth, proof};
use merkle::{Hash, TILE, Tree, leaf_hash, root, root_of_tiles, tiles};
use proptest::prelude::*;
use sha2::Sha256;

#[test]
fn all_ways_lead_to_the_root_of_the_definition() {
    let leaves = leaves(4 * TILE + 2);
    let mut tree = Tree::new();
    for n in 0..=leaves.len() {
        let expected = mth(&leaves[..n]);
        assert_eq!(root(&leaves[..n]), expected, "{n} leaves");
        assert_eq!(root_of_tiles(&tiles(&leaves[..n])), expected, "{n} leaves");
        assert_eq!(tree.root(), expected, "{n} leaves");
        assert_eq!((tree.len(), tree.is_empty()), (n, n == 0));
        if let Some(leaf) = leaves.get(n) {
            tree.push(*leaf);
        }
    }
}

#[test]
fn the_tiles_of_larger_trees_have_their_root() {
    for tile_count in [5, 7, 8, 9, 16, 31, 33] {
        for size in [
            tile_count * TILE - 1,
            tile_count * TILE,
            tile_count * TILE + 1,
        ] {
            let leaves = leaves(size);
            assert_eq!(
                root_of_tiles(&tiles(&leaves)),
                mth(&leaves),
                "{size} leaves"
            );
        }
    }
}

#[test]
fn a_tile_is_begun_every_256_leaves() {
    let leaves = leaves(2 * TILE + 1);
    for (size, expected) in [
        (0, 0),
        (1, 1),
        (255, 1),
        (256, 1),
        (257, 2),
        (512, 2),
        (513, 3),
    ] {
        assert_eq!(tiles(&leaves[..size]).len(), expected, "{size} leaves");
    }
    assert_eq!(tiles(&leaves)[2], leaves[2 * TILE]);
}

/// The same data in a tree of the crate `ct-merkle`.
fn theirs(data: &[Vec<u8>]) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    for leaf in data {
        tree.push(leaf.clone());
    }
    tree
}

fn bytes(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

proptest! {
    #[test]
    fn another_crate_gives_the_same_roots_and_proofs(
        data in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..700),
        at in any::<prop::sample::Index>(),
    ) {
        let leaves: Vec<Hash> = data.iter().map(|leaf| leaf_hash(leaf)).collect();
        let theirs = theirs(&data);
        let their_root: [u8; 32] = (*theirs.root().as_bytes()).into();
        prop_assert_eq!(root(&leaves), Hash::from_bytes(their_root));
        if !data.is_empty() {
            let index = at.index(data.len());
            let path = bytes(&proof(index, &leaves));
            let their_path = theirs.prove_inclusion(index);
            prop_assert_eq!(path, their_path.as_bytes());
        }
    }
}
