//! What a proof says about the place of a leaf, in trees of any size.

mod definition;

use definition::{leaves, proof, turns};
use merkle::{Hash, node_hash, root, sha256, verify_inclusion};
use proptest::prelude::*;

/// The size itself is in no hash. What a proof does vouch for is the way from the
/// root to the leaf, so another place verifies exactly if it has the same way.
#[test]
fn another_place_is_noticed_unless_the_way_is_the_same() {
    const MOST: usize = 34;
    let all = leaves(MOST);
    let ways: Vec<Vec<Vec<bool>>> = (0..=MOST)
        .map(|size| (0..size).map(|index| turns(index, size)).collect())
        .collect();
    for size in 1..=MOST {
        let (root, leaves) = (root(&all[..size]), &all[..size]);
        for index in 0..size {
            let path = proof(index, leaves);
            for (other_size, other_ways) in ways.iter().enumerate() {
                for (other, way) in other_ways.iter().enumerate() {
                    assert_eq!(
                        verify_inclusion(&leaves[index], other, other_size, &path, &root),
                        *way == ways[size][index],
                        "{other} of {other_size} for {index} of {size}"
                    );
                }
            }
        }
    }
}

/// Trees of all magnitudes: nobody has their leaves, so their root is made from a
/// leaf and siblings that are made up.
fn any_place() -> impl Strategy<Value = (usize, usize)> {
    (any::<usize>(), 0..usize::BITS, any::<prop::sample::Index>())
        .prop_map(|(size, shift, index)| ((size >> shift).max(1), index))
        .prop_map(|(size, index)| (index.index(size), size))
}

proptest! {
    #[test]
    fn proofs_in_trees_of_any_size(
        (index, size) in prop_oneof![
            any_place(),
            Just((0, usize::MAX)),
            Just((usize::MAX - 1, usize::MAX)),
            Just((usize::MAX - 2, usize::MAX - 1)),
        ],
    ) {
        let turns = turns(index, size);
        let leaf = sha256(b"leaf");
        let path: Vec<Hash> = (0..turns.len()).map(|i| sha256(&[i as u8])).collect();
        let root = turns.iter().zip(&path).fold(leaf, |node, (right, sibling)| {
            if *right { node_hash(sibling, &node) } else { node_hash(&node, sibling) }
        });
        prop_assert!(verify_inclusion(&leaf, index, size, &path, &root));
        let longer = [&path[..], &[root]].concat();
        for above in [root, node_hash(&root, &root)] {
            prop_assert!(!verify_inclusion(&leaf, index, size, &longer, &above));
        }
        if let Some((_, shorter)) = path.split_last() {
            prop_assert!(!verify_inclusion(&leaf, index, size, shorter, &root));
        }
    }
}
