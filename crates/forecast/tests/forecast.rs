//! The forecast as a whole.
#![allow(clippy::float_arithmetic, reason = "comparison of simulated incomes")]

use forecast::{
    DescribedPool, ForecastError, ForecastTerms, Pool, PoolMember, Question, Returns, Simulation,
    Snapshot,
};
use money::Cents;
use mortality::{
    Basis, Blend, Closing, FractionalAge, Improvement, Mortality, Parameter, Rates, Sex,
};
use payout::{AnnuityTerms, Interest, annuity_due};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn parameter(text: &str) -> Parameter {
    text.parse().expect("a parameter")
}

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

fn rates(table: &str) -> Rates {
    let basis = Basis {
        mortality: Mortality::Table {
            id: table.to_owned(),
            closing: Closing::LogQuadratic {
                closed_at_age: 130.try_into().expect("an age"),
            },
        },
        blend: Blend::BySex,
        improvement: Improvement::None,
        fractional_age: FractionalAge::Uniform,
    };
    basis.rates().expect("rates")
}

fn destatis() -> Rates {
    rates("destatis-2022-2024")
}

fn terms(paths: u32, years: u32, mean: &str, volatility: &str) -> ForecastTerms {
    ForecastTerms {
        seed: 20_250_101,
        paths,
        years,
        first_year: 2025,
        interest: Interest::effective(parameter("0.02")).expect("a rate"),
        returns: Returns::new(parameter(mean), parameter(volatility)).expect("returns"),
    }
}

fn question() -> Question {
    Question {
        fall: parameter("0.2"),
        band: parameter("0.1"),
        confidence: parameter("0.9"),
    }
}

fn watched() -> PoolMember {
    PoolMember {
        sex: Sex::Female,
        age_years: 65,
        balance_cents: cents(10_000_000),
    }
}

fn pool(members: u32, youngest_age: u32, oldest_age: u32) -> Pool {
    let described = DescribedPool {
        members,
        youngest_age,
        oldest_age,
        male_share: parameter("0.5").try_into().expect("a share"),
        balance_cents: cents(10_000_000),
        watched: watched(),
    };
    Pool::described(&described).expect("a pool")
}

fn complete(pool: &Pool, terms: ForecastTerms) -> Snapshot {
    let rates = destatis();
    let mut simulation = Simulation::new(pool, &rates, &rates, terms).expect("a simulation");
    assert_eq!(simulation.advance(u32::MAX), terms.paths);
    assert!(simulation.is_complete());
    simulation.snapshot(&question()).expect("a snapshot")
}

fn sha256(snapshot: &Snapshot) -> String {
    let json = serde_json::to_vec(snapshot).expect("JSON");
    Sha256::digest(json)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// The bytes of a forecast, which native code and WebAssembly agree on. A change
/// of this hash is a change of everybody's forecast.
#[test]
fn the_bytes_of_a_forecast_stand_fast() {
    let snapshot = complete(&pool(200, 60, 90), terms(500, 30, "0.04", "0.1"));
    assert_eq!(
        sha256(&snapshot),
        "cd92c942adffc4f7a86009e90c8292f4afa8f63ede1909db3871cd89b3cf3aa2"
    );
}

#[test]
fn steps_make_no_difference() {
    let (pool, rates) = (pool(50, 60, 90), destatis());
    let terms = terms(100, 25, "0.04", "0.1");
    let whole = complete(&pool, terms);
    let mut simulation = Simulation::new(&pool, &rates, &rates, terms).expect("a simulation");
    let mut snapshots = Vec::new();
    for step in [1, 9, 0, 40, 49, 1, 7] {
        assert_eq!(simulation.is_complete(), simulation.paths_done() == 100);
        simulation.advance(step);
        snapshots.push(simulation.snapshot(&question()).expect("a snapshot"));
    }
    assert_eq!(
        snapshots.iter().map(|s| s.paths).collect::<Vec<_>>(),
        [1, 10, 10, 50, 99, 100, 100]
    );
    assert_eq!(snapshots[6], whole);
    // What was shown on the way is the forecast of fewer paths.
    assert_eq!(
        snapshots[3],
        complete(&pool, ForecastTerms { paths: 50, ..terms })
    );
}

#[test]
fn a_longer_forecast_begins_as_the_shorter_one() {
    let pool = pool(50, 60, 90);
    let short = complete(&pool, terms(100, 10, "0.04", "0.1"));
    let long = complete(&pool, terms(100, 30, "0.04", "0.1"));
    assert_eq!(short.years[..], long.years[..10]);
}

#[test]
fn another_seed_is_another_forecast() {
    let pool = pool(50, 60, 90);
    let one = terms(100, 10, "0.04", "0.1");
    let other = ForecastTerms { seed: 1, ..one };
    assert_ne!(complete(&pool, one), complete(&pool, other));
}

/// The order of the members makes no difference where balances of a class are
/// equal, nor does the sex or age they are listed by.
#[test]
fn the_order_of_the_members_changes_nothing() {
    let member = |i: u32| PoolMember {
        sex: if i.is_multiple_of(3) {
            Sex::Male
        } else {
            Sex::Female
        },
        age_years: 60 + i % 7,
        ..watched()
    };
    let mut members: Vec<PoolMember> = (0..60).map(member).collect();
    members[5] = watched();
    let terms = terms(50, 20, "0.04", "0.1");
    let listed = complete(&Pool::listed(members.clone(), 5).expect("a pool"), terms);
    members.rotate_left(20);
    let rotated = Pool::listed(members, 45).expect("a pool");
    assert_eq!(complete(&rotated, terms), listed);
}

/// Nobody else is there, so that nobody leaves anything: the account pays 1/ä of
/// a balance that only earns interest.
#[test]
fn who_is_alone_gets_no_credits() {
    let snapshot = complete(&pool(1, 60, 60), terms(3, 30, "0.02", "0"));
    let age = mortality::ExactAge::new(65, 0).expect("an age");
    let life = destatis().life(Sex::Female, age, 2025).expect("a life");
    let annuity = AnnuityTerms {
        interest: terms(1, 1, "0.02", "0").interest,
        period: mortality::Period::Year,
        deferred_years: 0,
    };
    let mut balance = 10_000_000.0;
    let mut first = 0.0;
    let mut in_band = 0;
    for year in &snapshot.years {
        let time = f64::from(year.year);
        let income = balance / annuity_due(&life, time, &annuity).expect("a factor");
        balance = (balance - income) * 1.02;
        let monthly = income / 12.0;
        assert!(
            (year.p50_cents.get() as f64 - monthly).abs() < 0.51,
            "{time}"
        );
        assert_eq!(year.p5_cents, year.p95_cents);
        if year.year == 0 {
            first = monthly;
        }
        let fallen = monthly < first * 0.8;
        assert_eq!(
            year.fallen.to_string(),
            if fallen { "1.000000" } else { "0.000000" }
        );
        in_band += u32::from(monthly >= first * 0.9);
    }
    assert!((1..30).contains(&in_band));
    assert_eq!(snapshot.stable_years, in_band);
    assert!(!snapshot.stable_to_the_end);
    assert_eq!(snapshot.ever_fallen.to_string(), "1.000000");
}

/// Returns as assumed and deaths nearly as expected: a level income, the more
/// level the larger the pool (Bernhardt & Donnelly 2021).
#[test]
fn a_larger_pool_is_stable_for_longer() {
    let of = |members| complete(&pool(members, 65, 65), terms(400, 45, "0.02", "0"));
    let (small, large, huge) = (of(100), of(1_000), of(10_000));
    assert!(small.stable_years < large.stable_years && large.stable_years < huge.stable_years);
    let first = huge.years[0].p50_cents.get() as f64;
    for year in &huge.years[..20] {
        let median = year.p50_cents.get() as f64;
        assert!((median / first - 1.0).abs() < 0.01, "{}", year.age_years);
    }
    // The spread of incomes at 75 falls as 1/√n: by 3.16 for ten times as many.
    let spread = |snapshot: &Snapshot| {
        let year = &snapshot.years[10];
        (year.p95_cents.get() - year.p5_cents.get()) as f64
    };
    for (more, fewer) in [(&large, &small), (&huge, &large)] {
        let ratio = spread(fewer) / spread(more);
        assert!((2.6..3.8).contains(&ratio), "{ratio}");
    }
}

/// A pool that reckons with more deaths than come pays too much at first.
#[test]
fn incomes_fall_where_fewer_die_than_the_pool_reckons_with() {
    let (lives, reckoned) = (rates("destatis-2023-2025"), rates("ssa-2022"));
    let pool = pool(2_000, 65, 65);
    let terms = terms(50, 25, "0.02", "0");
    let mut simulation = Simulation::new(&pool, &lives, &reckoned, terms).expect("a simulation");
    simulation.advance(50);
    let snapshot = simulation.snapshot(&question()).expect("a snapshot");
    let medians: Vec<Cents> = snapshot.years.iter().map(|year| year.p50_cents).collect();
    assert!(medians[24] < medians[12] && medians[12] < medians[0]);
}

#[test]
fn a_described_pool_is_spread_over_ages_and_sexes() {
    let described = pool(2_001, 60, 79);
    let rates = destatis();
    assert!(Simulation::new(&described, &rates, &rates, terms(1, 1, "0", "0")).is_ok());
    let listed: Vec<PoolMember> = (0..2_000)
        .map(|i| PoolMember {
            sex: if i % 2 == 1 { Sex::Male } else { Sex::Female },
            age_years: 60 + i / 100,
            ..watched()
        })
        .collect();
    let members = [watched()].into_iter().chain(listed).collect();
    assert_eq!(described, Pool::listed(members, 0).expect("a pool"));
}

#[test]
fn what_cannot_be_forecast_is_refused() {
    let nobody = PoolMember {
        balance_cents: Cents::ZERO,
        ..watched()
    };
    let debtor = PoolMember {
        balance_cents: cents(-1),
        ..watched()
    };
    let rich = PoolMember {
        balance_cents: Cents::MAX,
        ..watched()
    };
    for (members, index, expected) in [
        (vec![], 0, ForecastError::Members),
        (vec![watched()], 1, ForecastError::Watched),
        (vec![nobody], 0, ForecastError::Watched),
        (
            vec![watched(), debtor],
            0,
            ForecastError::NegativeBalance { index: 1 },
        ),
        (vec![watched(), rich], 0, ForecastError::TotalOutOfRange),
    ] {
        assert_eq!(Pool::listed(members, index).err(), Some(expected));
    }
    let old = PoolMember {
        age_years: 131,
        ..watched()
    };
    let pool = Pool::listed(vec![watched(), old], 0).expect("a pool");
    let rates = destatis();
    let refused = |pool: &Pool, terms| Simulation::new(pool, &rates, &rates, terms).err();
    let error = refused(&pool, terms(1, 1, "0", "0"));
    assert!(
        matches!(error, Some(ForecastError::Age { index: 1, .. })),
        "{error:?}"
    );
    let pool = self::pool(2, 60, 60);
    for (terms, expected) in [
        (terms(0, 1, "0", "0"), ForecastError::Paths),
        (terms(1, 0, "0", "0"), ForecastError::Years),
        (terms(1, 67, "0", "0"), ForecastError::Years),
        (terms(1, 71, "0", "0"), ForecastError::Years),
        (terms(u32::MAX, 1, "0", "0"), ForecastError::TooMuch),
        (terms(100_000, 66, "0", "0"), ForecastError::TooMuch),
    ] {
        assert_eq!(refused(&pool, terms), Some(expected));
    }
    let mut simulation =
        Simulation::new(&pool, &rates, &rates, terms(1, 66, "0", "0")).expect("a simulation");
    let early = simulation.snapshot(&question()).err();
    assert_eq!(early, Some(ForecastError::Paths));
    simulation.advance(1);
    for wrong in ["0", "1", "-0.5"] {
        let question = Question {
            band: parameter(wrong),
            ..question()
        };
        let refused = simulation.snapshot(&question).err();
        assert_eq!(refused, Some(ForecastError::Question));
    }
    let ages = DescribedPool {
        members: 2,
        youngest_age: 70,
        oldest_age: 69,
        male_share: parameter("0").try_into().expect("a share"),
        balance_cents: cents(1),
        watched: watched(),
    };
    assert_eq!(Pool::described(&ages).err(), Some(ForecastError::Ages));
    let beyond = DescribedPool {
        oldest_age: 131,
        ..ages
    };
    assert_eq!(Pool::described(&beyond).err(), Some(ForecastError::Ages));
    let nobody = DescribedPool {
        members: 0,
        oldest_age: 70,
        ..ages
    };
    assert_eq!(Pool::described(&nobody).err(), Some(ForecastError::Members));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Percentiles are in order, shares lie between 0 and 1 and only ever grow or
    /// fall, incomes are not negative: in any pool.
    #[test]
    fn a_snapshot_makes_sense(
        ages in prop::collection::vec((0_u32..=130, any::<bool>(), 0_i64..1_000_000_000), 0..40),
        watched_age in 0_u32..=110,
        years in 1_u32..=20,
        volatility in 0_u32..=9,
        seed in any::<u64>(),
    ) {
        let mut members = vec![PoolMember { age_years: watched_age, ..watched() }];
        members.extend(ages.iter().map(|(age_years, male, balance)| PoolMember {
            sex: if *male { Sex::Male } else { Sex::Female },
            age_years: *age_years,
            balance_cents: cents(*balance),
        }));
        let pool = Pool::listed(members, 0).expect("a pool");
        let terms = ForecastTerms { seed, ..terms(20, years, "0.03", &format!("0.{volatility}")) };
        let snapshot = complete(&pool, terms);
        let one = |figure: payout::Figure| figure.mantissa();
        let mut before = (0, 1_000_000);
        for year in &snapshot.years {
            let p = [year.p5_cents, year.p25_cents, year.p50_cents, year.p75_cents, year.p95_cents];
            prop_assert!(p.windows(2).all(|two| two[0] <= two[1]));
            prop_assert!(!p[0].is_negative());
            let (fallen_by_then, stable) = (one(year.fallen_by_then), one(year.stable));
            prop_assert!(fallen_by_then >= before.0 && stable <= before.1);
            prop_assert!(one(year.fallen) <= fallen_by_then);
            prop_assert!(fallen_by_then <= 1_000_000 && stable >= 0);
            before = (fallen_by_then, stable);
        }
        prop_assert_eq!(one(snapshot.ever_fallen), before.0);
        prop_assert_eq!(snapshot.years.len() as u32, years);
    }
}
