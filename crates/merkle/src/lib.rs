//! Merkle trees of RFC 9162, section 2.1, over SHA-256.
//!
//! A tree has one root for a list of leaves ([`root`], or [`Tree`] leaf by leaf).
//! [`inclusion_path`] is the proof that a leaf is in it, a hash for each level,
//! and [`verify_inclusion`] needs nothing but the leaf, the proof and the root.
//! A proof is made without reading all leaves: the roots of the [`tiles`] stand
//! for those outside the leaf's own tile.
//!
//! A root says nothing about the number of leaves: whoever publishes a root
//! publishes the size of its tree with it, and whoever verifies takes both from
//! there.
//!
//! No I/O, no clock, no randomness.

mod hash;
mod inclusion;
mod tile;
mod tree;

pub use hash::{Hash, InvalidHash, leaf_hash, node_hash, sha256};
pub use inclusion::{inclusion_path, verify_inclusion};
pub use tile::{TILE, root_of_tiles, tiles};
pub use tree::{Tree, root};
