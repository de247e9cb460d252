//! Annuity factors and incomes of a group self-annuitisation against numbers that
//! were computed apart from this code.
#![allow(clippy::float_arithmetic, reason = "comparison with published floats")]

mod lives;

use std::path::Path;

use lives::{age, destatis, effective, gompertz, life_of, parameter};
use money::Cents;
use mortality::{Closing, ExactAge, Period, Sex, Table};
use payout::{AnnuityTerms, Figure, GsaTerms, Interest, PayoutError, annuity_due, gsa_path};
use proptest::prelude::*;

fn yearly(interest: Interest) -> AnnuityTerms {
    AnnuityTerms {
        interest,
        period: Period::Year,
        deferred_years: 0,
    }
}

/// Destatis 2022/2024, yearly in advance, closed at 100.
#[test]
fn annuity_factors_of_destatis_2022_2024() {
    for (sex, years, rate, expected) in [
        (Sex::Male, 65, "0", "18.2011848862"),
        (Sex::Female, 65, "0", "21.3784523634"),
        (Sex::Male, 65, "0.02", "14.9395748849"),
        (Sex::Female, 65, "0.02", "17.1445807200"),
        (Sex::Male, 80, "0.02", "7.7002862801"),
        (Sex::Female, 80, "0.02", "8.9776397963"),
    ] {
        let factor = annuity_due(&destatis(sex, years), 0.0, &yearly(effective(rate)));
        let figure = factor.and_then(|factor| Figure::of(factor, 10));
        assert_eq!(figure.map(|f| f.to_string()).as_deref(), Ok(expected));
    }
}

/// ä at 0 % less one half is the life expectancy, but for the first year of life,
/// in which deaths are not uniform. The publishers close their tables otherwise
/// and print two decimals; with the last rate held, the greatest difference below
/// age 90 is two hundredths of a year.
#[test]
fn the_annuity_factor_at_no_interest_less_a_half_is_the_published_life_expectancy() {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mortality/tables");
    let mut compared = 0;
    for table in Table::all() {
        let path = tables.join(format!("{}.csv", table.id));
        let mut reader = csv::Reader::from_path(path).expect("readable");
        let header = reader.headers().expect("a header").clone();
        for line in reader.records() {
            let line = line.expect("a line");
            let years: u32 = line[0].parse().expect("an age");
            for (sex, column) in [(Sex::Male, "ex_male"), (Sex::Female, "ex_female")] {
                let Some(position) = header.iter().position(|name| name == column) else {
                    continue;
                };
                if !(1..90).contains(&years) {
                    continue;
                }
                let published: f64 = line[position].parse().expect("a number");
                let life = life_of(table.id, Closing::LastRate, sex, age(years));
                let factor = annuity_due(&life, 0.0, &yearly(Interest::NONE)).expect("a factor");
                let difference = factor - 0.5 - published;
                assert!(
                    difference.abs() < 0.02,
                    "{} {years}: {difference}",
                    table.id
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 4 * 2 * 89);
}

#[test]
fn a_life_that_surely_ends_within_the_year_is_paid_once() {
    let life = destatis(Sex::Male, 100);
    assert_eq!(annuity_due(&life, 0.0, &yearly(effective("0.05"))), Ok(1.0));
    let monthly = AnnuityTerms {
        period: Period::Month,
        ..yearly(Interest::NONE)
    };
    // Uniform deaths: (12 + 11 + … + 1)/12 payments of a twelfth.
    let factor = annuity_due(&life, 0.0, &monthly).expect("a factor");
    assert!((factor - 6.5 / 12.0).abs() < 1e-8, "{factor}");
    let gone = annuity_due(&life, 1.0, &monthly);
    assert_eq!(gone, Err(PayoutError::NobodyAlive));
}

proptest! {
    /// ä_x = 1 + v p ä_{x+1}.
    #[test]
    fn one_year_at_a_time(years in 0_u32..99, rate in -20_i32..100, male in any::<bool>()) {
        let interest = effective(&format!("{}", f64::from(rate) / 1000.0));
        let sex = if male { Sex::Male } else { Sex::Female };
        let (now, next) = (destatis(sex, years), destatis(sex, years + 1));
        let terms = yearly(interest);
        let later = annuity_due(&next, 0.0, &terms).expect("a factor");
        let expected = 1.0 + interest.discount(1.0) * now.survival(1.0) * later;
        let got = annuity_due(&now, 0.0, &terms).expect("a factor");
        prop_assert!((got - expected).abs() < 1e-9);
        let on = annuity_due(&now, 1.0, &terms).expect("a factor");
        prop_assert!((on - later).abs() < 1e-9);
    }

    /// A deferred annuity and the payments before it are the whole annuity.
    #[test]
    fn deferment_splits_an_annuity(deferred_years in 0_u32..60, months in 0_u8..12) {
        let life = life_of(
            "ssa-2023",
            Closing::LastRate,
            Sex::Female,
            ExactAge::new(65, months).expect("an age"),
        );
        let whole = AnnuityTerms { period: Period::Month, ..yearly(effective("0.03")) };
        let deferred = AnnuityTerms { deferred_years, ..whole };
        let mut first = 0.0;
        for month in 0..deferred_years * 12 {
            let time = f64::from(month) / 12.0;
            first += whole.interest.discount(time) * life.survival(time) / 12.0;
        }
        let deferred = annuity_due(&life, 0.0, &deferred).expect("a factor");
        let whole = annuity_due(&life, 0.0, &whole).expect("a factor");
        prop_assert!((first + deferred - whole).abs() < 1e-12);
    }

    /// More frequent payments come later on average and go to fewer.
    #[test]
    fn more_payments_a_year_are_worth_less(years in 20_u32..99) {
        let life = destatis(Sex::Female, years);
        let factor = |period| {
            let terms = AnnuityTerms { period, ..yearly(effective("0.02")) };
            annuity_due(&life, 0.0, &terms).expect("a factor")
        };
        let (year, quarter) = (factor(Period::Year), factor(Period::Quarter));
        let month = factor(Period::Month);
        prop_assert!(year > quarter && quarter > month && month > year - 0.6);
    }
}

#[test]
fn a_deferment_beyond_every_life_is_worth_nothing() {
    let terms = AnnuityTerms {
        deferred_years: u32::MAX,
        ..yearly(Interest::NONE)
    };
    assert_eq!(annuity_due(&gompertz(), 0.0, &terms), Ok(0.0));
}

fn group() -> GsaTerms {
    GsaTerms {
        balance_cents: Cents::new(10_000_000).expect("in range"),
        interest: effective("0.02"),
        living: vec![1000, 980, 951, 925, 890, 860],
        returns: ["0.02", "0.05", "-0.03", "0.02", "0.04"]
            .map(parameter)
            .to_vec(),
    }
}

/// Men of 70, Destatis 2022/2024 closed at 100, computed apart from this code.
#[test]
fn incomes_of_a_group_self_annuitisation() {
    let years = gsa_path(&destatis(Sex::Male, 70), &group()).expect("a path");
    let expected = [
        (70, 1000, "100000000.0000", "12.4716575655", "8018.180380"),
        (71, 980, "93821456.0122", "11.9804517289", "7991.032540"),
        (72, 951, "90289756.3296", "11.4952270418", "8259.246170"),
        (73, 925, "79962156.8255", "11.0086400079", "7852.520828"),
        (74, 890, "74152546.5611", "10.5267673959", "7914.819898"),
        (75, 860, "69792691.1260", "10.0446334414", "8079.368200"),
    ];
    for (year, (age, living, pool, factor, income)) in years.iter().zip(expected) {
        assert_eq!((year.age_years, year.living), (age, living));
        assert_eq!(year.annuity_due.to_string(), factor);
        let euro = |figure: Figure| figure.mantissa() as f64 / 1e6;
        let pool: f64 = pool.parse().expect("a number");
        assert!((euro(year.pool_cents) - pool).abs() < 1e-4, "{age}");
        let income: f64 = income.parse().expect("a number");
        assert!((euro(year.income_cents) - income).abs() < 2e-6, "{age}");
    }
    assert_eq!(years.len(), expected.len());
}

/// The two forms of the rule agree: the income is the pool over its annuity
/// factors.
#[test]
fn the_pool_of_a_group_is_what_its_incomes_are_worth() {
    for year in gsa_path(&destatis(Sex::Male, 70), &group()).expect("a path") {
        let factor = year.annuity_due.mantissa() as f64 / 1e10;
        let worth = year.income_cents.mantissa() as f64 * f64::from(year.living) * factor;
        let pool = year.pool_cents.mantissa() as f64;
        assert!((worth / pool - 1.0).abs() < 1e-9, "{}", year.age_years);
    }
}

#[test]
fn a_group_that_cannot_be_is_refused() {
    let life = destatis(Sex::Male, 70);
    let refused = |change: &dyn Fn(&mut GsaTerms)| {
        let mut terms = group();
        change(&mut terms);
        gsa_path(&life, &terms).expect_err("refused")
    };
    assert_eq!(refused(&|g| g.living.clear()), PayoutError::Living);
    assert_eq!(refused(&|g| g.living[0] = 0), PayoutError::Living);
    assert_eq!(refused(&|g| g.living[3] = 990), PayoutError::Living);
    assert_eq!(refused(&|g| g.living = vec![1; 132]), PayoutError::Living);
    assert_eq!(refused(&|g| g.returns.truncate(4)), PayoutError::Returns);
    assert_eq!(
        refused(&|g| g.returns[0] = parameter("-1.1")),
        PayoutError::Returns
    );
    assert_eq!(
        refused(&|g| g.balance_cents = Cents::new(-1).expect("in range")),
        PayoutError::NegativeAmount
    );
    let too_long = |g: &mut GsaTerms| {
        g.living = vec![5; 40];
        g.returns = vec![parameter("0"); 39];
    };
    assert_eq!(refused(&too_long), PayoutError::NobodyAlive);
}

#[test]
fn a_group_that_dies_out_ends() {
    let mut terms = group();
    terms.living[5] = 0;
    let years = gsa_path(&destatis(Sex::Male, 70), &terms).expect("a path");
    assert_eq!(years.len(), 5);
}
