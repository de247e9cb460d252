//! The WIT interface `retire:tontine/engine` of the shipped component, called from a
//! host that knows nothing of HTTP.

use serde_json::{Value, json};
use tontine_engine::{Outcome, Participant, Sharing, SharingError, TontineCalc};

use crate::harness::{App, Caller, runtime};

fn share(
    app: &App,
    participants: &[Participant],
    carried_in: i64,
) -> Result<Sharing, SharingError> {
    let component = app.host().component("tontine-calc").expect("loaded");
    runtime().block_on(async {
        let mut instance = host::instantiate(app.host(), component)
            .await
            .expect("an instance");
        let (mut store, instance) = instance.parts();
        let engine = TontineCalc::new(&mut store, instance).expect("exported");
        engine
            .retire_tontine_engine()
            .call_share_credits(&mut store, participants, carried_in)
            .await
            .expect("called")
    })
}

fn participant(id: &str, q: &str, at_risk_cents: i64, died: bool) -> Participant {
    Participant {
        id: id.to_owned(),
        q: q.to_owned(),
        at_risk_cents,
        died,
    }
}

/// Seven members at yearly rates of Destatis 2022/24, recomputed with exact
/// rationals apart from this code: native, WIT and HTTP give the same cents.
#[test]
fn the_shipped_engine_gives_the_published_numbers() {
    let app = App::start();
    let pool: Vec<Participant> = [
        ("A", "0.01543007", 5_000_000),
        ("B", "0.00829459", 12_500_050),
        ("C", "0.02757002", 7_530_025),
        ("D", "0.02966055", 20_000_000),
        ("E", "0.08951281", 3_999_999),
        ("F", "0.14687996", 1_500_001),
        ("G", "0.06201409", 4_444_444),
    ]
    .iter()
    .map(|(id, q, cents)| participant(id, q, *cents, *id == "E"))
    .collect();
    let sharing = share(&app, &pool, 0).expect("shared");
    assert_eq!(
        sharing.credits_cents,
        [200_943, 268_105, 547_465, 1_567_714, 0, 662_255, 753_517]
    );
    assert_eq!(sharing.group_gain, "2.564373808032");
    assert_eq!(
        (sharing.outcome, sharing.pot_cents),
        (Outcome::Shared, 3_999_999)
    );

    let members: Vec<Value> = pool
        .iter()
        .map(|p| json!({"id": p.id, "q": p.q, "at_risk_cents": p.at_risk_cents, "died": p.died}))
        .collect();
    let answer = app.send(
        "POST",
        "/v1/tontine/credits",
        Caller::Analyst,
        Some(&json!({"members": members})),
    );
    let document: Value = answer.json().expect("JSON");
    assert_eq!(document["group_gain"], sharing.group_gain);
    let credits: Vec<i64> = document["credits"]
        .as_array()
        .expect("credits")
        .iter()
        .map(|credit| credit["credit_cents"].as_i64().expect("cents"))
        .collect();
    let survivors: Vec<i64> = sharing
        .credits_cents
        .iter()
        .copied()
        .filter(|c| *c != 0)
        .collect();
    assert_eq!(credits, survivors);
}

#[test]
fn every_outcome_and_every_error_crosses_the_border() {
    let app = App::start();
    let (alive, dead) = (
        participant("a", "0.1", 100, false),
        participant("b", "0.1", 50, true),
    );
    let outcome = |pool: &[Participant]| share(&app, pool, 0).expect("shared").outcome;
    assert_eq!(
        outcome(std::slice::from_ref(&alive)),
        Outcome::NothingToShare
    );
    assert_eq!(
        outcome(&[alive.clone(), dead.clone()]),
        Outcome::SoleSurvivor
    );
    assert_eq!(outcome(std::slice::from_ref(&dead)), Outcome::EveryoneDied);
    assert_eq!(
        outcome(&[participant("a", "0", 1, false), dead.clone()]),
        Outcome::NoWeight
    );
    let error =
        |pool: &[Participant], carried: i64| share(&app, pool, carried).expect_err("refused");
    assert_eq!(error(&[], 0), SharingError::EmptyPool);
    assert_eq!(
        error(std::slice::from_ref(&alive), -1),
        SharingError::InvalidCarriedPot
    );
    assert_eq!(
        error(&[alive.clone(), participant("", "0", 1, false)], 0),
        SharingError::InvalidId(1)
    );
    assert_eq!(
        error(&[participant("x", "1", 1, false)], 0),
        SharingError::InvalidProbability(0)
    );
    assert_eq!(
        error(&[participant("x", "0", -1, false)], 0),
        SharingError::InvalidBalance(0)
    );
    assert_eq!(
        error(&[participant("x", "0", i64::MAX, false)], 0),
        SharingError::InvalidBalance(0)
    );
    assert_eq!(
        error(&[alive.clone(), alive.clone()], 0),
        SharingError::DuplicateParticipant(1)
    );
    let most = (1 << 53) - 1;
    let rich = [
        participant("x", "0.1", most, true),
        participant("y", "0.1", most, true),
        alive,
    ];
    assert_eq!(error(&rich, 0), SharingError::PotOutOfRange);
}
