//! Caps on what one member can gain or lose.

use money::Cents;
use proptest::prelude::*;
use tontine::{Caps, Outcome, Participant, Plan, Rule, Sharing};

use crate::pools::{Random, cents, member, seven};

fn share(rule: Rule, caps: Caps, pool: &[Participant<String>], carried_in: i64) -> Sharing {
    let plan = Plan::new(rule, caps, pool).expect("a plan");
    plan.share(cents(carried_in)).expect("shared")
}

/// D's 1,567,714 of 3,999,999 are cut to 30 %; the others share by weight what D
/// leaves.
#[test]
fn what_a_cap_on_the_share_takes_away_goes_to_the_others() {
    let caps = Caps {
        max_share_ppm: Some(300_000),
        ..Caps::NONE
    };
    let sharing = share(Rule::NominalGain, caps, &seven("E"), 0);
    let free = share(Rule::NominalGain, Caps::NONE, &seven("E"), 0);
    assert_eq!(sharing.credits[3], cents(1_199_999));
    assert_eq!(
        sharing.cut,
        [0, 0, 0, 1_567_714 - 1_199_999, 0, 0, 0].map(cents)
    );
    assert_eq!(sharing.carried_out, Cents::ZERO);
    for i in [0, 1, 2, 5, 6] {
        // What D leaves, over what D would leave without the cap.
        let expected = free.credits[i].get() * 2_800_000 / 2_432_285;
        let found = sharing.credits[i].get();
        assert!((found - expected).abs() <= 2, "{found} {expected}");
    }
}

/// At 20 % F and G reach the cap too, with what D leaves.
#[test]
fn a_cap_that_others_reach_only_by_what_it_takes_away() {
    let caps = Caps {
        max_share_ppm: Some(200_000),
        ..Caps::NONE
    };
    let sharing = share(Rule::NominalGain, caps, &seven("E"), 0);
    let capped = [3, 5, 6].map(|i| sharing.credits[i]);
    assert_eq!(capped, [cents(799_999); 3]);
    assert_eq!(sharing.cut.iter().filter(|c| **c > Cents::ZERO).count(), 1);
    assert_eq!(sharing.carried_out, Cents::ZERO);
}

#[test]
fn what_nobody_can_take_is_carried_out() {
    let caps = Caps {
        max_share_ppm: Some(100_000),
        ..Caps::NONE
    };
    let sharing = share(Rule::NominalGain, caps, &seven("E"), 0);
    assert_eq!(sharing.outcome, Outcome::Shared);
    assert_eq!(
        sharing.credits,
        [399_999, 399_999, 399_999, 399_999, 0, 399_999, 399_999].map(cents)
    );
    assert_eq!(sharing.carried_out, cents(3_999_999 - 6 * 399_999));
    let nothing = Caps {
        max_gain_ppm: Some(0),
        ..Caps::NONE
    };
    let sharing = share(Rule::OverlayFund, nothing, &seven("E"), 1);
    assert_eq!(sharing.carried_out, cents(4_000_000));
}

#[test]
fn a_sole_survivor_is_capped_too() {
    let caps = Caps {
        max_gain_ppm: Some(500_000),
        ..Caps::NONE
    };
    let sharing = share(Rule::NominalGain, caps, &seven("ABCDFG"), 0);
    assert_eq!(sharing.outcome, Outcome::SoleSurvivor);
    assert_eq!(sharing.credits[4], cents(1_999_999));
    let rest = sharing.pot.minus(cents(1_999_999)).expect("in range");
    assert_eq!(sharing.carried_out, rest);
}

/// What stands above the stake counts for no weight, and of the dead it goes to
/// the estate.
#[test]
fn a_cap_on_the_stake_leaves_the_rest_to_the_estate() {
    let caps = Caps {
        max_stake_cents: Some(5_000_000),
        ..Caps::NONE
    };
    let sharing = share(Rule::NominalGain, caps, &seven("DE"), 0);
    assert_eq!(
        sharing.stakes,
        [
            5_000_000, 5_000_000, 5_000_000, 5_000_000, 3_999_999, 1_500_001, 4_444_444
        ]
        .map(cents)
    );
    assert_eq!(
        sharing.to_estates,
        [0, 0, 0, 15_000_000, 0, 0, 0].map(cents)
    );
    assert_eq!(sharing.pot, cents(8_999_999));
    let mut lowered = seven("DE");
    for participant in &mut lowered {
        participant.at_risk = participant.at_risk.min(cents(5_000_000));
    }
    let same = share(Rule::NominalGain, Caps::NONE, &lowered, 0);
    assert_eq!(sharing.credits, same.credits);
}

#[test]
fn caps_in_json_are_optional_and_unknown_ones_refused() {
    let caps = Caps {
        max_share_ppm: Some(10_000),
        ..Caps::NONE
    };
    let read = |json| serde_json::from_str::<Caps>(json).ok();
    assert_eq!(read("{}"), Some(Caps::NONE));
    assert_eq!(read(r#"{"max_share_ppm": 10000}"#), Some(caps));
    assert_eq!(read(r#"{"max_share": 1}"#), None);
    assert_eq!(read(r#"{"max_share_ppm": -1}"#), None);
    assert_eq!(read(r#"{"max_share_ppm": 0.5}"#), None);
}

/// Water filling in its plainest form: cut whoever is above the limit, share what
/// is left among the others, and again.
fn plainly(pot: i64, weights: &[u64], limits: &[i64]) -> Vec<bool> {
    let mut full = vec![false; weights.len()];
    loop {
        let rest = |i: &usize| !full[*i];
        let all = 0..weights.len();
        let taken: i64 = all.clone().filter(|i| full[*i]).map(|i| limits[i]).sum();
        let sum: u128 = all
            .clone()
            .filter(rest)
            .map(|i| u128::from(weights[i]))
            .sum();
        let left = u128::from((pot - taken).unsigned_abs());
        let above = |i: &usize| {
            let limit = u128::from(limits[*i].unsigned_abs());
            !full[*i] && limit * sum < left * u128::from(weights[*i])
        };
        let cut: Vec<usize> = all.filter(above).collect();
        if cut.is_empty() {
            return full;
        }
        for i in cut {
            full[i] = true;
        }
    }
}

proptest! {
    #[test]
    fn caps_hold_and_the_rest_is_shared_by_weight(
        n in 1_usize..40,
        seed in any::<u64>(),
        share_ppm in prop_oneof![Just(1_000_000_u32), 0_u32..500_000],
        gain_ppm in prop_oneof![Just(u64::MAX), 0_u64..2_000_000, Just(10_000)],
    ) {
        let mut random = Random::new(seed);
        let pool: Vec<_> = (0..n)
            .map(|i| {
                let s = random.up_to_bits(30) as i64;
                member(&format!("{i:02}"), "0.5", s, random.below(4) == 0)
            })
            .collect();
        let caps = Caps { max_share_ppm: Some(share_ppm), max_gain_ppm: Some(gain_ppm), max_stake_cents: None };
        let sharing = share(Rule::NominalGain, caps, &pool, 1_000);
        let free = share(Rule::NominalGain, Caps::NONE, &pool, 1_000);
        let credited = Cents::total(sharing.credits.iter().copied()).expect("in range");
        prop_assert_eq!(credited.plus(sharing.carried_out), Ok(sharing.pot));
        if matches!(sharing.outcome, Outcome::EveryoneDied | Outcome::NoWeight) {
            return Ok(());
        }

        let pot = sharing.pot.get();
        let weights: Vec<u64> =
            pool.iter().map(|p| if p.died { 0 } else { p.at_risk.get().unsigned_abs() }).collect();
        let part = |of: i64, ppm: u64| (i128::from(of) * i128::from(ppm) / 1_000_000).min(pot.into()) as i64;
        let limits: Vec<i64> = pool
            .iter()
            .map(|p| part(pot, share_ppm.into()).min(part(p.at_risk.get(), gain_ppm)))
            .collect();
        let full = plainly(pot, &weights, &limits);
        let taken: i64 = (0..n).filter(|i| full[*i]).map(|i| limits[i]).sum();
        let sum: i128 = (0..n).filter(|i| !full[*i]).map(|i| i128::from(weights[i])).sum();
        for i in 0..n {
            let credit = sharing.credits[i].get();
            prop_assert!(credit <= limits[i]);
            if full[i] {
                prop_assert_eq!(credit, limits[i]);
            } else if weights[i] > 0 {
                let exact = i128::from(pot - taken) * i128::from(weights[i]);
                prop_assert!((i128::from(credit) * sum - exact).abs() < sum);
            }
            let lost = free.credits[i].get() - credit;
            prop_assert_eq!(sharing.cut[i].get(), lost.max(0));
        }
        prop_assert!(sharing.carried_out == Cents::ZERO || sum == 0);
    }
}
