//! What holds for every pool, rule and cap. `PROPTEST_CASES` sets the number of
//! pools; a soak takes 100,000.

use money::Cents;
use mortality::Probability;
use proptest::prelude::*;
use tontine::{
    Caps, Fallback, Infeasible, Outcome, Participant, Plan, PoolError, Rule, SharingError,
};

use crate::edge_cases::{ESTATES_TOO, SURVIVORS_ONLY};
use crate::pools::{Random, cents};

const RULES: [Rule; 7] = [
    Rule::NominalGain,
    Rule::FinitePoolCorrection,
    Rule::OverlayFund,
    Rule::FairTransferPlan {
        infeasible: Infeasible::CapStake,
    },
    Rule::FairTransferPlan {
        infeasible: Infeasible::Refuse,
    },
    Rule::GroupSelfAnnuitisation,
    Rule::EquitableWeights {
        fallback: Fallback::CappedFairTransferPlan,
    },
];

/// The default is a slice that ends within seconds without optimisation.
fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(120),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Mostly small pools, where edges are; some of up to 5,000 members.
fn size() -> impl Strategy<Value = usize> {
    prop_oneof![20 => 1_usize..12, 10 => 12_usize..200, 1 => 200_usize..=5_000]
}

/// Hostile balances and rates: nothing, all there is, equal ones, one that
/// dwarfs the others, certain deaths and impossible ones.
fn pool(n: usize, seed: u64) -> Vec<Participant<u32>> {
    let mut random = Random::new(seed);
    let (balances, rates, deaths) = (random.below(6), random.below(6), random.below(5));
    let alike = random.below(1 << 40);
    // The sum of what all dead leave has to stay an amount.
    let most = Cents::MAX.get().unsigned_abs() / (n as u64 + 1);
    let mut one = |id: u32| {
        let at_risk = match balances {
            0 => random.below(3),
            1 => random.below(10_000_000),
            2 => alike,
            3 if id == 0 => most,
            3 => random.below(1_000_000),
            4 => most - random.below(most),
            _ => random.up_to_bits(54),
        };
        let q = match rates {
            0 => Probability::from_ratio(1, 1_000_000 + u128::from(random.below(100_000))),
            1 => Probability::from_float(0.02),
            2 => Probability::from_float(random.unit()),
            3 if random.below(4) == 0 => Probability::ODDS_CAP,
            4 if random.below(3) == 0 => Probability::ZERO,
            5 => Probability::from_ratio(u128::from(random.next()), 1 << random.below(90).max(64)),
            _ => Probability::from_ratio(u128::from(random.below(300_000_000)), 10_000_000_000),
        };
        let died = match deaths {
            0 => false,
            1 => random.below(2) == 0,
            2 => random.below(20) == 0,
            3 => true,
            _ => random.unit() < q.to_float(),
        };
        Participant {
            id,
            q,
            at_risk: cents(at_risk.min(most).cast_signed()),
            died,
        }
    };
    (0..u32::try_from(n).expect("few")).map(&mut one).collect()
}

fn any_caps() -> impl Strategy<Value = Caps> {
    let share = prop::option::of(0_u32..=1_000_000);
    let gain = prop::option::of(prop_oneof![0_u64..3_000_000, any::<u64>()]);
    let stake = prop::option::of(prop_oneof![0_u64..10_000_000, any::<u64>()]);
    let some = (share, gain, stake).prop_map(|(share, gain, stake)| Caps {
        max_share_ppm: share,
        max_gain_ppm: gain,
        max_stake_cents: stake,
    });
    prop_oneof![Just(Caps::NONE), some]
}

fn total(amounts: impl Iterator<Item = Cents>) -> i64 {
    amounts.map(Cents::get).sum()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn money_is_conserved_to_the_cent_and_no_credit_is_negative(
        n in size(),
        seed in any::<u64>(),
        rule in prop::sample::select(&RULES[..]),
        caps in any_caps(),
        carried_in in prop_oneof![Just(0_i64), 0_i64..1_000_000],
    ) {
        let pool = pool(n, seed);
        let plan = match Plan::new(rule, caps, &pool) {
            Ok(plan) => plan,
            Err(SharingError::Refused(_)) => return Ok(()),
            Err(SharingError::Pool(error)) => panic!("{error}"),
        };
        let sharing = plan.share(cents(carried_in)).expect("shared");
        prop_assert!(sharing.credits.iter().chain(&sharing.cut).all(|c| !c.is_negative()));
        let credited = total(sharing.credits.iter().copied());
        prop_assert_eq!(credited + sharing.carried_out.get(), sharing.pot.get());
        let dead = || pool.iter().zip(&sharing.to_estates).filter(|(p, _)| p.died);
        let forfeited = total(dead().map(|(p, _)| p.at_risk)) - total(dead().map(|(_, e)| *e));
        prop_assert_eq!(carried_in + forfeited, sharing.pot.get());
        for (i, participant) in pool.iter().enumerate() {
            let (stake, to_estate) = (sharing.stakes[i], sharing.to_estates[i]);
            prop_assert!(stake <= participant.at_risk && to_estate <= participant.at_risk);
            if !participant.died {
                prop_assert_eq!(to_estate, Cents::ZERO);
            } else if sharing.outcome == Outcome::EveryoneDied {
                prop_assert_eq!(to_estate, participant.at_risk);
            } else {
                prop_assert_eq!(to_estate.plus(stake), Ok(participant.at_risk));
            }
            let survivors_only = !ESTATES_TOO.contains(&plan.applied())
                && !matches!(plan.applied(), Rule::FairTransferPlan { .. });
            prop_assert!(!survivors_only || !participant.died || sharing.credits[i] == Cents::ZERO);
        }
        let all_dead = pool.iter().all(|p| p.died);
        prop_assert!(all_dead || sharing.outcome != Outcome::EveryoneDied);
        prop_assert!(plan.fairness().ratios.iter().all(|r| r.is_finite() && *r >= 0.0));
    }

    /// Bit for bit, also where weights are found with floats.
    #[test]
    fn the_order_of_the_members_changes_nothing(
        n in size(),
        seed in any::<u64>(),
        rule in prop::sample::select(&RULES[..]),
        caps in any_caps(),
    ) {
        let pool = pool(n, seed);
        let mut turned = pool.clone();
        let mut random = Random::new(!seed);
        for i in (1..n).rev() {
            turned.swap(i, random.below(i as u64 + 1) as usize);
        }
        let (plan, other) = match (Plan::new(rule, caps, &pool), Plan::new(rule, caps, &turned)) {
            (Ok(plan), Ok(other)) => (plan, other),
            (plan, other) => {
                prop_assert!(plan.is_err() && other.is_err());
                return Ok(());
            }
        };
        let sharing = plan.share(cents(7)).expect("shared");
        let shared = other.share(cents(7)).expect("shared");
        let (fairness, figures) = (plan.fairness(), other.fairness());
        prop_assert_eq!(fairness.spread.to_bits(), figures.spread.to_bits());
        prop_assert_eq!(sharing.carried_out, shared.carried_out);
        for (at, participant) in turned.iter().enumerate() {
            let i = participant.id as usize;
            prop_assert_eq!(sharing.credits[i], shared.credits[at]);
            prop_assert_eq!(sharing.cut[i], shared.cut[at]);
            prop_assert_eq!(sharing.to_estates[i], shared.to_estates[at]);
            prop_assert_eq!(fairness.ratios[i].to_bits(), figures.ratios[at].to_bits());
        }
    }

    /// A pot that is `factor` times as large, by what is carried in.
    #[test]
    fn scaling_the_pot_scales_the_credits_within_a_cent(
        n in size(),
        seed in any::<u64>(),
        rule in prop::sample::select(&SURVIVORS_ONLY[..]),
        factor in 2_i64..50,
    ) {
        let mut pool = pool(n, seed);
        for participant in &mut pool {
            participant.at_risk = cents(participant.at_risk.get() / 64);
        }
        let plan = Plan::new(rule, Caps::NONE, &pool).expect("a plan");
        let once = plan.share(Cents::ZERO).expect("shared");
        if !matches!(once.outcome, Outcome::Shared | Outcome::SoleSurvivor) {
            return Ok(());
        }
        let more = plan.share(cents(once.pot.get() * (factor - 1))).expect("shared");
        prop_assert_eq!(more.pot.get(), once.pot.get() * factor);
        for (once, more) in once.credits.iter().zip(&more.credits) {
            // Each is within a cent of its exact share.
            prop_assert!((more.get() - once.get() * factor).abs() <= factor);
        }
    }

    /// The same with a pot of one size: what differs is rounding alone.
    #[test]
    fn equal_members_are_credited_alike_within_a_cent(
        n in 1_usize..200,
        seed in any::<u64>(),
        rule in prop::sample::select(&RULES[..]),
    ) {
        let mut pool = pool(n, seed);
        let copies = pool.clone().into_iter().map(|p| Participant { id: p.id + 10_000, ..p });
        let copies: Vec<_> = copies.collect();
        pool.extend(copies);
        let Ok(plan) = Plan::new(rule, Caps::NONE, &pool) else { return Ok(()) };
        match plan.share(Cents::ZERO) {
            Ok(sharing) => {
                for i in 0..n {
                    let difference = sharing.credits[i].get() - sharing.credits[n + i].get();
                    prop_assert!(difference.abs() <= 1, "{difference}");
                }
            }
            Err(error) => prop_assert_eq!(error, PoolError::PotOutOfRange),
        }
    }
}
