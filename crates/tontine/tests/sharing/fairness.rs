//! The figures of fairness against full enumeration and published numbers.

use crate::pools::{Random, cents, four, member, seven};
use proptest::prelude::*;
use tontine::{Caps, Fairness, FairnessMethod, Infeasible, Participant, Plan, Rule};

fn fairness(rule: Rule, pool: &[Participant<String>]) -> Fairness {
    Plan::new(rule, Caps::NONE, pool)
        .expect("a plan")
        .fairness()
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs().max(1e-3)
}

/// Each survivor's part of the pot, by who is dead.
type Share<'a> = dyn Fn(&[bool]) -> Vec<f64> + 'a;

/// Expected credits over expected forfeitures by all outcomes of who dies;
/// `share` gives each survivor's part of the pot.
fn enumerated(q: &[f64], s: &[f64], share: &Share) -> Vec<f64> {
    let n = q.len();
    let mut expected = vec![0.0; n];
    for outcome in 0..1_u32 << n {
        let dead: Vec<bool> = (0..n).map(|i| outcome >> i & 1 == 1).collect();
        let probability: f64 = (0..n)
            .map(|i| if dead[i] { q[i] } else { 1.0 - q[i] })
            .product();
        let pot: f64 = (0..n).filter(|i| dead[*i]).map(|i| s[i]).sum();
        for (expected, part) in expected.iter_mut().zip(share(&dead)) {
            *expected += probability * pot * part;
        }
    }
    (0..n).map(|i| expected[i] / (q[i] * s[i])).collect()
}

/// Parts of the survivors by weight.
fn by_weight(w: &[f64], dead: &[bool]) -> Vec<f64> {
    let alive = |i: usize| if dead[i] { 0.0 } else { w[i] };
    let sum: f64 = (0..w.len()).map(alive).sum();
    (0..w.len())
        .map(|i| if sum > 0.0 { alive(i) / sum } else { 0.0 })
        .collect()
}

/// σ(1 + σ − Σσ²) of the survivors.
fn by_corrected(w: &[f64], dead: &[bool]) -> Vec<f64> {
    let parts = by_weight(w, dead);
    let v: f64 = parts.iter().map(|part| part * part).sum();
    parts.iter().map(|part| part * (1.0 + part - v)).collect()
}

/// Exact rationals over the 16 outcomes, recomputed apart from this code.
#[test]
fn four_members_by_nominal_gain() {
    let found = fairness(Rule::NominalGain, &four(""));
    let expected = [
        1.316_204_780_677_817_4,
        1.203_097_266_908_232_7,
        1.068_630_933_369_399_5,
        0.747_199_817_407_011_6,
    ];
    for (found, expected) in found.ratios.iter().zip(expected) {
        assert!(close(*found, expected, 1e-13), "{found} {expected}");
    }
    assert!(close(found.everyone_dies_loss, 3.84e-5, 1e-13));
    assert!(close(found.level, 1.0 - 3.84e-5, 1e-13));
    assert_eq!(found.worst_member, Some(0));
    assert!(close(found.worst, 0.316_204_780_677_817_4, 1e-12));
}

/// The same rationals: exactly 1, all of them.
#[test]
fn four_members_by_the_rules_that_are_fair_by_construction() {
    let plan = Rule::FairTransferPlan {
        infeasible: Infeasible::Refuse,
    };
    for rule in [Rule::OverlayFund, plan] {
        let found = fairness(rule, &four("ab"));
        assert_eq!(found.ratios, [1.0; 4]);
        assert_eq!((found.worst, found.spread, found.level), (0.0, 0.0, 1.0));
        assert_eq!(found.everyone_dies_loss, 0.0);
        assert_eq!(found.method, FairnessMethod::ClosedForm);
    }
}

/// Nominal gain's 0.785 to 1.244 in the pool of seven at Destatis rates; own
/// enumeration of the 128 outcomes.
#[test]
fn seven_members_by_nominal_gain() {
    let found = fairness(Rule::NominalGain, &seven(""));
    let (low, high) = (found.ratios[3], found.ratios[0]);
    assert!(close(low, 0.785, 1e-3) && close(high, 1.244, 1e-3));
    assert!(close(found.spread, high / low - 1.0, 1e-12));
}

/// Bernhardt & Qu 2023 (arXiv 2110.13467): 500 with 100,000 and 500 with 200,000
/// are as good as 900 with the same.
#[test]
fn bernhardt_and_qu_implied_number_of_members() {
    let saved = |i: i64| if i < 500 { 10_000_000 } else { 20_000_000 };
    let pool: Vec<_> = (0..1_000)
        .map(|i| member(&format!("{i:04}"), "0.01", saved(i), false))
        .collect();
    assert_eq!(fairness(Rule::OverlayFund, &pool).implied_members, 900.0);
}

/// The bound of Fullmer & Sabin 2019 for one member against many.
#[test]
fn a_dominant_member_is_reported_with_the_bound_of_the_bias() {
    let mut pool = vec![member("whale", "0.02", 100_000_000, false)];
    for i in 0..50 {
        pool.push(member(&format!("{i}"), "0.02", 1_000_000, false));
    }
    let found = fairness(Rule::NominalGain, &pool);
    let largest = found.largest.expect("there is weight");
    assert_eq!(largest.index, 0);
    let w = 0.02 / 0.98 * 1e8;
    assert!(close(largest.share, 2.0 / 3.0, 1e-12));
    assert!(close(
        largest.bias_bound,
        w / (w + 50.0 * 0.02 * 1e6),
        1e-12
    ));
    assert!(1.0 - found.ratios[0] <= largest.bias_bound);
}

#[test]
fn who_has_nothing_to_lose_is_no_figure() {
    let pool = [
        member("a", "0", 5_000_000, false),
        member("b", "0.1", 0, false),
        member("c", "0.1", 100, false),
        member("d", "0.1", 100, false),
    ];
    let found = fairness(Rule::NominalGain, &pool);
    assert_eq!(&found.ratios[..2], [1.0, 1.0]);
    assert!(close(found.ratios[2], 0.9, 1e-13));
    assert!(close(found.rms_from_one, 0.1, 1e-12));
    assert!(found.rms_from_level < 1e-13 && found.spread < 1e-13);
    let none = fairness(Rule::NominalGain, &pool[..2]);
    assert_eq!(
        (none.worst, none.level, none.worst_member),
        (0.0, 1.0, None)
    );
    assert_eq!(none.largest, None);
}

/// 1.24 at seven members, and the bias falls with 1/n: a tenfold pool has a tenth
/// of it.
#[test]
fn nominal_gain_becomes_fair_as_the_pool_grows() {
    let worst = |copies: usize| {
        let pool: Vec<_> = (0..copies)
            .flat_map(|copy| {
                seven("").into_iter().map(move |mut p| {
                    p.id.push_str(&copy.to_string());
                    p
                })
            })
            .collect();
        fairness(Rule::NominalGain, &pool).worst
    };
    let (ten, hundred, thousand) = (worst(10), worst(100), worst(1_000));
    assert!(close(ten / hundred, 10.0, 0.05), "{ten} {hundred}");
    assert!(close(hundred / thousand, 10.0, 0.005), "{thousand}");
}

/// A pool of up to 16 members; `decades` is how far weights spread.
fn small_pool(n: usize, seed: u64, decades: f64) -> Vec<Participant<String>> {
    let mut random = Random::new(seed);
    let mut one = |i: usize| {
        let spread = libm::pow(10.0, -decades * random.unit());
        let s = (1e14 * spread) as i64 + 1;
        let q = match random.below(4) {
            0 => random.unit() * 0.999,
            1 => 1e-6 + random.unit() * 1e-3,
            _ => 0.001 + random.unit() * 0.2,
        };
        member(&format!("{i:02}"), &format!("{q:.12}"), s, false)
    };
    (0..n).map(&mut one).collect()
}

proptest! {
    /// Relative to 1: a ratio near 0 is known to as many places, not digits.
    #[test]
    fn the_integral_is_the_enumeration(
        n in 1_usize..=10,
        seed in any::<u64>(),
        decades in prop_oneof![Just(1.0), Just(4.0), Just(12.0)],
    ) {
        let pool = small_pool(n, seed, decades);
        let q: Vec<f64> = pool.iter().map(|p| p.q.to_float()).collect();
        let s: Vec<f64> = pool.iter().map(|p| p.at_risk.get() as f64).collect();
        let w: Vec<f64> = (0..n).map(|i| q[i] / (1.0 - q[i]) * s[i]).collect();
        let cases: [(Rule, &Share); 2] = [
            (Rule::NominalGain, &|dead| by_weight(&w, dead)),
            (Rule::FinitePoolCorrection, &|dead| by_corrected(&w, dead)),
        ];
        for (rule, share) in cases {
            let expected = enumerated(&q, &s, share);
            let found = fairness(rule, &pool);
            for (found, expected) in found.ratios.iter().zip(&expected) {
                let unit = expected.abs().max(1.0);
                prop_assert!((found - expected).abs() < 1e-9 * unit, "{rule:?} {found} {expected}");
            }
            let FairnessMethod::Integral { error, .. } = found.method else {
                panic!("survivors alone are paid");
            };
            prop_assert!(error < 1e-10);
        }
    }
}

/// The largest pool that is enumerated: 65,536 outcomes.
#[test]
fn the_integral_is_the_enumeration_of_sixteen_members() {
    let pool = small_pool(16, 7, 12.0);
    let q: Vec<f64> = pool.iter().map(|p| p.q.to_float()).collect();
    let s: Vec<f64> = pool.iter().map(|p| p.at_risk.get() as f64).collect();
    let w: Vec<f64> = (0..16).map(|i| q[i] / (1.0 - q[i]) * s[i]).collect();
    let expected = enumerated(&q, &s, &|dead| by_weight(&w, dead));
    let found = fairness(Rule::NominalGain, &pool);
    for (found, expected) in found.ratios.iter().zip(&expected) {
        assert!(
            (found - expected).abs() < 1e-9 * expected.max(1.0),
            "{found} {expected}"
        );
    }
}

#[test]
fn equal_members_are_counted_once_and_give_the_same_figures() {
    let near = |i: i64| cents(5_000_000 + i % 3);
    let of = |near: &dyn Fn(i64) -> money::Cents| {
        let one = |i: i64| Participant {
            at_risk: near(i),
            ..member(&format!("{i:03}"), "0.05", 1, false)
        };
        let pool: Vec<_> = (0..60).map(one).collect();
        fairness(Rule::FinitePoolCorrection, &pool)
    };
    let (same, other) = (of(&|_| cents(5_000_001)), of(&near));
    assert!(close(same.level, other.level, 1e-13));
    assert!(close(same.ratios[0], other.ratios[1], 1e-6));
}
