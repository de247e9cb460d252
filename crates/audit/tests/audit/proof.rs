//! Proofs of single lines.

use audit::{ProofFault, verify_proof};
use ledger::record::Proof;
use merkle::{Hash, TILE, inclusion_path, leaf_hash, root};
use serde_json::Value;

use crate::world::two_years;

fn proofs() -> Vec<Proof> {
    let export = two_years().export();
    let mut proofs: Vec<Proof> = Vec::new();
    for (at, line) in export.iter().enumerate() {
        let Ok(settlement) = serde_json::from_str::<Value>(line) else {
            panic!("{line}")
        };
        if settlement["type"] != "settlement" {
            continue;
        }
        let leaves = export[at + 1..].iter().map_while(|line| {
            let body = line.strip_prefix(r#"{"type":"line","leaf":""#)?;
            Some(body[64 + r#"","body":"#.len()..body.len() - 1].to_owned())
        });
        let leaves: Vec<String> = leaves.collect();
        let hashes: Vec<Hash> = leaves
            .iter()
            .map(|leaf| leaf_hash(leaf.as_bytes()))
            .collect();
        assert!(hashes.len() <= TILE);
        let seal = line.split(r#""seal":"#).nth(1).expect("a seal");
        proofs.extend(leaves.iter().enumerate().map(|(index, leaf)| {
            let path = inclusion_path(index, hashes.len(), &hashes, &[root(&hashes)]);
            Proof {
                settlement_id: settlement["row"]["settlement_id"]
                    .as_str()
                    .expect("it")
                    .parse()
                    .expect("it"),
                seal: seal[..seal.len() - 1].to_owned(),
                head: settlement["head"].as_str().expect("it").to_owned(),
                line: leaf.clone(),
                leaf_index: index as u64,
                leaves: hashes.len() as u64,
                path: path
                    .expect("a path")
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                root: root(&hashes).to_string(),
            }
        }));
    }
    proofs
}

#[test]
fn every_line_can_be_proved() {
    let proofs = proofs();
    assert!(proofs.len() > 100);
    for proof in &proofs {
        assert_eq!(verify_proof(proof), Ok(()));
    }
}

fn changed(text: &str) -> impl Iterator<Item = String> {
    (0..text.len())
        .filter(|at| text.is_char_boundary(*at))
        .map(|at| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            String::from_utf8_lossy(&bytes).into_owned()
        })
}

#[test]
fn a_proof_that_was_touched_proves_nothing() {
    let all = proofs();
    let (proof, other) = (&all[3], &all[4]);
    let refused = |change: &dyn Fn(&mut Proof)| {
        let mut touched = proof.clone();
        change(&mut touched);
        assert_ne!(touched, *proof);
        assert!(verify_proof(&touched).is_err(), "{touched:?}");
    };
    for text in changed(&proof.line) {
        refused(&|touched| touched.line.clone_from(&text));
    }
    for text in changed(&proof.seal) {
        refused(&|touched| touched.seal.clone_from(&text));
    }
    for text in changed(&proof.head) {
        refused(&|touched| touched.head.clone_from(&text));
    }
    for text in changed(&proof.root) {
        refused(&|touched| touched.root.clone_from(&text));
    }
    for at in 0..proof.path.len() {
        for text in changed(&proof.path[at]) {
            refused(&|touched| touched.path[at].clone_from(&text));
        }
    }
    refused(&|touched| touched.path.push(touched.root.clone()));
    refused(&|touched| _ = touched.path.pop());
    refused(&|touched| touched.path.reverse());
    refused(&|touched| touched.leaves += 1);
    refused(&|touched| touched.leaf_index += 1);
    refused(&|touched| touched.leaf_index = u64::MAX);
    refused(&|touched| touched.head = touched.head.to_uppercase());
    refused(&|touched| touched.line.clone_from(&other.line));
    refused(&|touched| touched.settlement_id = all.last().expect("one").settlement_id);
}

#[test]
fn the_seal_decides() {
    let all = proofs();
    let (proof, last) = (&all[0], all.last().expect("one"));
    // A tree that somebody made, beside a true seal.
    let mut own = proof.clone();
    (own.root, own.path, own.line) = (last.root.clone(), last.path.clone(), last.line.clone());
    (own.leaf_index, own.leaves) = (last.leaf_index, last.leaves);
    let fault = verify_proof(&own).expect_err("another root");
    assert!(
        matches!(fault, ProofFault::Differs { what: "root", .. }),
        "{fault}"
    );
}
