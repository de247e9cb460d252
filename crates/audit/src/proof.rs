//! The proof of a member's line.

use ledger::record::Proof;
use ledger::settlement::Leaf;
use merkle::{Hash, InvalidHash, leaf_hash, sha256, verify_inclusion};

use crate::seal::Seal;

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// A hash is not one.
    #[error("{what} is not 64 hexadecimal digits in lower case")]
    NotAHash {
        /// The field.
        what: &'static str,
    },
    /// The line is not one of a settlement.
    #[error("the line cannot be read: {0}")]
    Line(String),
    /// The seal is not one.
    #[error("the seal cannot be read: {0}")]
    Seal(String),
    /// The seal was changed, or the head.
    #[error("the seal hashes to {hashed}, and the head is given as {head}")]
    Head {
        /// That of the text.
        hashed: Hash,
        /// What the proof says.
        head: Hash,
    },
    /// The seal has something else.
    #[error("{what} is {sealed} in the seal and {found} in the proof")]
    Differs {
        /// The field.
        what: &'static str,
        /// What the seal says.
        sealed: String,
        /// What the proof says.
        found: String,
    },
    /// The line is not at its place in the tree.
    #[error("the line is not the leaf {index} of {leaves} under the root")]
    Path {
        /// Its place.
        index: u64,
        /// How many there are.
        leaves: u64,
    },
}

/// Verifies that the line is one of the settlement whose seal has this head. Whether it
/// is the head that was published is for the caller to know.
///
/// # Errors
/// See [`ProofFault`].
pub fn verify_proof(proof: &Proof) -> Result<(), ProofFault> {
    let head = hash("head", &proof.head)?;
    let hashed = sha256(proof.seal.as_bytes());
    if hashed != head {
        return Err(ProofFault::Head { hashed, head });
    }
    let seal: Seal<'_> =
        serde_json::from_str(&proof.seal).map_err(|error| ProofFault::Seal(error.to_string()))?;
    let root = hash("root", &proof.root)?;
    let same = |what, sealed: String, found: String| match sealed == found {
        true => Ok(()),
        false => Err(ProofFault::Differs {
            what,
            sealed,
            found,
        }),
    };
    let (id, given) = (seal.settlement_id, proof.settlement_id);
    same("settlement_id", id.to_string(), given.to_string())?;
    same("root", seal.lines.root.to_string(), root.to_string())?;
    same(
        "leaves",
        seal.lines.leaves.to_string(),
        proof.leaves.to_string(),
    )?;

    let _: Leaf =
        serde_json::from_str(&proof.line).map_err(|error| ProofFault::Line(error.to_string()))?;
    let path: Vec<Hash> = proof
        .path
        .iter()
        .map(|text| hash("path", text))
        .collect::<Result<_, _>>()?;
    let (index, leaves) = (proof.leaf_index, proof.leaves);
    let leaf = leaf_hash(proof.line.as_bytes());
    let place = usize::try_from(index)
        .ok()
        .zip(usize::try_from(leaves).ok());
    let leads = |(index, size)| verify_inclusion(&leaf, index, size, &path, &root);
    if place.is_some_and(leads) {
        Ok(())
    } else {
        Err(ProofFault::Path { index, leaves })
    }
}

fn hash(what: &'static str, text: &str) -> Result<Hash, ProofFault> {
    text.parse()
        .map_err(|InvalidHash| ProofFault::NotAHash { what })
}
