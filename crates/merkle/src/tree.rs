//! The root of a list of leaves.

use crate::{Hash, node_hash, sha256};

/// The root of the tree with these leaf hashes, in order (RFC 9162, section
/// 2.1.1). Without leaves it is the digest of the empty string; of one leaf, the
/// leaf.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Tree::new();
    for leaf in leaves {
        tree.push(*leaf);
    }
    tree.root()
}

/// A tree that is built leaf by leaf and keeps a hash for each power of two in
/// the number of leaves: at most 64, however many leaves pass through.
///
/// RFC 9162 splits n leaves at the largest power of two below n. So the tree is a
/// perfect subtree for each one bit of n, the largest first, each joined with all
/// that is right of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The roots of the perfect subtrees, the largest first.
    perfect: Vec<Hash>,
    len: usize,
}

impl Tree {
    /// A tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            perfect: Vec::new(),
            len: 0,
        }
    }

    /// Appends a leaf by its hash.
    ///
    /// # Panics
    /// Beyond `usize::MAX` leaves.
    pub fn push(&mut self, leaf: Hash) {
        let len = self.len.checked_add(1).expect("a countable tree");
        // As a binary counter carries: each one bit at the end of the length is a
        // subtree that the new node completes to one of twice the size.
        let mut node = leaf;
        for _ in 0..self.len.trailing_ones() {
            if let Some(left) = self.perfect.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.perfect.push(node);
        self.len = len;
    }

    /// The root of the leaves so far: [`root`] of them all.
    #[must_use]
    pub fn root(&self) -> Hash {
        let subtrees = self.perfect.iter().rev().copied();
        subtrees
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| sha256(b""))
    }

    /// The number of leaves.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no leaf yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}
