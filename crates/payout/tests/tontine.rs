//! Tontines with a fixed schedule, against Milevsky & Salisbury 2015.
#![allow(clippy::float_arithmetic, reason = "comparison with published floats")]

mod lives;

use lives::{destatis, effective, gompertz, parameter};
use mortality::{Period, Sex};
use payout::{
    Design, Interest, MAX_OPTIMAL_MEMBERS, PayoutError, RiskAversion, Schedule, ScheduleTerms,
    Timing,
};
use proptest::prelude::*;

fn gamma(text: &str) -> RiskAversion {
    parameter(text).try_into().expect("a risk aversion")
}

fn optimal(risk_aversion: &str) -> Design {
    Design::Optimal {
        risk_aversion: gamma(risk_aversion),
    }
}

/// 25 members and a force of interest of 4 %.
fn paper(design: Design) -> ScheduleTerms {
    ScheduleTerms {
        design,
        members: 25,
        interest: Interest::force(parameter("0.04")).expect("a rate"),
        timing: Timing::Continuous,
    }
}

/// Milevsky & Salisbury 2015, Table 1: payouts in % at 65, 80 and 95. The paper
/// prints three decimals; for γ = 2 at 95 it has 1.374, where quadrature with 20
/// digits, apart from this code, gives 1.37339.
#[test]
fn optimal_payouts_of_milevsky_and_salisbury_table_1() {
    let life = gompertz();
    for (risk_aversion, expected) in [
        ("0.5", [7.565, 5.446, 1.200]),
        ("1", [7.520, 5.435, 1.268]),
        ("2", [7.447, 5.423, 1.374]),
        ("9", [7.081, 5.394, 1.847]),
    ] {
        let schedule = Schedule::new(&life, &paper(optimal(risk_aversion))).expect("a schedule");
        for (time, expected) in [0.0, 15.0, 30.0].into_iter().zip(expected) {
            let percent = 100.0 * schedule.payout(time);
            assert!(
                (percent - expected).abs() < 0.0007,
                "{risk_aversion} {time}: {percent}"
            );
        }
    }
}

/// The same with 15 digits of an adaptive quadrature with 20, up to age 131.
#[test]
fn optimal_payouts_with_fifteen_digits() {
    let life = gompertz();
    for (risk_aversion, expected) in [
        (
            "0.5",
            [
                7.565_471_589_952_65,
                5.445_692_168_913_51,
                1.200_002_616_347_3,
            ],
        ),
        (
            "2",
            [
                7.446_904_736_809_26,
                5.422_707_713_253_64,
                1.373_386_605_015_76,
            ],
        ),
        (
            "9",
            [
                7.080_897_224_636_6,
                5.393_576_810_536_44,
                1.846_740_265_063_69,
            ],
        ),
    ] {
        let schedule = Schedule::new(&life, &paper(optimal(risk_aversion))).expect("a schedule");
        for (time, expected) in [0.0, 15.0, 30.0].into_iter().zip(expected) {
            let percent = 100.0 * schedule.payout(time);
            assert!(
                (percent - expected).abs() < 1e-11,
                "{risk_aversion} {time}: {percent}"
            );
        }
    }
}

/// Milevsky & Salisbury 2015, Table 1, γ = 1, and ∫e^(−rt) tp dt = 13.2970562.
#[test]
fn the_natural_tontine_of_milevsky_and_salisbury() {
    let life = gompertz();
    let schedule = Schedule::new(&life, &paper(Design::Natural)).expect("a schedule");
    assert!((schedule.factor() - 13.297_056_201_658_5).abs() < 1e-11);
    for (time, expected) in [(0.0, 7.520), (15.0, 5.435), (30.0, 1.268)] {
        let percent = 100.0 * schedule.payout(time);
        assert!((percent - expected).abs() < 0.0005, "{time}: {percent}");
    }
}

#[test]
fn the_optimal_tontine_of_logarithmic_utility_is_the_natural_one() {
    let life = gompertz();
    for members in [1, 2, 25, 1_000] {
        let terms = |design| ScheduleTerms {
            members,
            ..paper(design)
        };
        let natural = Schedule::new(&life, &terms(Design::Natural)).expect("a schedule");
        let optimal = Schedule::new(&life, &terms(optimal("1"))).expect("a schedule");
        for year in 0..60 {
            let time = f64::from(year);
            assert!(
                (natural.payout(time) - optimal.payout(time)).abs() < 1e-13,
                "{members} {year}"
            );
        }
    }
}

/// The difference falls as 1/n.
#[test]
fn the_optimal_tontine_of_a_large_pool_is_nearly_the_natural_one() {
    let life = gompertz();
    let worst = |members| {
        let terms = |design| ScheduleTerms {
            members,
            ..paper(design)
        };
        let natural = Schedule::new(&life, &terms(Design::Natural)).expect("a schedule");
        let optimal = Schedule::new(&life, &terms(optimal("5"))).expect("a schedule");
        let difference = |year: u32| {
            let time = f64::from(year);
            (natural.payout(time) - optimal.payout(time)).abs()
        };
        (0..30).map(difference).fold(0.0, f64::max)
    };
    let (small, large) = (worst(100), worst(1_000));
    assert!(small < 1e-3, "{small}");
    assert!((8.0..12.0).contains(&(small / large)), "{}", small / large);
}

/// Someone alone who has no heirs: tp^(1/γ), as in Yaari's problem.
#[test]
fn the_optimal_tontine_of_one_member_is_lonely_saving() {
    let life = gompertz();
    let terms = ScheduleTerms {
        members: 1,
        ..paper(optimal("4"))
    };
    let schedule = Schedule::new(&life, &terms).expect("a schedule");
    let root = libm::pow(life.survival(20.0), 0.25);
    assert!((schedule.payout(20.0) / schedule.payout(0.0) - root).abs() < 1e-14);
}

#[test]
fn a_level_tontine_pays_the_same_until_it_ends() {
    let life = destatis(Sex::Male, 65);
    let terms = ScheduleTerms {
        design: Design::Level { years: 20 },
        members: 100,
        interest: effective("0.02"),
        timing: Timing::InAdvance(Period::Year),
    };
    let schedule = Schedule::new(&life, &terms).expect("a schedule");
    // 1/ä for 20 years certain at 2 %.
    assert!((schedule.payout(0.0) - 0.059_957_566_7).abs() < 1e-9);
    assert_eq!(schedule.payout(19.9), schedule.payout(0.0));
    assert_eq!(schedule.payout(20.0), 0.0);
    // Survivors share what the dead no longer take.
    assert!(schedule.expected_income(19.0) > schedule.expected_income(0.0) * 1.5);
    for years in [0, 37, u32::MAX] {
        let terms = ScheduleTerms {
            design: Design::Level { years },
            ..terms
        };
        let refused = Schedule::new(&life, &terms).err();
        assert_eq!(refused, Some(PayoutError::LevelYears), "{years}");
    }
}

#[test]
fn pools_without_members_or_too_many_are_refused() {
    let life = gompertz();
    for (members, design, expected) in [
        (0, Design::Natural, PayoutError::Members),
        (1_000_000_001, Design::Natural, PayoutError::Members),
        (
            MAX_OPTIMAL_MEMBERS + 1,
            optimal("2"),
            PayoutError::OptimalMembers,
        ),
    ] {
        let terms = ScheduleTerms {
            members,
            ..paper(design)
        };
        assert_eq!(Schedule::new(&life, &terms).err(), Some(expected));
    }
    assert!(RiskAversion::try_from(parameter("0")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the design: payouts are worth the deposits, and what members can
    /// expect is what the pool pays while somebody is alive.
    #[test]
    fn payouts_are_worth_the_deposits(
        which in 0_usize..3,
        members in 1_u32..400,
        years in 50_u32..90,
        rate in -10_i32..80,
        month in any::<bool>(),
    ) {
        let life = destatis(Sex::Female, years);
        let design = [Design::Natural, optimal("3"), Design::Level { years: 10 }][which];
        let period = if month { Period::Month } else { Period::Year };
        let interest = effective(&format!("{}", f64::from(rate) / 1000.0));
        let terms = ScheduleTerms { design, members, interest, timing: Timing::InAdvance(period) };
        let schedule = Schedule::new(&life, &terms).expect("a schedule");
        let per_year = u32::from(period.per_year());
        let mut worth = 0.0;
        for payment in 0..131 * per_year {
            let time = f64::from(payment) / f64::from(per_year);
            let paid = schedule.payout(time);
            worth += interest.discount(time) * paid / f64::from(per_year);
            let alive = life.survival(time);
            let somebody = 1.0 - libm::pow(1.0 - alive, f64::from(members));
            let expected = schedule.expected_income(time) * alive;
            prop_assert!((expected - paid * somebody).abs() < 1e-12);
        }
        prop_assert!((worth - 1.0).abs() < 1e-12, "{}", worth);
    }

    /// The more risk averse, the more is kept for the few who live long.
    #[test]
    fn risk_aversion_moves_payouts_to_old_age(members in 2_u32..200, low in 1_u32..20) {
        let life = gompertz();
        let at = |gamma: u32, time| {
            let terms = ScheduleTerms { members, ..paper(optimal(&gamma.to_string())) };
            Schedule::new(&life, &terms).expect("a schedule").payout(time)
        };
        prop_assert!(at(low, 0.0) > at(low + 1, 0.0));
        prop_assert!(at(low, 35.0) < at(low + 1, 35.0));
    }
}
