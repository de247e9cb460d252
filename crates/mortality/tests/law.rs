//! Laws of mortality.
#![allow(clippy::float_arithmetic, reason = "comparison with published floats")]

mod bases;

use bases::{age, by_law, gompertz, makeham, rates};
use mortality::{Law, Period, Rates, Sex};
use proptest::prelude::*;

/// exp(−e^((65−88.72)/10) (e^(t/10) − 1)) with 30 digits.
#[test]
fn the_survival_of_gompertz() {
    let law = Law::Gompertz(gompertz("88.72", "10"));
    for (years, expected) in [
        (1.0, 0.990_236_168_218_130_2),
        (15.0, 0.722_657_035_939_464_5),
        (30.0, 0.168_542_866_801_392_6),
    ] {
        let got = law.survival(65.0, years);
        assert!((got - expected).abs() < 1e-15, "{years}: {got}");
        assert!((law.dying(65.0, years) - (1.0 - expected)).abs() < 1e-15);
    }
}

proptest! {
    #[test]
    fn gompertz_is_makeham_with_a_constant_of_zero(
        modal in 60_u32..110,
        dispersion in 4_u32..20,
        years in 0_u32..120,
        months in 0_u8..12,
    ) {
        let gompertz = gompertz(&modal.to_string(), &dispersion.to_string());
        let (pure, with_zero) = (by_law(Law::Gompertz(gompertz)), by_law(makeham("0", gompertz)));
        let (pure, with_zero) = (rates(&pure), rates(&with_zero));
        prop_assert_eq!(
            pure.yearly(Sex::Male, years, 2025),
            with_zero.yearly(Sex::Male, years, 2025)
        );
        let quarter = |rates: &Rates| {
            rates.dying(Sex::Male, age(years, months), Period::Quarter, 2025)
        };
        prop_assert_eq!(quarter(&pure), quarter(&with_zero));
        let life = |rates: &Rates| rates.life(Sex::Female, age(years, months), 2025).expect("a life");
        for time in [0.3, 1.0, 7.5] {
            prop_assert_eq!(life(&pure).survival(time), life(&with_zero).survival(time));
        }
    }

    /// The constant multiplies survival by e^(−λt), whatever the age.
    #[test]
    fn makeham_adds_a_constant_force(years in 20_u32..100, time in 0.0_f64..5.0) {
        let gompertz = gompertz("88", "9");
        let (pure, more) = (Law::Gompertz(gompertz), makeham("0.02", gompertz));
        let expected = pure.survival(f64::from(years), time) * libm::exp(-0.02 * time);
        prop_assert!((more.survival(f64::from(years), time) - expected).abs() < 1e-14);
    }
}
