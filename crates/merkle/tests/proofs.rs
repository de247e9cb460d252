//! Every proof verifies.

mod definition;

use definition::{leaves, mth, path, proof};
use merkle::{Hash, TILE, inclusion_path, root, tiles, verify_inclusion};
use proptest::prelude::*;

/// The proof of every leaf, or of every `step`-th.
fn check(size: usize, leaves: &[Hash], step: usize) {
    let leaves = &leaves[..size];
    let (root, tiles) = (root(leaves), tiles(leaves));
    for index in (0..size).step_by(step) {
        let tile = leaves.chunks(TILE).nth(index / TILE).expect("a tile");
        let path = inclusion_path(index, size, tile, &tiles).expect("fits");
        assert!(
            verify_inclusion(&leaves[index], index, size, &path, &root),
            "{index} of {size}"
        );
    }
}

#[test]
fn every_proof_of_every_leaf_verifies() {
    let leaves = &leaves(280);
    // In debug builds half a minute of hashing, shared by two.
    std::thread::scope(|scope| {
        for first in [1, 2] {
            scope.spawn(move || {
                for size in (first..=280).step_by(2) {
                    check(size, leaves, 1);
                }
            });
        }
    });
}

#[test]
fn proofs_verify_around_the_borders_of_tiles() {
    let leaves = leaves(17 * TILE + 1);
    for tile_count in [3, 4, 5, 7, 8, 9, 16, 17] {
        for size in tile_count * TILE - 1..=tile_count * TILE + 1 {
            // A step without a factor of two comes by every place in a tile.
            check(size, &leaves, 37);
            let last = size - 1;
            let path = proof(last, &leaves[..size]);
            let root = root(&leaves[..size]);
            assert!(verify_inclusion(&leaves[last], last, size, &path, &root));
        }
    }
}

#[test]
fn proofs_are_those_of_the_definition() {
    let leaves = leaves(4 * TILE + 1);
    let sizes = (1..40).chain([255, 256, 257, 511, 512, 513, 768, 1023, 1024, 1025]);
    for size in sizes {
        for index in (0..size).step_by(1 + size / 40).chain([size - 1]) {
            let expected = path(index, &leaves[..size]);
            assert_eq!(proof(index, &leaves[..size]), expected, "{index} of {size}");
        }
    }
}

#[test]
fn what_does_not_fit_together_has_no_proof() {
    let leaves = leaves(2 * TILE + 3);
    let (n, all) = (leaves.len(), tiles(&leaves));
    let (first, last) = (&leaves[..TILE], &leaves[2 * TILE..]);
    let given = |index, size, tile: &[Hash], tiles: &[Hash]| {
        inclusion_path(index, size, tile, tiles).is_some()
    };
    assert!(given(0, n, first, &all));
    assert!(given(n - 1, n, last, &all));
    for (what, index, size, tile, tiles) in [
        ("index out of range", n, n, last, &all[..]),
        ("index far out of range", usize::MAX, n, last, &all),
        ("an empty tree", 0, 0, &[][..], &[][..]),
        ("a tile short of a leaf", 0, n, &first[1..], &all),
        ("a tile with a leaf too many", 0, n, &leaves[..=TILE], &all),
        ("no leaves", 0, n, &[], &all),
        ("the last tile short of a leaf", n - 1, n, &last[1..], &all),
        ("another tile's leaves", 0, n, &leaves[TILE..2 * TILE], &all),
        ("a tile too few", 0, n, first, &all[..2]),
        ("no tiles", 0, n, first, &[]),
        ("a larger tree", n - 1, n + 1, last, &all),
        ("a larger tree by tiles", 0, n + TILE, first, &all),
        ("the largest tree", 0, usize::MAX, first, &all),
    ] {
        assert!(!given(index, size, tile, tiles), "{what}");
    }
    assert!(!given(0, n, first, &[&all[..], &all[..1]].concat()));
}

proptest! {
    #[test]
    fn any_leaf_of_any_tree(size in 1_usize..5_000, at in any::<prop::sample::Index>()) {
        let leaves = leaves(size);
        let index = at.index(size);
        let path = proof(index, &leaves);
        prop_assert!(verify_inclusion(&leaves[index], index, size, &path, &mth(&leaves)));
    }
}
