//! Answers that others published.

mod definition;

use definition::proof;
use merkle::{Hash, Tree, leaf_hash, node_hash, root, sha256, verify_inclusion};

/// The reference tree of Certificate Transparency: `kInputs`, `kSHA256Roots` and
/// `kSHA256Paths` (leaves counted from 1 there) of
/// `cpp/merkletree/merkle_tree_test.cc` in google/certificate-transparency.
const INPUTS: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

/// By the number of leaves.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// Index, number of leaves, path.
const PATHS: [(usize, usize, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        3,
        &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    ),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn hash(text: &str) -> Hash {
    text.parse().expect("a hash")
}

#[test]
fn the_reference_tree_has_the_published_roots() {
    let leaves = INPUTS.map(leaf_hash);
    let mut tree = Tree::new();
    assert_eq!(tree.root(), hash(ROOTS[0]));
    assert_eq!(root(&[]), hash(ROOTS[0]));
    for (i, leaf) in leaves.iter().enumerate() {
        tree.push(*leaf);
        assert_eq!(tree.root(), hash(ROOTS[i + 1]), "{} leaves", i + 1);
        assert_eq!(root(&leaves[..=i]), hash(ROOTS[i + 1]));
    }
}

#[test]
fn the_reference_tree_has_the_published_paths() {
    let leaves = INPUTS.map(leaf_hash);
    for (index, size, path) in PATHS {
        let path: Vec<Hash> = path.iter().map(|text| hash(text)).collect();
        assert_eq!(proof(index, &leaves[..size]), path, "{index} of {size}");
        let root = hash(ROOTS[size]);
        assert!(verify_inclusion(&leaves[index], index, size, &path, &root));
    }
}

#[test]
fn leaves_nodes_and_plain_digests_are_kept_apart() {
    // FIPS 180-4, one block.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256(b"abc"), hash(abc));
    assert_eq!(leaf_hash(b"abc"), sha256(b"\0abc"));
    let (left, right) = (sha256(b"left"), sha256(b"right"));
    let both = [&left.as_bytes()[..], right.as_bytes()].concat();
    assert_eq!(
        node_hash(&left, &right),
        sha256(&[&[1], &both[..]].concat())
    );
    assert_ne!(node_hash(&left, &right), leaf_hash(&both));
    assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
}
