//! The WIT interface `retire:tontine/engine` of the shipped component, called from a
//! host that knows nothing of HTTP.

use serde_json::{Value, json};
use tontine_engine::{
    Basis, Blend, Closing, Design, FractionalAge, Interest, Life, LifeTable, Mortality, NO_CAPS,
    Outcome, Participant, PayoutError, PayoutRule, Period, Rule, Sex, Sharing, SharingError,
    Tontine, TontineCalc,
};

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
            .call_share_credits(
                &mut store,
                Rule::NominalGain,
                NO_CAPS,
                participants,
                carried_in,
            )
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
        Some(&json!({"rule": "nominal_gain", "members": members})),
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

fn life(table: &str, age_years: u32) -> Life {
    Life {
        basis: Basis {
            mortality: Mortality::Table(LifeTable {
                id: table.to_owned(),
                closing: Closing::LastAge,
            }),
            blend: Blend::BySex,
            improvement: None,
            fractional_age: FractionalAge::ConstantForce,
        },
        sex: Sex::Male,
        age_years,
        age_months: 0,
        calendar_year: 2025,
    }
}

fn annuity(app: &App, life: &Life, rate: &str) -> Result<String, PayoutError> {
    let component = app.host().component("tontine-calc").expect("loaded");
    let interest = Interest::Effective(rate.to_owned());
    runtime().block_on(async {
        let mut instance = host::instantiate(app.host(), component)
            .await
            .expect("an instance");
        let (mut store, instance) = instance.parts();
        let engine = TontineCalc::new(&mut store, instance).expect("exported");
        engine
            .retire_tontine_engine()
            .call_annuity_factor(&mut store, life, &interest, Period::Year, 0)
            .await
            .expect("called")
    })
}

/// ä of Destatis 2022-2024, closed at 100: own computation with 50 digits.
#[test]
fn annuity_factors_cross_the_border() {
    let app = App::start();
    let factor = |age, rate| annuity(&app, &life("destatis-2022-2024", age), rate);
    assert_eq!(factor(65, "0"), Ok("18.2011848862".to_owned()));
    assert_eq!(factor(80, "0.02"), Ok("7.7002862801".to_owned()));
    let invalid = |field: &str| Err(PayoutError::InvalidField(field.to_owned()));
    assert_eq!(factor(131, "0"), invalid("age"));
    assert_eq!(factor(65, "x"), invalid("interest"));
    let unknown = annuity(&app, &life("hmd", 65), "0");
    assert_eq!(unknown, Err(PayoutError::UnknownTable));
}

#[test]
fn fairness_and_payout_paths_cross_the_border() {
    let app = App::start();
    let component = app.host().component("tontine-calc").expect("loaded");
    let pool = [
        participant("a", "0.1", 100, false),
        participant("b", "0.1", 100, false),
    ];
    let rule = PayoutRule::Tontine(Tontine {
        design: Design::Natural,
        members: 100,
    });
    runtime().block_on(async {
        let mut instance = host::instantiate(app.host(), component)
            .await
            .expect("an instance");
        let (mut store, instance) = instance.parts();
        let engine = TontineCalc::new(&mut store, instance).expect("exported");
        let engine = engine.retire_tontine_engine();
        let fairness = engine
            .call_state_fairness(&mut store, Rule::NominalGain, None, &pool)
            .await
            .expect("called")
            .expect("a pool");
        // Who alone survives takes the other's 100: 0.9 · 0.1 · 100 over 0.1 · 100.
        assert_eq!(fairness.ratios, ["0.9000000000", "0.9000000000"]);
        assert_eq!(fairness.implied_members, "2.0000000000");
        let life = life("destatis-2022-2024", 65);
        let interest = Interest::Force("0.02".to_owned());
        let path = engine
            .call_payout_path(
                &mut store,
                &life,
                &rule,
                &interest,
                Period::Month,
                10_000_000,
            )
            .await
            .expect("called")
            .expect("a path");
        assert_eq!((path[0].age_years, path.len()), (65, 36));
        let refused = engine
            .call_payout_path(&mut store, &life, &rule, &interest, Period::Month, i64::MIN)
            .await
            .expect("called");
        let invalid = PayoutError::InvalidField("balance-cents".to_owned());
        assert_eq!(refused.map(|years| years.len()), Err(invalid));
    });
}
