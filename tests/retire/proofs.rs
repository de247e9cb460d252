//! What leaves for those who verify: proofs and documents.

use audit::verify_proof;
use ledger::record::Proof;
use ledger::settlement::Leaf;
use merkle::{Tree, leaf_hash};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, problem, text};

/// A pool with three settled months, the first of them twice.
pub fn settled_pool(app: &App) -> (NewPool<'_>, Vec<Uuid>) {
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=6)
        .map(|n| pool.member(n, 1_000_00 + n as i64))
        .collect();
    pool.death(members[5], "2025-07-10");
    for period in ["2025-06", "2025-07"] {
        assert_eq!(pool.settle(period).status, 201);
    }
    pool.death(members[0], "2025-06-20");
    for period in ["2025-06", "2025-07", "2025-08"] {
        assert_eq!(pool.settle(period).status, 201);
    }
    (pool, members)
}

fn proof(pool: &NewPool<'_>, period: &str, caller: Caller<'_>, query: &str) -> simulator::Answer {
    let path = pool.path(&format!("/settlements/{period}/proof{query}"));
    pool.app.get(&path, caller)
}

/// With a proof, and the head of the pool's chain, a member needs no server.
#[test]
fn a_member_proves_their_line_without_a_server() {
    let app = App::start();
    let (pool, members) = settled_pool(&app);
    for member in &members[1..] {
        let answer = proof(&pool, "2025-06", Caller::Member(*member), "");
        let proof: Proof = answer.json().expect("a proof");
        verify_proof(&proof).expect("it holds");
        let leaf: Leaf = serde_json::from_str(&proof.line).expect("a line");
        assert_eq!(leaf.member_id, *member);
        let path = format!("/v1/data/members/{member}/statements?from=2025-06&to=2025-06");
        let statement: Value = app.get(&path, Caller::Operator).json().expect("JSON");
        assert_eq!(
            statement["items"][0]["credits_cents"],
            leaf.credit_cents.get()
        );

        let forged = Proof {
            line: proof
                .line
                .replace("\"credit_cents\":", "\"credit_cents\":9"),
            ..proof.clone()
        };
        verify_proof(&forged).expect_err("another credit");
        let forged = Proof {
            seal: proof.seal.replace("\"pot_cents\":", "\"pot_cents\":9"),
            ..proof
        };
        verify_proof(&forged).expect_err("another seal");
    }
}

#[test]
fn proofs_are_for_those_whom_they_concern() {
    let app = App::start();
    let (pool, members) = settled_pool(&app);
    let of = |member: Uuid| format!("?member={member}");
    assert_eq!(
        proof(&pool, "2025-06", Caller::Auditor, &of(members[1])).status,
        200
    );
    assert_eq!(
        proof(
            &pool,
            "2025-06",
            Caller::Member(members[1]),
            &of(members[1])
        )
        .status,
        200
    );
    let others = proof(
        &pool,
        "2025-06",
        Caller::Member(members[1]),
        &of(members[2]),
    );
    assert_eq!(problem(&others).0, 404);
    let stranger = proof(&pool, "2025-06", Caller::Member(Uuid::new_v4()), "");
    assert_eq!(problem(&stranger).0, 404);
    assert_eq!(
        problem(&proof(&pool, "2025-06", Caller::Operator, "")).1,
        "invalid-parameter"
    );
    assert_eq!(
        problem(&proof(&pool, "2025-09", Caller::Operator, &of(members[1]))).0,
        404
    );
    // Who was settled as dead before has no line.
    assert_eq!(
        problem(&proof(&pool, "2025-08", Caller::Operator, &of(members[0]))).0,
        404
    );
}

/// The document has the seal and all lines: its tree is the one that is sealed.
#[test]
fn the_document_of_a_settlement_is_what_was_sealed() {
    let app = App::start();
    let (pool, _) = settled_pool(&app);
    for (query, members) in [("", 6), ("?revision=1", 6), ("?revision=2", 6)] {
        let path = pool.path(&format!("/settlements/2025-06/document{query}"));
        let answer = app.get(&path, Caller::Auditor);
        assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
        let body = text(&answer);
        let mut lines = body.lines();
        let seal: Value = serde_json::from_str(lines.next().expect("a seal")).expect("JSON");
        let mut tree = Tree::new();
        for line in lines {
            let leaf: Leaf = serde_json::from_str(line).expect("a line");
            assert_eq!(
                serde_json::to_string(&leaf).expect("JSON"),
                line,
                "canonical"
            );
            tree.push(leaf_hash(line.as_bytes()));
        }
        assert_eq!(tree.len(), members);
        assert_eq!(seal["lines"]["root"], tree.root().to_string());
        assert!(
            !body.contains("birth"),
            "names and dates of birth are left out"
        );
    }
    let path = pool.path("/settlements/2025-06/document?revision=3");
    assert_eq!(problem(&app.get(&path, Caller::Auditor)).0, 404);
    let answer = app.get(&pool.path("/settlements/2025-06/document"), Caller::Analyst);
    assert_eq!(answer.status, 403);
}
