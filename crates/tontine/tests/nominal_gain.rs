//! The rule against published and recomputed numbers, and its laws.

use money::Cents;
use mortality::Probability;
use proptest::prelude::*;
use tontine::{Outcome, Participant, PoolError, nominal_gain};

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

fn member(id: &str, q: &str, at_risk: i64, died: bool) -> Participant<String> {
    Participant {
        id: id.to_owned(),
        q: q.parse().expect("a probability"),
        at_risk: cents(at_risk),
        died,
    }
}

/// Seven members at yearly rates of Destatis 2022/24; `dead` names who died.
fn seven(dead: &str) -> Vec<Participant<String>> {
    [
        ("A", "0.01543007", 5_000_000),
        ("B", "0.00829459", 12_500_050),
        ("C", "0.02757002", 7_530_025),
        ("D", "0.02966055", 20_000_000),
        ("E", "0.08951281", 3_999_999),
        ("F", "0.14687996", 1_500_001),
        ("G", "0.06201409", 4_444_444),
    ]
    .iter()
    .map(|(id, q, s)| member(id, q, *s, dead.contains(id)))
    .collect()
}

/// Recomputed with exact rationals apart from this code.
#[test]
fn seven_members_of_destatis_rates_when_e_dies() {
    let sharing = nominal_gain(&seven("E"), Cents::ZERO).expect("shared");
    let expected = [200_943, 268_105, 547_465, 1_567_714, 0, 662_255, 753_517];
    assert_eq!(sharing.credits, expected.map(cents));
    assert_eq!(sharing.pot, cents(3_999_999));
    assert_eq!(sharing.group_gain.to_string(), "2.564373808032");
    assert_eq!(sharing.outcome, Outcome::Shared);
}

/// Winter & Planchet 2022, Tables 3 and 4: one member with 500,000 at 5 %, 5,000
/// with 1,000 at 0.2 % of whom ten die. The paper prints 2,758 for the group,
/// because its divisor still counts the ten dead; by its own formula the shares
/// are 500000/19 and 1000/499 each, and the group gain is 0.27536231884.
#[test]
fn winter_and_planchet_two_profiles() {
    let mut pool = vec![member("0000", "0.05", 50_000_000, false)];
    for i in 1..=5_000 {
        pool.push(member(&format!("{i:04}"), "0.002", 100_000, i <= 10));
    }
    let sharing = nominal_gain(&pool, Cents::ZERO).expect("shared");
    assert_eq!(sharing.pot, cents(1_000_000));
    assert_eq!(sharing.group_gain.to_string(), "0.275362318840");
    assert_eq!(sharing.credits[0], cents(724_638));
    let others = Cents::total(sharing.credits[1..].iter().copied()).expect("in range");
    assert_eq!(others, cents(275_362));
}

/// Exact rationals: 3384000/14927, 4559000/14927 and 6984000/14927 euro.
#[test]
fn four_members_when_the_youngest_dies() {
    let pool = [
        member("a", "0.02", 100_000, true),
        member("b", "0.03", 100_000, false),
        member("c", "0.04", 100_000, false),
        member("d", "0.06", 100_000, false),
    ];
    let sharing = nominal_gain(&pool, Cents::ZERO).expect("shared");
    assert_eq!(sharing.credits, [0, 22_670, 30_542, 46_788].map(cents));
}

#[test]
fn nobody_dies() {
    let sharing = nominal_gain(&seven(""), Cents::ZERO).expect("shared");
    assert_eq!(sharing.outcome, Outcome::NothingToShare);
    assert_eq!(sharing.credits, [Cents::ZERO; 7]);
    assert_eq!(sharing.group_gain.to_string(), "0.000000000000");
    assert_eq!(sharing.carried_out, Cents::ZERO);
}

#[test]
fn everyone_dies() {
    let sharing = nominal_gain(&seven("ABCDEFG"), cents(55)).expect("shared");
    assert_eq!(sharing.outcome, Outcome::EveryoneDied);
    assert_eq!(sharing.credits, [Cents::ZERO; 7]);
    assert_eq!(sharing.pot, cents(55));
    assert_eq!(sharing.carried_out, cents(55));
}

#[test]
fn no_survivor_has_weight() {
    let pool = [
        member("a", "0.1", 700, true),
        member("b", "0.1", 0, false),
        member("c", "0", 9, false),
    ];
    let sharing = nominal_gain(&pool, cents(50)).expect("shared");
    assert_eq!(sharing.outcome, Outcome::NoWeight);
    assert_eq!(sharing.carried_out, cents(750));
    assert_eq!(sharing.credits, [Cents::ZERO; 3]);
}

#[test]
fn a_carried_pot_is_shared_though_nobody_died() {
    let pool = [
        member("a", "0.1", 700, false),
        member("b", "0.1", 700, false),
    ];
    let sharing = nominal_gain(&pool, cents(51)).expect("shared");
    assert_eq!(sharing.credits, [26, 25].map(cents));
}

#[test]
fn one_survivor_takes_the_whole_pot() {
    let pool = [
        member("a", "0.9", 700, true),
        member("b", "0.0001", 1, false),
    ];
    let sharing = nominal_gain(&pool, Cents::ZERO).expect("shared");
    assert_eq!(sharing.outcome, Outcome::SoleSurvivor);
    assert_eq!(sharing.credits, [0, 700].map(cents));
}

#[test]
fn a_rate_of_nearly_one_is_capped() {
    let q = "0.9999999999999999999999999999";
    let pool = [
        member("a", q, 100, false),
        member("b", "0.5", 100, false),
        member("c", "0.5", 100, true),
    ];
    let sharing = nominal_gain(&pool, Cents::ZERO).expect("shared");
    assert_eq!(sharing.credits, [100, 0, 0].map(cents));
}

#[test]
fn refusals() {
    let empty: [Participant<String>; 0] = [];
    assert_eq!(nominal_gain(&empty, Cents::ZERO), Err(PoolError::Empty));
    let negative = [member("a", "0.1", 1, false), member("b", "0.1", -1, false)];
    assert_eq!(
        nominal_gain(&negative, Cents::ZERO),
        Err(PoolError::NegativeBalance { index: 1 })
    );
    let twice = [
        member("a", "0.1", 1, false),
        member("b", "0.1", 1, true),
        member("a", "0.2", 2, false),
    ];
    assert_eq!(
        nominal_gain(&twice, Cents::ZERO),
        Err(PoolError::DuplicateMember { index: 2 })
    );
    let max = Cents::MAX.get();
    let huge = [
        member("a", "0.1", max, true),
        member("b", "0.1", max, true),
        member("c", "0.1", 1, false),
    ];
    assert_eq!(
        nominal_gain(&huge, Cents::ZERO),
        Err(PoolError::PotOutOfRange)
    );
}

fn any_pool() -> impl Strategy<Value = Vec<Participant<u32>>> {
    let balance = prop_oneof![Just(0_i64), 1_i64..1_000, 1_i64..10_000_000_000];
    let q = prop_oneof![Just(0.0_f64), 1e-7..0.05_f64, 0.0..1.0_f64];
    let one = (balance, q, prop::bool::weighted(0.2));
    prop::collection::vec(one, 1..120).prop_map(|members| {
        let member = |(id, (balance, q, died)): (usize, (i64, f64, bool))| Participant {
            id: u32::try_from(id).expect("few"),
            q: Probability::from_float(q),
            at_risk: cents(balance),
            died,
        };
        members.into_iter().enumerate().map(member).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn money_is_conserved(pool in any_pool(), carried_in in 0_i64..10_000) {
        let sharing = nominal_gain(&pool, cents(carried_in)).expect("shared");
        let dead: i64 = pool.iter().filter(|p| p.died).map(|p| p.at_risk.get()).sum();
        let everyone_died = sharing.outcome == Outcome::EveryoneDied;
        prop_assert_eq!(sharing.pot.get(), carried_in + if everyone_died { 0 } else { dead });
        let credits: i64 = sharing.credits.iter().map(|c| c.get()).sum();
        prop_assert_eq!(credits + sharing.carried_out.get(), sharing.pot.get());
    }

    #[test]
    fn only_survivors_with_weight_are_credited(pool in any_pool()) {
        let sharing = nominal_gain(&pool, Cents::ZERO).expect("shared");
        for (participant, credit) in pool.iter().zip(&sharing.credits) {
            prop_assert!(!credit.is_negative());
            let weightless = participant.q == Probability::ZERO || participant.at_risk == Cents::ZERO;
            if participant.died || weightless {
                prop_assert_eq!(*credit, Cents::ZERO);
            }
        }
    }

    #[test]
    fn the_order_of_the_members_changes_nothing(pool in any_pool(), rotate in 0_usize..120) {
        let sharing = nominal_gain(&pool, cents(7)).expect("shared");
        let mut turned = pool.clone();
        turned.rotate_left(rotate % pool.len());
        let other = nominal_gain(&turned, cents(7)).expect("shared");
        for (participant, credit) in turned.iter().zip(&other.credits) {
            let index = usize::try_from(participant.id).expect("few");
            prop_assert_eq!(*credit, sharing.credits[index]);
        }
    }
}
