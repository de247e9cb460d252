//! Rates of tables and of laws: closed, blended, improved, and over parts of a
//! year.
#![allow(clippy::float_arithmetic, reason = "comparison with published floats")]

mod bases;

use bases::{ASSUMPTIONS, SEXES, age, by_law, destatis, gompertz, parameter, rates, share, yearly};
use mortality::{
    AgeOutsideTable, Basis, BasisError, Blend, Closing, ExactAge, Improvement, ImprovementBand,
    InvalidImprovement, Law, MAX_AGE, Mortality, Parameter, Period, Probability, Sex, Share, Table,
    YearlyImprovement,
};
use proptest::prelude::*;

#[test]
fn a_basis_of_a_table_has_the_tables_rates() {
    for table in Table::all() {
        let mortality = Mortality::Table {
            id: table.id.to_owned(),
            closing: Closing::LastRate,
        };
        let rates = rates(&Basis {
            mortality,
            ..destatis()
        });
        for (sex, age) in SEXES
            .iter()
            .flat_map(|sex| (0..=MAX_AGE).map(move |age| (*sex, age)))
        {
            let expected = table.yearly(sex, age, Closing::LastRate);
            assert_eq!(
                rates.yearly(sex, age, 2025),
                Ok(expected),
                "{} {age}",
                table.id
            );
        }
    }
}

/// Recomputed with 60 digits apart from this code: half men at 65.
#[test]
fn unisex_by_survivors_of_destatis_2022_2024() {
    let blend = Blend::ByLx {
        start_age: 65,
        male_share: share("0.5"),
    };
    let rates = rates(&Basis {
        blend,
        ..destatis()
    });
    for (age, expected) in [
        (65, "0.01186233"),
        (80, "0.046977508297167801804"),
        (95, "0.27557721528784822949"),
    ] {
        let q = rates
            .yearly(Sex::Male, age, 2025)
            .expect("a rate")
            .to_float();
        assert!(
            (q - expected.parse::<f64>().expect("a float")).abs() < 1e-15,
            "{age}: {q}"
        );
        assert_eq!(
            yearly(&rates, Sex::Female, age),
            yearly(&rates, Sex::Male, age)
        );
    }
    // Below the start the share stands still.
    let table = Table::by_id("destatis-2022-2024").expect("shipped");
    let of = |sex| table.yearly(sex, 40, Closing::LastAge).to_float();
    let mean = f64::midpoint(of(Sex::Male), of(Sex::Female));
    assert!(
        (rates
            .yearly(Sex::Male, 40, 2025)
            .expect("a rate")
            .to_float()
            - mean)
            .abs()
            < 1e-17
    );
}

#[test]
fn a_blend_of_only_one_sex_is_that_sex() {
    let apart = rates(&destatis());
    for (text, sex) in [("0", Sex::Female), ("1", Sex::Male)] {
        let male_share = share(text);
        let blends = [
            Blend::ByShare { male_share },
            Blend::ByLx {
                start_age: 60,
                male_share,
            },
        ];
        for blend in blends {
            let unisex = rates(&Basis {
                blend,
                ..destatis()
            });
            for age in 0..=MAX_AGE {
                assert_eq!(
                    yearly(&unisex, Sex::Female, age),
                    yearly(&apart, sex, age),
                    "{age}"
                );
            }
        }
    }
}

#[test]
fn the_share_of_a_pools_own_mix() {
    let text = |part, whole| Share::of(part, whole).map(|s| Parameter::from(s).to_string());
    assert_eq!(text(1, 3).as_deref(), Some("0.333333333333"));
    assert_eq!(text(0, 7).as_deref(), Some("0"));
    assert_eq!(text(7, 7).as_deref(), Some("1"));
    assert_eq!(text(u64::MAX, u64::MAX).as_deref(), Some("1"));
    assert_eq!(text(8, 7), None);
    assert_eq!(text(0, 0), None);
}

fn improved(bands: &[(u32, &str)]) -> Result<YearlyImprovement, InvalidImprovement> {
    let band = |(from_age, factor): &(u32, &str)| ImprovementBand {
        from_age: *from_age,
        yearly_factor: parameter(factor),
    };
    YearlyImprovement::new(2023, bands.iter().map(band).collect())
}

/// 0.02331807 · 0.985^7 and 0.18726912 · 0.995^7, to 28 decimals.
#[test]
fn rates_improve_by_the_factor_of_their_age_band() {
    let improvement = Improvement::Yearly(improved(&[(0, "0.015"), (90, "0.005")]).expect("bands"));
    let rates = rates(&Basis {
        improvement,
        ..destatis()
    });
    let q = |age, year| {
        rates
            .yearly(Sex::Male, age, year)
            .expect("a rate")
            .to_float()
    };
    assert!((q(70, 2030) - 0.020_977_137_030_441_45).abs() < 1e-16);
    assert!((q(90, 2030) - 0.180_812_201_869_842_9).abs() < 1e-16);
    for year in [i32::MIN, 1990, 2023] {
        let q = rates.yearly(Sex::Male, 70, year).expect("a rate");
        assert_eq!(q.to_string(), "0.02331807");
    }
    assert_eq!(q(70, 2223), q(70, i32::MAX));
    // What closes the table does not improve.
    for age in [100, 130] {
        let q = rates.yearly(Sex::Male, age, 2060);
        assert_eq!(q, Ok(Probability::ODDS_CAP));
    }
}

#[test]
fn worsening_never_exceeds_certainty() {
    let improvement = Improvement::Yearly(improved(&[(0, "-0.1")]).expect("bands"));
    let rates = rates(&Basis {
        improvement,
        ..destatis()
    });
    let q = rates.yearly(Sex::Male, 99, 2024).expect("a rate");
    assert_eq!(q.to_string(), "0.439498994");
    let q = rates.yearly(Sex::Male, 99, 2223);
    assert_eq!(q, Ok(Probability::ODDS_CAP));
}

#[test]
fn bands_begin_at_birth_and_rise() {
    let refused = |bands: &[(u32, &str)]| improved(bands).expect_err("refused");
    assert_eq!(refused(&[]), InvalidImprovement::Bands);
    assert_eq!(refused(&[(1, "0.01")]), InvalidImprovement::Bands);
    assert_eq!(
        refused(&[(0, "0.01"), (0, "0.01")]),
        InvalidImprovement::Bands
    );
    assert_eq!(
        refused(&[(0, "0.01"), (131, "0")]),
        InvalidImprovement::Bands
    );
    assert_eq!(refused(&[(0, "0.51")]), InvalidImprovement::Factor);
    assert_eq!(refused(&[(0, "-0.11")]), InvalidImprovement::Factor);
    let base = YearlyImprovement::new(1799, Vec::new());
    assert_eq!(base, Err(InvalidImprovement::BaseYear));
}

/// A man of 65 years and 11 months: the last month at the rate of 65, then two at
/// that of 66. Recomputed with 60 digits.
#[test]
fn a_quarter_reaches_over_a_birthday() {
    let expected = [
        0.004_100_881_647_897_442,
        0.004_111_425_227_197_937,
        0.004_122_197_683_909_916,
    ];
    for (fractional_age, expected) in ASSUMPTIONS.into_iter().zip(expected) {
        let rates = rates(&Basis {
            fractional_age,
            ..destatis()
        });
        let q = rates.dying(Sex::Male, age(65, 11), Period::Quarter, 2025);
        let q = q.expect("a rate").to_float();
        assert!((q - expected).abs() < 1e-15, "{fractional_age:?}: {q}");
    }
}

#[test]
fn a_month_is_the_month_of_the_assumption() {
    let table = Table::by_id("destatis-2022-2024").expect("shipped");
    for fractional_age in ASSUMPTIONS {
        let rates = rates(&Basis {
            fractional_age,
            ..destatis()
        });
        for month in 0..12 {
            let yearly = table.yearly(Sex::Female, 75, Closing::LastAge);
            assert_eq!(
                rates.dying(Sex::Female, age(75, month), Period::Month, 2025),
                Ok(fractional_age.monthly(yearly, month))
            );
        }
    }
}

#[test]
fn ages_beyond_the_basis_are_refused() {
    let rates = rates(&destatis());
    let outside = AgeOutsideTable { first_age: 0 };
    assert_eq!(rates.yearly(Sex::Male, 131, 2025), Err(outside));
    assert!(
        rates
            .dying(Sex::Male, age(130, 11), Period::Quarter, 2025)
            .is_ok()
    );
    assert!(ExactAge::new(131, 0).is_err());
    assert!(ExactAge::new(65, 12).is_err());
}

#[test]
fn a_basis_that_cannot_be_is_refused() {
    let unknown = Mortality::Table {
        id: "hmd".to_owned(),
        closing: Closing::LastRate,
    };
    let basis = Basis {
        mortality: unknown,
        ..destatis()
    };
    assert_eq!(basis.rates().err(), Some(BasisError::UnknownTable));
    let blend = Blend::ByLx {
        start_age: 131,
        male_share: share("0.5"),
    };
    let basis = Basis {
        blend,
        ..destatis()
    };
    assert_eq!(basis.rates().err(), Some(BasisError::StartAge));
}

#[test]
fn a_basis_in_json_says_everything() {
    let text = r#"{"mortality":{"table":{"id":"ssa-2023","closing":"log_quadratic_125"}},"blend":{"by_lx":{"start_age":60,"male_share":"0.45"}},"improvement":{"yearly":{"base_year":2023,"bands":[{"from_age":0,"yearly_factor":"0.01"}]}},"fractional_age":"balducci"}"#;
    let basis: Basis = serde_json::from_str(text).expect("a basis");
    assert_eq!(serde_json::to_string(&basis).ok().as_deref(), Some(text));
    let law = r#"{"mortality":{"law":{"female":{"gompertz":{"modal_age":"90","dispersion":"9.5"}},"male":{"gompertz_makeham":{"constant":"0.001","modal_age":"86","dispersion":"10"}}}},"blend":"by_sex","improvement":"none","fractional_age":"uniform"}"#;
    let basis: Basis = serde_json::from_str(law).expect("a basis");
    assert_eq!(serde_json::to_string(&basis).ok().as_deref(), Some(law));
    for (part, wrong) in [
        (r#","fractional_age":"uniform""#, ""),
        (r#","improvement":"none""#, ""),
        (r#""blend":"by_sex","#, ""),
        (r#""dispersion":"9.5""#, r#""dispersion":"0""#),
        (r#""constant":"0.001""#, r#""constant":"-0.001""#),
        (r#""constant":"0.001""#, r#""constant":0.001"#),
        (
            r#""blend":"by_sex""#,
            r#""blend":{"by_share":{"male_share":"1.01"}}"#,
        ),
    ] {
        assert!(law.contains(part), "{part}");
        let text = law.replace(part, wrong);
        assert!(
            serde_json::from_str::<Basis>(&text).is_err(),
            "{part} {wrong}"
        );
    }
    assert!(serde_json::from_str::<Closing>(r#""log_quadratic_131""#).is_err());
}

proptest! {
    /// Months, quarters and the year of an exact age agree, over the birthday too.
    #[test]
    fn shorter_periods_multiply_to_longer_ones(
        years in 0_u32..129,
        months in 0_u8..12,
        which in 0_usize..3,
        male in any::<bool>(),
    ) {
        let rates = rates(&Basis { fractional_age: ASSUMPTIONS[which], ..destatis() });
        let sex = if male { Sex::Male } else { Sex::Female };
        let over = |period: Period| {
            let count = period.per_year();
            let mut alive = 1.0;
            for i in 0..count {
                let month = months + i * period.months();
                let at = age(years + u32::from(month / 12), month % 12);
                let q = rates.dying(sex, at, period, 2025).expect("a rate");
                alive *= 1.0 - q.to_float();
            }
            alive
        };
        let year = over(Period::Year);
        prop_assert!((over(Period::Month) - year).abs() < 1e-12);
        prop_assert!((over(Period::Quarter) - year).abs() < 1e-12);
    }

    /// The survival curve and the exact rates of periods are the same mortality.
    #[test]
    fn the_survival_curve_agrees_with_the_rates(
        years in 0_u32..99,
        months in 0_u8..12,
        which in 0_usize..3,
        law in any::<bool>(),
    ) {
        let fractional_age = ASSUMPTIONS[which];
        let basis = if law { by_law(Law::Gompertz(gompertz("85", "9"))) } else { destatis() };
        let rates = rates(&Basis { fractional_age, ..basis });
        let life = rates.life(Sex::Female, age(years, months), 2025).expect("a life");
        for (period, time) in [(Period::Month, 1.0 / 12.0), (Period::Quarter, 0.25), (Period::Year, 1.0)] {
            let q = rates.dying(Sex::Female, age(years, months), period, 2025).expect("a rate");
            prop_assert!((1.0 - life.survival(time) - q.to_float()).abs() < 1e-9);
        }
    }

    #[test]
    fn survival_falls_from_one_to_zero(years in 0_u32..=MAX_AGE, months in 0_u8..12, which in 0_usize..3) {
        let rates = rates(&Basis { fractional_age: ASSUMPTIONS[which], ..destatis() });
        let life = rates.life(Sex::Male, age(years, months), 2025).expect("a life");
        let curve: Vec<f64> = (0..1_600).map(|i| life.survival(f64::from(i) / 12.0)).collect();
        prop_assert_eq!(curve[0], 1.0);
        prop_assert!(curve.windows(2).all(|two| two[1] <= two[0] && two[1] >= 0.0));
        prop_assert_eq!(life.survival(life.years_left()), 0.0);
        prop_assert_eq!(curve[1_599], 0.0);
    }

    #[test]
    fn improvement_lowers_every_rate(age in 0_u32..99, year in 2024_i32..2100) {
        let improvement = Improvement::Yearly(improved(&[(0, "0.01")]).expect("bands"));
        let improved = rates(&Basis { improvement, ..destatis() });
        let q = |year| improved.yearly(Sex::Male, age, year).expect("a rate");
        prop_assert!(q(year) < q(2023) && q(year + 1) < q(year));
    }
}
