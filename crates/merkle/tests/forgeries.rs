//! What must not verify.

mod definition;

use definition::{leaves, proof, turns};
use merkle::{Hash, TILE, root, verify_inclusion};

const SIZES: [usize; 12] = [
    1,
    2,
    3,
    5,
    7,
    8,
    100,
    TILE - 1,
    TILE,
    TILE + 1,
    280,
    3 * TILE + 1,
];

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

/// A proof as it is handed over.
struct Given {
    leaf: Hash,
    index: usize,
    size: usize,
    path: Vec<Hash>,
    root: Hash,
}

impl Given {
    fn verifies(&self) -> bool {
        verify_inclusion(&self.leaf, self.index, self.size, &self.path, &self.root)
    }

    /// Some proofs for each size, the first and the last leaf's among them.
    fn some() -> impl Iterator<Item = Self> {
        let all = leaves(3 * TILE + 1);
        SIZES.into_iter().flat_map(move |size| {
            let leaves = all[..size].to_vec();
            let root = root(&leaves);
            let some = (0..size).step_by(1 + size / 5).chain([size - 1]);
            some.map(move |index| Self {
                leaf: leaves[index],
                index,
                size,
                path: proof(index, &leaves),
                root,
            })
        })
    }
}

#[test]
fn a_flipped_bit_is_noticed() {
    for mut given in Given::some() {
        let (leaf, root, path) = (given.leaf, given.root, given.path.clone());
        let place = format!("{} of {}", given.index, given.size);
        for bit in 0..256 {
            given.leaf = flipped(&leaf, bit);
            assert!(!given.verifies(), "leaf, bit {bit}, {place}");
            given.leaf = leaf;
            given.root = flipped(&root, bit);
            assert!(!given.verifies(), "root, bit {bit}, {place}");
            given.root = root;
            for (level, sibling) in path.iter().enumerate() {
                given.path[level] = flipped(sibling, bit);
                assert!(!given.verifies(), "level {level}, bit {bit}, {place}");
                given.path[level] = *sibling;
            }
        }
        assert!(given.verifies(), "{place}");
    }
}

#[test]
fn another_index_is_noticed() {
    for mut given in Given::some() {
        let right = given.index;
        let bits = (0..usize::BITS).map(|bit| right ^ (1 << bit));
        for wrong in bits.chain((0..given.size).filter(|i| *i != right)) {
            given.index = wrong;
            assert!(!given.verifies(), "{wrong} for {right} of {}", given.size);
        }
    }
}

#[test]
fn a_path_of_another_length_is_noticed() {
    for mut given in Given::some() {
        let path = given.path.clone();
        for length in 0..path.len() {
            given.path = path[..length].to_vec();
            assert!(!given.verifies(), "cut off above");
            given.path = path[path.len() - length..].to_vec();
            assert!(!given.verifies(), "cut off below");
        }
        for extra in [given.leaf, given.root] {
            given.path = [&path[..], &[extra]].concat();
            assert!(!given.verifies(), "one more above");
            given.path = [&[extra], &path[..]].concat();
            assert!(!given.verifies(), "one more below");
        }
    }
}

#[test]
fn another_size_is_noticed_unless_the_way_is_the_same() {
    for mut given in Given::some() {
        let (index, right) = (given.index, given.size);
        let way = turns(index, right);
        for other in (0..1_100).chain([usize::MAX - 1, usize::MAX]) {
            given.size = other;
            let same = other > index && turns(index, other) == way;
            assert_eq!(given.verifies(), same, "{other} for {index} of {right}");
        }
    }
}
