//! Every rule by the shipped component, against published numbers and the native
//! code.

use money::Cents;
use mortality::Probability;
use serde_json::{Value, json};
use tontine::{Caps, Fallback, Infeasible, Participant, Plan, Rule};

use super::{SEVEN, answer, ask, seven};
use crate::harness::{App, problem};

fn credits(document: &Value) -> Vec<(String, i64)> {
    document["credits"]
        .as_array()
        .expect("credits")
        .iter()
        .map(|credit| {
            let id = credit["id"].as_str().expect("an id").to_owned();
            (id, credit["credit_cents"].as_i64().expect("cents"))
        })
        .collect()
}

fn shared(app: &App, rule: &Value, dead: &str) -> Value {
    answer(
        app,
        "credits",
        &json!({"rule": rule, "members": seven(dead)}),
    )
}

/// Own computation with exact rationals; q of destatis-2022-2024, E dies.
#[test]
fn seven_members_by_the_rules_with_known_cents() {
    let app = App::start();
    for (rule, expected) in [
        (
            json!("nominal_gain"),
            &[
                ("A", 200_943),
                ("B", 268_105),
                ("C", 547_465),
                ("D", 1_567_714),
                ("F", 662_255),
                ("G", 753_517),
            ][..],
        ),
        (
            json!("finite_pool_correction"),
            &[
                ("A", 162_358),
                ("B", 221_126),
                ("C", 489_769),
                ("D", 1_802_360),
                ("F", 611_466),
                ("G", 712_920),
            ],
        ),
        (
            json!("overlay_fund"),
            &[
                ("A", 168_117),
                ("B", 225_933),
                ("C", 452_384),
                ("D", 1_292_654),
                ("E", 780_222),
                ("F", 480_095),
                ("G", 600_594),
            ],
        ),
    ] {
        let document = shared(&app, &rule, "E");
        let expected: Vec<(String, i64)> = expected
            .iter()
            .map(|(id, c)| ((*id).to_owned(), *c))
            .collect();
        assert_eq!(credits(&document), expected, "{rule}");
        assert_eq!(document["rule"], rule);
    }
}

/// What the native code says is what the component says, to the cent and to the
/// last digit of a ratio, by every rule and whoever dies.
#[test]
fn every_rule_gives_the_same_in_the_component() {
    let app = App::start();
    let fallback = Fallback::OverlayFund;
    for rule in [
        Rule::NominalGain,
        Rule::FinitePoolCorrection,
        Rule::OverlayFund,
        Rule::FairTransferPlan {
            infeasible: Infeasible::CapStake,
        },
        Rule::EquitableWeights { fallback },
    ] {
        for dead in ["A", "D", "F", "nobody"] {
            let participants = SEVEN.map(|(id, q, cents)| Participant {
                id,
                q: q.parse::<Probability>().expect("a rate"),
                at_risk: Cents::new(cents).expect("in range"),
                died: id == dead,
            });
            let plan = Plan::new(rule, Caps::NONE, &participants).expect("a plan");
            let native = plan.share(Cents::ZERO).expect("shared");
            let document = shared(&app, &json!(rule), dead);
            assert_eq!(document["group_gain"], native.group_gain.to_string());
            let fairness = plan.fairness();
            for credit in document["credits"].as_array().expect("credits") {
                let position = SEVEN.iter().position(|(id, _, _)| credit["id"] == *id);
                let position = position.expect("a member");
                assert_eq!(
                    credit["credit_cents"].as_i64(),
                    Some(native.credits[position].get()),
                    "{rule:?} {dead}"
                );
                let ratio = payout::Figure::of(fairness.ratios[position], 10).expect("finite");
                assert_eq!(
                    credit["fairness_ratio"],
                    ratio.to_string(),
                    "{rule:?} {dead}"
                );
            }
        }
    }
}

/// By full enumeration of the 128 outcomes: nominal gain favours and harms by up to
/// a quarter, equitable weights nobody: all lose what is lost if everybody dies.
#[test]
fn fairness_is_stated_for_each_member() {
    let app = App::start();
    let ratios = |rule: Value| -> Vec<f64> {
        let body = json!({"rule": rule, "members": seven("")});
        let document = answer(&app, "fairness", &body);
        let members = document["members"].as_array().expect("members").clone();
        let ratio = |member: &Value| member["ratio"].as_str().expect("text").parse();
        members
            .iter()
            .map(|m| ratio(m).expect("a number"))
            .collect()
    };
    let nominal = ratios(json!("nominal_gain"));
    let (low, high) = (
        nominal.iter().copied().fold(f64::MAX, f64::min),
        nominal.iter().copied().fold(0.0, f64::max),
    );
    assert_eq!(
        (format!("{low:.3}"), format!("{high:.3}")),
        ("0.785".into(), "1.244".into())
    );
    let equitable = ratios(json!({"equitable_weights": {"fallback": "overlay_fund"}}));
    // 1 − ε with ε = Πq·Σs / Σqs, to the spread that the solver is content with.
    let level = 0.999_999_997_444;
    assert!(
        equitable.iter().all(|ratio| (ratio - level).abs() < 1e-9),
        "{equitable:?}"
    );
    assert_eq!(ratios(json!("overlay_fund")), [1.0; 7]);
}

/// Where equitable weights do not exist the answer says so and which rule shared.
#[test]
fn a_dominated_pool_falls_back_and_says_so() {
    let app = App::start();
    let members = json!([
        {"id": "small", "q": "0.1", "at_risk_cents": 100},
        {"id": "large", "q": "0.1", "at_risk_cents": 1_000_000},
        {"id": "dead", "q": "0.1", "at_risk_cents": 100, "died": true},
    ]);
    let body = json!({
        "rule": {"equitable_weights": {"fallback": "overlay_fund"}}, "members": members,
    });
    let document = answer(&app, "credits", &body);
    assert_eq!(document["equitable"]["found"], "none");
    assert_eq!(document["rule"], "overlay_fund");
    let body =
        json!({"rule": {"fair_transfer_plan": {"infeasible": "refuse"}}, "members": members});
    let (status, code, pointer) = problem(&ask(&app, "credits", &body));
    assert_eq!((status, code.as_str()), (422, "rule-not-applicable"));
    assert_eq!(pointer.as_deref(), Some("/rule"));
    let body = json!({"rule": "group_self_annuitisation", "members": seven("E")});
    assert_eq!(
        problem(&ask(&app, "credits", &body)).1,
        "rule-not-applicable"
    );
}

/// What a cap takes from one goes to the others, and is shown.
#[test]
fn caps_are_kept_and_shown() {
    let app = App::start();
    let body = json!({
        "rule": "nominal_gain", "caps": {"max_share_ppm": 200_000}, "members": seven("E"),
    });
    let document = answer(&app, "credits", &body);
    let credits = document["credits"].as_array().expect("credits");
    let of = |id: &str| credits.iter().find(|c| c["id"] == id).expect("a credit");
    assert_eq!(of("D")["credit_cents"], 799_999);
    assert_eq!(of("D")["cut_cents"], 1_567_714 - 799_999);
    let sum: i64 = credits
        .iter()
        .filter_map(|c| c["credit_cents"].as_i64())
        .sum();
    assert_eq!(
        sum + document["carried_out_cents"].as_i64().expect("cents"),
        3_999_999
    );
}

/// Rates come from a basis where members have none of their own.
#[test]
fn members_can_have_a_birth_date_in_place_of_a_rate() {
    let app = App::start();
    let body = |member: Value| {
        json!({
            "rule": "nominal_gain",
            "rates": {"basis": super::basis("destatis-2022-2024"), "period": "month", "starts_on": "2025-01-01"},
            "members": [
                {"id": "A", "sex": "male", "birth_date": "1960-01-01", "at_risk_cents": 100_000},
                member,
            ],
        })
    };
    let dead = json!({"id": "B", "q": "0.5", "at_risk_cents": 7, "died": true});
    let document = answer(&app, "credits", &body(dead));
    assert_eq!(document["credits"][0]["credit_cents"], 7);
    for (member, pointer) in [
        (json!({"id": "B", "at_risk_cents": 1}), "/members/1/q"),
        (
            json!({"id": "B", "q": "0.1", "sex": "male", "at_risk_cents": 1}),
            "/members/1/q",
        ),
        (
            json!({"id": "B", "sex": "male", "birth_date": "2025-01-02", "at_risk_cents": 1}),
            "/members/1/birth_date",
        ),
        (
            json!({"id": "B", "sex": "male", "birth_date": "2025-02-30", "at_risk_cents": 1}),
            "/members/1/birth_date",
        ),
    ] {
        let refused = problem(&ask(&app, "credits", &body(member)));
        assert_eq!((refused.0, refused.2.as_deref()), (422, Some(pointer)));
    }
    let mut unknown = body(json!({"id": "B", "q": "0.1", "at_risk_cents": 1}));
    unknown["rates"]["basis"]["mortality"]["table"]["id"] = json!("hmd");
    let refused = problem(&ask(&app, "credits", &unknown));
    assert_eq!(
        refused.2.as_deref(),
        Some("/rates/basis/mortality/table/id")
    );
}
