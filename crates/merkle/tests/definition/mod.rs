//! RFC 9162, section 2.1, word for word: slow, recursive, and without the crate's
//! own way to a root.

#![allow(dead_code)] // Each test binary uses its part.

use merkle::{Hash, TILE, inclusion_path, leaf_hash, node_hash, sha256, tiles};

/// MTH(D_n) of section 2.1.1, from leaf hashes.
pub fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&mth(left), &mth(right))
        }
    }
}

/// PATH(m, D_n) of section 2.1.3.1.
pub fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if m < k {
        (path(m, left), mth(right))
    } else {
        (path(m - k, right), mth(left))
    };
    path.push(sibling);
    path
}

/// For each level, the lowest first, whether leaf `m` of `n` is on the right.
pub fn turns(m: usize, n: usize) -> Vec<bool> {
    if n == 1 {
        return Vec::new();
    }
    let k = split(n);
    let mut turns = if m < k {
        turns(m, k)
    } else {
        turns(m - k, n - k)
    };
    turns.push(m >= k);
    turns
}

/// The largest power of two below `n`, which is at least 2.
fn split(n: usize) -> usize {
    1 << (n - 1).ilog2()
}

/// `n` leaf hashes, all different.
pub fn leaves(n: usize) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

/// The crate's proof for a leaf of a list that is at hand.
pub fn proof(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    let tile = leaves.chunks(TILE).nth(index / TILE).expect("in the tree");
    inclusion_path(index, leaves.len(), tile, &tiles(leaves)).expect("fits")
}
