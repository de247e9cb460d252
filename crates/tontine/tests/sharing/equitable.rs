//! Equitable weights: where they exist they are found, and where not it is said.

use crate::pools::{Random, cents, member, seven};
use money::Cents;
use proptest::prelude::*;
use tontine::{Caps, Fallback, NoEquitableWeights, Participant, Plan, Rule};

const RULE: Rule = Rule::EquitableWeights {
    fallback: Fallback::OverlayFund,
};

fn plan(pool: &[Participant<String>]) -> Plan<'_, String> {
    Plan::new(RULE, Caps::NONE, pool).expect("a plan")
}

/// Own computation: weights of the pool of seven and the common ratio, confirmed
/// by enumeration of the 128 outcomes.
#[test]
fn seven_members_of_destatis_rates() {
    let pool = seven("E");
    let plan = plan(&pool);
    let expected = [
        0.030_566_69,
        0.041_274_87,
        0.089_229_58,
        0.410_688_63,
        0.187_277_16,
        0.111_584_97,
        0.129_378_1,
    ];
    for (found, expected) in plan.weights().iter().zip(expected) {
        assert!((found - expected).abs() < 1e-8, "{found} {expected}");
    }
    let fairness = plan.fairness();
    for ratio in &fairness.ratios {
        assert!((ratio - 0.999_999_997_6).abs() < 3e-10, "{ratio}");
    }
    assert!(fairness.spread <= 1e-9 && fairness.worst < 4e-9);
    assert_eq!(plan.applied(), RULE);

    let sharing = plan.share(Cents::ZERO).expect("shared");
    assert_eq!(
        sharing.credits,
        [150_441, 203_144, 439_163, 2_021_297, 0, 549_191, 636_763].map(cents)
    );
}

/// Ratios of the pool's own weights by all outcomes of who dies.
fn enumerated(pool: &[Participant<String>], w: &[f64]) -> Vec<f64> {
    let n = pool.len();
    let q: Vec<f64> = pool.iter().map(|p| p.q.to_float()).collect();
    let s: Vec<f64> = pool.iter().map(|p| p.at_risk.get() as f64).collect();
    let mut expected = vec![0.0; n];
    for outcome in 0..1_u32 << n {
        let dead = |i: usize| outcome >> i & 1 == 1;
        let chance: f64 = (0..n)
            .map(|i| if dead(i) { q[i] } else { 1.0 - q[i] })
            .product();
        let pot: f64 = (0..n).filter(|i| dead(*i)).map(|i| s[i]).sum();
        let alive: f64 = (0..n).filter(|i| !dead(*i)).map(|i| w[i]).sum();
        for i in (0..n).filter(|i| !dead(*i)) {
            expected[i] += chance * pot * w[i] / alive;
        }
    }
    (0..n).map(|i| expected[i] / (q[i] * s[i])).collect()
}

/// Over all parts A of the pool, the least of v(A) − (1−ε)·b(A) over b(not A),
/// where v(A) is E[D; one of A lives], by enumeration: above zero, equitable
/// weights exist.
fn least_slack(pool: &[Participant<String>]) -> f64 {
    let n = pool.len();
    let q: Vec<f64> = pool.iter().map(|p| p.q.to_float()).collect();
    let s: Vec<f64> = pool.iter().map(|p| p.at_risk.get() as f64).collect();
    let sum = |part: u32, value: &dyn Fn(usize) -> f64| -> f64 {
        (0..n).filter(|i| part >> i & 1 == 1).map(value).sum()
    };
    let all = (1_u32 << n) - 1;
    let b = |part: u32| sum(part, &|i| q[i] * s[i]);
    let die = |part: u32| {
        (0..n)
            .filter(|i| part >> i & 1 == 1)
            .map(|i| q[i])
            .product::<f64>()
    };
    let missed = |part: u32| die(part) * (b(all & !part) + sum(part, &|i| s[i]));
    let loss = missed(all) / b(all);
    (1..all)
        .map(|part| (b(all & !part) + loss * b(part) - missed(part)) / b(all & !part))
        .fold(f64::MAX, f64::min)
}

fn any_small_pool(n: usize, seed: u64, decades: f64) -> Vec<Participant<String>> {
    let mut random = Random::new(seed);
    let mut one = |i: usize| {
        let s = (1e13 * libm::pow(10.0, -decades * random.unit())) as i64 + 1;
        let q = match random.below(3) {
            0 => random.unit() * 0.9,
            1 => 1e-4 + random.unit() * 1e-3,
            _ => 0.001 + random.unit() * 0.1,
        };
        member(&format!("{i:02}"), &format!("{q:.12}"), s, false)
    };
    (0..n).map(&mut one).collect()
}

proptest! {
    #[test]
    fn they_are_found_exactly_where_they_exist(
        n in 3_usize..=9,
        seed in any::<u64>(),
        decades in 0.2_f64..3.0,
    ) {
        let pool = any_small_pool(n, seed, decades);
        let slack = least_slack(&pool);
        let plan = plan(&pool);
        match plan.equitable() {
            Some(Ok(solution)) => {
                prop_assert!(slack > -1e-9, "found with slack {slack:e}");
                prop_assert!(solution.spread <= 1e-6);
                let ratios = enumerated(&pool, &plan.weights());
                let low = ratios.iter().fold(f64::MAX, |m, r| m.min(*r));
                let high = ratios.iter().fold(0.0, |m: f64, r| m.max(*r));
                prop_assert!(high / low - 1.0 <= 1.1e-6, "{low} {high}");
            }
            Some(Err(NoEquitableWeights::Dominated { .. })) => {
                prop_assert!(slack < 1e-9, "missed with slack {slack:e}");
            }
            other => prop_assert!(slack.abs() < 1e-6, "{other:?} with slack {slack:e}"),
        }
    }
}

#[test]
fn two_members_have_them_only_if_they_are_alike() {
    let alike = [
        member("a", "0.1", 500, false),
        member("b", "0.1", 500, true),
    ];
    assert!(matches!(plan(&alike).equitable(), Some(Ok(_))));
    let unlike = [
        member("a", "0.1", 500, false),
        member("b", "0.1", 501, true),
    ];
    assert_eq!(
        plan(&unlike).equitable(),
        Some(Err(NoEquitableWeights::Dominated { members: 1 }))
    );
}

#[test]
fn where_none_exist_the_named_fallback_shares() {
    let mut pool = seven("E");
    pool[3].at_risk = cents(900_000_000);
    for fallback in [
        Fallback::NominalGain,
        Fallback::FinitePoolCorrection,
        Fallback::OverlayFund,
        Fallback::CappedFairTransferPlan,
    ] {
        let asked = Plan::new(Rule::EquitableWeights { fallback }, Caps::NONE, &pool);
        let asked = asked.expect("a plan");
        let why = asked.equitable().expect("asked for").expect_err("none");
        assert_eq!(why, NoEquitableWeights::Dominated { members: 1 });
        assert_eq!(
            why.to_string(),
            "what 1 of the members stake is more than the others can make up for: \
             no equitable weights exist"
        );
        assert_eq!(asked.applied(), fallback.rule());
        let named = Plan::new(fallback.rule(), Caps::NONE, &pool).expect("a plan");
        assert_eq!(named.equitable(), None);
        assert_eq!(asked.share(Cents::ZERO), named.share(Cents::ZERO));
        assert_eq!(asked.fairness(), named.fairness());
    }
}

/// Two members who are no problem alone can dominate the rest together: when both
/// die, which is likely here, the others cannot be paid enough to matter.
#[test]
fn two_members_can_dominate_together() {
    let pool = [
        member("a", "0.8", 1_000_000, false),
        member("b", "0.8", 1_000_000, false),
        member("c", "0.01", 1_000_000, false),
        member("d", "0.01", 1_000_000, false),
    ];
    assert!(least_slack(&pool) < 0.0);
    let found = plan(&pool).equitable();
    assert!(
        matches!(found, Some(Err(NoEquitableWeights::Dominated { .. }))),
        "{found:?}"
    );
}

#[test]
fn no_member_or_one_has_nothing_to_solve() {
    let one = [member("a", "0.1", 500, true), member("b", "0", 500, false)];
    assert!(matches!(plan(&one).equitable(), Some(Ok(_))));
    assert_eq!(plan(&one).weights(), [1.0, 0.0]);
    assert!(matches!(plan(&one[1..]).equitable(), Some(Ok(_))));
    assert_eq!(plan(&one[1..]).weights(), [0.0]);
}

/// Rates of all ages and balances over four decades, in pools that no bound on
/// effort reaches.
#[test]
fn large_pools_are_equitable_too() {
    for (n, decades) in [(1_000, 4.0), (5_000, 2.0)] {
        let mut random = Random::new(n);
        let one = |i: u64| {
            let s = (1e10 * libm::pow(10.0, -decades * random.unit())) as i64;
            let q = format!("{:.10}", 0.0003 + 0.03 * random.unit() * random.unit());
            member(&format!("{i:05}"), &q, s, false)
        };
        let pool: Vec<_> = (0..n).map(one).collect();
        let plan = plan(&pool);
        assert!(
            matches!(plan.equitable(), Some(Ok(_))),
            "{:?}",
            plan.equitable()
        );
        let fairness = plan.fairness();
        assert!(
            fairness.spread <= 1e-6 && fairness.worst <= 1e-6,
            "{}",
            fairness.spread
        );
    }
}

/// A member who stakes almost as much as all others can make up for: the weight
/// is nearly all, and is found.
#[test]
fn a_member_close_to_dominating_is_solved_for() {
    for cents_of_the_largest in [45_000_000, 48_900_000, 48_990_000, 48_999_000] {
        let mut pool = vec![member("whale", "0.02", cents_of_the_largest, false)];
        for i in 0..50 {
            pool.push(member(&format!("{i}"), "0.02", 1_000_000 + i % 7, false));
        }
        let found = plan(&pool).equitable().expect("asked for").expect("found");
        assert!(found.spread <= 1e-6, "{found:?}");
    }
}

/// The bits that native code and WebAssembly both give.
#[test]
fn weights_and_ratios_have_the_same_bits_everywhere() {
    let digest = |values: &[f64]| {
        let fold = |hash: u64, x: &f64| (hash ^ x.to_bits()).wrapping_mul(0x100_0000_01b3);
        values.iter().fold(0xcbf2_9ce4_8422_2325, fold)
    };
    let pool = seven("E");
    let plan = plan(&pool);
    let corrected = Plan::new(Rule::FinitePoolCorrection, Caps::NONE, &pool).expect("a plan");
    assert_eq!(digest(&plan.weights()), 0x2bb2_323b_fb1b_5e27);
    assert_eq!(digest(&plan.fairness().ratios), 0xc9d6_367e_5755_417b);
    assert_eq!(digest(&corrected.fairness().ratios), 0x239a_f7c2_901f_233b);
}
