//! What no formula says: every edge of a pool, by every rule.

use money::Cents;
use tontine::{
    Caps, Fallback, Infeasible, Outcome, Participant, Plan, PoolError, Refusal, Rule, Sharing,
    SharingError,
};

use crate::pools::{cents, four, member, seven};

pub const SURVIVORS_ONLY: [Rule; 3] = [
    Rule::NominalGain,
    Rule::FinitePoolCorrection,
    Rule::EquitableWeights {
        fallback: Fallback::FinitePoolCorrection,
    },
];

pub const ESTATES_TOO: [Rule; 2] = [
    Rule::OverlayFund,
    Rule::FairTransferPlan {
        infeasible: Infeasible::CapStake,
    },
];

fn share(rule: Rule, pool: &[Participant<String>], carried_in: i64) -> Sharing {
    let plan = Plan::new(rule, Caps::NONE, pool).expect("a plan");
    plan.share(cents(carried_in)).expect("shared")
}

fn total(amounts: &[Cents]) -> Cents {
    Cents::total(amounts.iter().copied()).expect("in range")
}

#[test]
fn nobody_dies_and_nothing_is_shared() {
    for rule in SURVIVORS_ONLY.into_iter().chain(ESTATES_TOO) {
        let sharing = share(rule, &seven(""), 0);
        assert_eq!(sharing.outcome, Outcome::NothingToShare, "{rule:?}");
        assert_eq!(sharing.credits, [Cents::ZERO; 7]);
        assert_eq!(sharing.to_estates, [Cents::ZERO; 7]);
        assert_eq!(sharing.group_gain.to_string(), "0.000000000000");
        assert_eq!(sharing.carried_out, Cents::ZERO);
    }
}

#[test]
fn everyone_dies_and_each_balance_goes_to_its_own_estate() {
    let pool = seven("ABCDEFG");
    for rule in SURVIVORS_ONLY {
        let sharing = share(rule, &pool, 55);
        assert_eq!(sharing.outcome, Outcome::EveryoneDied, "{rule:?}");
        assert_eq!(sharing.credits, [Cents::ZERO; 7]);
        assert_eq!((sharing.pot, sharing.carried_out), (cents(55), cents(55)));
        for (participant, to_estate) in pool.iter().zip(&sharing.to_estates) {
            assert_eq!(participant.at_risk, *to_estate);
        }
    }
}

/// By rules that pay estates everything is shared: that makes them exactly fair.
#[test]
fn everyone_dies_and_the_estates_are_paid() {
    let balances: i64 = seven("").iter().map(|p| p.at_risk.get()).sum();
    for rule in ESTATES_TOO {
        let sharing = share(rule, &seven("ABCDEFG"), 55);
        assert_eq!(sharing.outcome, Outcome::Shared, "{rule:?}");
        assert_eq!(sharing.pot, cents(balances + 55));
        assert_eq!(total(&sharing.credits), sharing.pot);
        assert_eq!(sharing.to_estates, [Cents::ZERO; 7]);
    }
}

#[test]
fn no_survivor_has_weight_and_the_pot_is_carried() {
    let pool = [
        member("a", "0.1", 700, true),
        member("b", "0.1", 0, false),
        member("c", "0", 9, false),
    ];
    for rule in SURVIVORS_ONLY {
        let sharing = share(rule, &pool, 50);
        assert_eq!(sharing.outcome, Outcome::NoWeight, "{rule:?}");
        assert_eq!(sharing.carried_out, cents(750));
        assert_eq!(sharing.credits, [Cents::ZERO; 3]);
    }
    // The dead member has no weight in their own stake either, and at a rate of
    // nought nobody foresaw the death.
    let unforeseen = [member("a", "0", 700, true), member("b", "0", 9, false)];
    for rule in ESTATES_TOO {
        let sharing = share(rule, &unforeseen, 50);
        assert_eq!(sharing.outcome, Outcome::NoWeight, "{rule:?}");
        assert_eq!(sharing.carried_out, cents(750));
    }
}

#[test]
fn a_carried_pot_is_shared_though_nobody_died() {
    let pool = [
        member("a", "0.1", 700, false),
        member("b", "0.1", 700, false),
    ];
    for rule in SURVIVORS_ONLY.into_iter().chain(ESTATES_TOO) {
        assert_eq!(
            share(rule, &pool, 51).credits,
            [26, 25].map(cents),
            "{rule:?}"
        );
    }
}

#[test]
fn one_survivor_takes_the_whole_pot_and_it_is_flagged() {
    let pool = [
        member("a", "0.9", 700, true),
        member("b", "0.0001", 1, false),
        member("c", "0.2", 44, true),
    ];
    for rule in SURVIVORS_ONLY {
        let sharing = share(rule, &pool, 6);
        assert_eq!(sharing.outcome, Outcome::SoleSurvivor, "{rule:?}");
        assert_eq!(sharing.credits, [0, 750, 0].map(cents));
    }
}

#[test]
fn a_rate_of_nearly_one_is_capped_and_takes_the_pot() {
    let q = "0.9999999999999999999999999999";
    let pool = [
        member("a", q, 100, false),
        member("b", "0.5", 100, false),
        member("c", "0.5", 100, true),
    ];
    for rule in [Rule::NominalGain, Rule::FinitePoolCorrection] {
        assert_eq!(
            share(rule, &pool, 0).credits,
            [100, 0, 0].map(cents),
            "{rule:?}"
        );
    }
    // By q·s the certain death weighs twice as much as an even one.
    assert_eq!(
        share(Rule::OverlayFund, &pool, 0).credits,
        [50, 25, 25].map(cents)
    );
}

/// Where a table ends and death is certain, mortality gives the cap of odds.
#[test]
fn the_end_of_a_table_is_the_cap() {
    let mut pool = four("c");
    pool[0].q = mortality::Probability::from_ratio(1, 1);
    let sharing = share(Rule::NominalGain, &pool, 0);
    assert_eq!(total(&sharing.credits), sharing.pot);
    assert_eq!(sharing.credits[0], sharing.pot);
    let plan = Plan::new(Rule::NominalGain, Caps::NONE, &pool).expect("a plan");
    assert!(plan.fairness().ratios.iter().all(|ratio| ratio.is_finite()));
}

/// A tiny balance of a very old member multiplies, because it is nearly certain
/// to be lost; the cap on the gain rate is for that.
#[test]
fn a_tiny_balance_of_a_very_old_member_multiplies_unless_capped() {
    let pool = [
        member("a", "0.95", 100, false),
        member("b", "0.001", 1_000_000, false),
        member("c", "0.001", 1_000_000, true),
    ];
    let sharing = share(Rule::NominalGain, &pool, 0);
    assert!(sharing.credits[0] > cents(600_000));
    let caps = Caps {
        max_gain_ppm: Some(1_000_000),
        ..Caps::NONE
    };
    let plan = Plan::new(Rule::NominalGain, caps, &pool).expect("a plan");
    let capped = plan.share(Cents::ZERO).expect("shared");
    assert_eq!(capped.credits, [100, 999_900, 0].map(cents));
    assert_eq!(capped.cut[0], cents(sharing.credits[0].get() - 100));
}

/// Sabin's cap: 900,000 euro at 2.966 % are more than what the others put up.
#[test]
fn a_dominant_member_is_capped_in_a_transfer_plan_on_request() {
    let mut pool = seven("D");
    pool[3].at_risk = cents(90_000_000);
    let sharing = share(ESTATES_TOO[1], &pool, 0);
    // Σ b of the others over the rate of D, in whole cents; rates in 10^−8.
    let b = |p: &Participant<String>| {
        p.q.scaled() / 10_u128.pow(20) * u128::from(p.at_risk.get().unsigned_abs())
    };
    let others: u128 = pool.iter().filter(|p| p.id != "D").map(b).sum();
    let most = others / (pool[3].q.scaled() / 10_u128.pow(20));
    let most = cents(i64::try_from(most).expect("few"));
    assert_eq!(sharing.stakes[3], most);
    assert_eq!(sharing.stakes[0], pool[0].at_risk);
    assert_eq!(sharing.pot, most);
    assert_eq!(
        sharing.to_estates[3],
        pool[3].at_risk.minus(most).expect("in range")
    );
    assert_eq!(total(&sharing.credits), most);
    // At the limit of what is feasible everybody gets of D's stake what they put
    // up against it.
    for (participant, credit) in pool.iter().zip(&sharing.credits) {
        let stake = u128::from(most.get().unsigned_abs());
        let expected = if participant.id == "D" {
            0
        } else {
            b(participant) * stake / others
        };
        assert!(u128::from(credit.get().unsigned_abs()).abs_diff(expected) <= 2);
    }
    // And D all of anybody else's.
    pool[3].died = false;
    pool[0].died = true;
    let sharing = share(ESTATES_TOO[1], &pool, 0);
    let rest = sharing.pot.get() - sharing.credits[3].get();
    assert!(rest <= 1, "{rest}");
}

/// Alone in a pool there is nobody to share with: nothing is at risk.
#[test]
fn a_member_alone_stakes_nothing_in_a_capped_transfer_plan() {
    let pool = [member("a", "0.1", 700, true)];
    let sharing = share(ESTATES_TOO[1], &pool, 0);
    assert_eq!(
        (sharing.stakes[0], sharing.to_estates[0]),
        (Cents::ZERO, cents(700))
    );
    assert_eq!(sharing.pot, Cents::ZERO);
    let refuse = Rule::FairTransferPlan {
        infeasible: Infeasible::Refuse,
    };
    let refused = Plan::new(refuse, Caps::NONE, &pool).err();
    let infeasible = Refusal::Infeasible { index: 0 };
    assert_eq!(refused, Some(SharingError::Refused(infeasible)));
}

/// Two who put up the same stake it against each other.
#[test]
fn two_members_of_a_transfer_plan_inherit_from_each_other() {
    let rule = Rule::FairTransferPlan {
        infeasible: Infeasible::Refuse,
    };
    for (dead, credits) in [("a", [0, 1_000]), ("b", [500, 0]), ("ab", [500, 1_000])] {
        let pool = [
            member("a", "0.1", 1_000, dead.contains('a')),
            member("b", "0.2", 500, dead.contains('b')),
        ];
        assert_eq!(share(rule, &pool, 0).credits, credits.map(cents), "{dead}");
    }
}

#[test]
fn group_self_annuitisation_is_refused_where_rates_differ() {
    let mut pool = four("a");
    let refused = Plan::new(Rule::GroupSelfAnnuitisation, Caps::NONE, &pool).err();
    let differs = Refusal::NotHomogeneous { index: 1 };
    assert_eq!(refused, Some(SharingError::Refused(differs)));
    for participant in &mut pool {
        participant.q = "0.02".parse().expect("a probability");
    }
    assert!(Plan::new(Rule::GroupSelfAnnuitisation, Caps::NONE, &pool).is_ok());
}

#[test]
fn a_pool_that_no_rule_shares_is_refused_with_the_place() {
    let refused =
        |pool: &[Participant<String>]| Plan::new(Rule::OverlayFund, Caps::NONE, pool).err();
    assert_eq!(refused(&[]), Some(PoolError::Empty.into()));
    let negative = [member("a", "0.1", 1, false), member("b", "0.1", -1, false)];
    let error = PoolError::NegativeBalance { index: 1 };
    assert_eq!(refused(&negative), Some(error.into()));
    let twice = [
        member("b", "0.1", 1, false),
        member("a", "0.1", 1, true),
        member("b", "0.2", 2, false),
    ];
    let error = PoolError::DuplicateMember { index: 2 };
    assert_eq!(refused(&twice), Some(error.into()));
}

#[test]
fn a_pot_out_of_range_is_refused_by_every_rule() {
    let max = Cents::MAX.get();
    let huge = [
        member("a", "0.1", max, true),
        member("b", "0.1", max, true),
        member("c", "0.1", max, false),
    ];
    for rule in SURVIVORS_ONLY.into_iter().chain(ESTATES_TOO) {
        let plan = Plan::new(rule, Caps::NONE, &huge).expect("a plan");
        assert_eq!(
            plan.share(Cents::ZERO),
            Err(PoolError::PotOutOfRange),
            "{rule:?}"
        );
        assert_eq!(
            plan.share(cents(-1)),
            Err(PoolError::PotOutOfRange),
            "{rule:?}"
        );
    }
}

#[test]
fn a_rule_has_a_name_in_json() {
    for (rule, json) in [
        (Rule::NominalGain, r#""nominal_gain""#),
        (Rule::FinitePoolCorrection, r#""finite_pool_correction""#),
        (Rule::OverlayFund, r#""overlay_fund""#),
        (
            Rule::GroupSelfAnnuitisation,
            r#""group_self_annuitisation""#,
        ),
        (
            Rule::FairTransferPlan {
                infeasible: Infeasible::CapStake,
            },
            r#"{"fair_transfer_plan":{"infeasible":"cap_stake"}}"#,
        ),
        (
            Rule::EquitableWeights {
                fallback: Fallback::CappedFairTransferPlan,
            },
            r#"{"equitable_weights":{"fallback":"capped_fair_transfer_plan"}}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&rule).expect("json"), json);
        assert_eq!(serde_json::from_str::<Rule>(json).expect("a rule"), rule);
    }
}
