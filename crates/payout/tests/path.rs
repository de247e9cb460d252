//! A member's path, its return, and what else could be done with the money.
#![allow(clippy::float_arithmetic, reason = "comparison with published floats")]

mod lives;

use lives::{destatis, effective, parameter};
use money::Cents;
use mortality::{Parameter, Period, Sex};
use payout::{
    AnnuityTerms, CashFlow, ComparisonTerms, Design, Interest, MAX_FLOWS, PathTerms, PayoutError,
    PayoutRule, ReturnError, Ruin, Withdrawal, WithdrawalRule, annuity_due, compare, payout_path,
    rate_of_return, self_managed, xirr,
};
use proptest::prelude::*;
use time::Date;
use time::macros::date;

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

fn account(earned: &str) -> PathTerms {
    PathTerms {
        rule: PayoutRule::Account {
            earned: effective(earned),
        },
        interest: effective("0.02"),
        period: Period::Year,
        balance_cents: cents(10_000_000),
    }
}

/// 100,000 euro over ä = 14.9395748849.
#[test]
fn an_account_that_earns_its_interest_pays_a_level_income() {
    let life = destatis(Sex::Male, 65);
    let path = payout_path(&life, &account("0.02")).expect("a path");
    assert_eq!(path.len(), 36);
    for year in &path {
        assert_eq!(year.income_cents, cents(669_363), "{}", year.age_years);
    }
    let last = path.last().expect("a year");
    assert_eq!((last.age_years, last.year), (100, 35));
    assert_eq!(path[0].alive.to_string(), "1.0000000000");
    assert_eq!(path[1].alive.to_string(), "0.9845699300");
    assert_eq!(path[1].expected_cents, cents(659_035));
}

#[test]
fn income_changes_by_what_is_earned_over_the_interest() {
    let life = destatis(Sex::Female, 70);
    let path = payout_path(&life, &account("0.05")).expect("a path");
    for two in path.windows(2) {
        let ratio = two[1].income_cents.get() as f64 / two[0].income_cents.get() as f64;
        assert!((ratio - 1.05 / 1.02).abs() < 1e-5, "{}", two[0].age_years);
    }
}

/// The account by its own rule, with the credits that a large pool gives: each
/// year the balance less 1/ä of it earns interest and is shared by the survivors.
#[test]
fn the_path_of_an_account_is_that_of_its_balance() {
    let life = destatis(Sex::Male, 65);
    let terms = account("0.04");
    let annuity = AnnuityTerms {
        interest: terms.interest,
        period: Period::Year,
        deferred_years: 0,
    };
    let mut balance = 10_000_000.0;
    for year in payout_path(&life, &terms).expect("a path") {
        let time = f64::from(year.year);
        let income = balance / annuity_due(&life, time, &annuity).expect("a factor");
        assert!(
            (income - year.income_cents.get() as f64).abs() < 0.51,
            "{time}"
        );
        let survival = life.survival(time + 1.0) / life.survival(time);
        balance = (balance - income) * 1.04 / survival;
    }
}

#[test]
fn monthly_payments_of_a_year_are_summed() {
    let life = destatis(Sex::Female, 80);
    let terms = PathTerms {
        period: Period::Month,
        ..account("0.02")
    };
    let path = payout_path(&life, &terms).expect("a path");
    let annuity = AnnuityTerms {
        interest: terms.interest,
        period: Period::Month,
        deferred_years: 0,
    };
    let yearly = 10_000_000.0 / annuity_due(&life, 0.0, &annuity).expect("a factor");
    assert!((path[0].income_cents.get() as f64 - yearly).abs() < 1.0);
    assert!(path[0].expected_cents < path[0].income_cents);
    assert_eq!(path.len(), 21);
}

/// A natural tontine of 20 lives: nearly level while many live, less when the
/// pool may have died out.
#[test]
fn a_natural_tontine_is_expected_to_be_level() {
    let life = destatis(Sex::Female, 65);
    let terms = PathTerms {
        rule: PayoutRule::Tontine {
            design: Design::Natural,
            members: 20,
        },
        ..account("0.02")
    };
    let path = payout_path(&life, &terms).expect("a path");
    assert_eq!(path[0].income_cents, cents(583_275));
    assert_eq!(path[20].income_cents, cents(583_275));
    assert!(path[35].income_cents < cents(300_000));
}

/// The example of the crate xirr on docs.rs.
#[test]
fn the_return_of_the_xirr_documentation() {
    let flow = |date: Date, amount: i64| CashFlow {
        date,
        amount_cents: cents(amount * 100),
    };
    let flows = [
        flow(date!(2015 - 06 - 11), -1_000),
        flow(date!(2015 - 07 - 21), -9_000),
        flow(date!(2018 - 06 - 10), 20_000),
        flow(date!(2015 - 10 - 17), -3_000),
    ];
    assert_eq!(
        xirr(&flows).map(|r| r.to_string()).as_deref(),
        Ok("0.163537158443")
    );
    let timed: Vec<(f64, f64)> = flows
        .iter()
        .map(|flow| {
            let days = (flow.date - date!(2015 - 06 - 11)).whole_days();
            (days as f64 / 365.0, flow.amount_cents.get() as f64)
        })
        .collect();
    let rate = rate_of_return(&timed).expect("a rate");
    assert!((rate - 0.163_537_158_443_264_1).abs() < 1e-15, "{rate}");
}

#[test]
fn a_return_that_is_not_one_is_refused() {
    for (flows, expected) in [
        (vec![], ReturnError::OneDirection),
        (vec![(0.0, 1.0)], ReturnError::OneDirection),
        (vec![(0.0, -1.0), (1.0, 0.0)], ReturnError::OneDirection),
        // Twice the money at once.
        (vec![(0.0, -1.0), (0.0, 2.0)], ReturnError::NoRate),
        // Nearly all is lost.
        (vec![(0.0, -1.0), (1.0, 1e-6)], ReturnError::NoRate),
        // 10 % and 50 %.
        (
            vec![(0.0, -1.0), (1.0, 2.6), (2.0, -1.65)],
            ReturnError::Ambiguous,
        ),
        (vec![(0.0, 1.0); MAX_FLOWS + 1], ReturnError::TooMany),
    ] {
        assert_eq!(rate_of_return(&flows), Err(expected));
    }
}

proptest! {
    #[test]
    fn the_return_of_one_deposit_is_its_growth(rate in -900_i32..5_000, years in 1_u32..60) {
        let rate = f64::from(rate) / 1_000.0;
        let end = libm::pow(1.0 + rate, f64::from(years));
        let got = rate_of_return(&[(0.0, -1.0), (f64::from(years), end)]).expect("a rate");
        prop_assert!((got - rate).abs() < 1e-12 * (1.0 + rate), "{} {}", got, rate);
    }

    #[test]
    fn any_payments_have_a_return_or_are_refused(
        flows in prop::collection::vec((0_i32..40_000, -1_000_000_i64..1_000_000), 0..20),
    ) {
        let first = date!(2000 - 01 - 01);
        let flows: Vec<CashFlow> = flows
            .into_iter()
            .map(|(days, amount)| CashFlow {
                date: first + time::Duration::days(i64::from(days)),
                amount_cents: cents(amount),
            })
            .collect();
        let _ = xirr(&flows);
    }
}

/// 100,000 euro without interest at 10,000 a year: ten withdrawals.
#[test]
fn withdrawals_end_when_the_money_does() {
    let life = destatis(Sex::Male, 65);
    let withdrawal = Withdrawal {
        balance_cents: cents(10_000_000),
        yearly_cents: cents(1_000_000),
        period: Period::Quarter,
        earned: Interest::NONE,
    };
    let result = self_managed(&life, &withdrawal).expect("a path");
    let alive = life.survival(10.0);
    let ruin = result.ruin.expect("ruin");
    assert_eq!((ruin.age_years, ruin.age_months), (75, 0));
    assert_eq!(ruin.alive.mantissa(), (alive * 1e10).round() as i128);
    assert_eq!(result.years[9].balance_cents, Cents::ZERO);
    assert_eq!(result.years[10].paid_cents, Cents::ZERO);
    let monthly = Withdrawal {
        yearly_cents: cents(987_654),
        period: Period::Month,
        ..withdrawal
    };
    let ruin = self_managed(&life, &monthly).expect("a path").ruin;
    // 121 months are paid in full, of 121.5.
    assert!(
        matches!(
            ruin,
            Some(Ruin {
                age_years: 75,
                age_months: 1,
                ..
            })
        ),
        "{ruin:?}"
    );
    let modest = Withdrawal {
        yearly_cents: cents(100_000),
        ..withdrawal
    };
    assert_eq!(self_managed(&life, &modest).expect("a path").ruin, None);
}

#[test]
fn negative_amounts_are_refused() {
    let life = destatis(Sex::Male, 65);
    let terms = PathTerms {
        balance_cents: cents(-1),
        ..account("0.02")
    };
    assert_eq!(
        payout_path(&life, &terms).err(),
        Some(PayoutError::NegativeAmount)
    );
    let withdrawal = Withdrawal {
        balance_cents: cents(1),
        yearly_cents: cents(-1),
        period: Period::Year,
        earned: Interest::NONE,
    };
    let refused = self_managed(&life, &withdrawal).err();
    assert_eq!(refused, Some(PayoutError::NegativeAmount));
    let huge = PathTerms {
        balance_cents: Cents::MAX,
        ..account("1")
    };
    assert_eq!(
        payout_path(&life, &huge).err(),
        Some(PayoutError::OutOfRange)
    );
}

/// Who withdraws as much as an annuity pays is ruined some day; the annuity pays
/// on, and returns more the longer one lives.
#[test]
fn a_tontine_beside_an_annuity_and_beside_managing_alone() {
    let life = destatis(Sex::Male, 65);
    let terms = ComparisonTerms {
        tontine: account("0.02"),
        withdrawal: WithdrawalRule::AsTheAnnuity,
        earned: effective("0.02"),
    };
    let comparison = compare(&life, &terms).expect("a comparison");
    assert_eq!(comparison.annuity_cents, cents(669_363));
    // 17 payments of 6,693.63 can be made of 100,000 at 2 %.
    let ruin = comparison.ruin.expect("ruin");
    assert_eq!((ruin.age_years, ruin.age_months), (82, 0));
    assert_eq!(comparison.years.len(), 36);
    for year in &comparison.years {
        assert_eq!(year.tontine_cents, year.annuity_cents);
        assert_eq!(year.tontine_return, year.annuity_return);
    }
    let returns: Vec<i128> = comparison
        .years
        .iter()
        .filter_map(|year| year.annuity_return.map(|figure| figure.mantissa()))
        .collect();
    assert!(returns.windows(2).all(|two| two[0] < two[1]));
    assert!(returns[0] < -900_000);
    let fixed = ComparisonTerms {
        withdrawal: WithdrawalRule::YearlyCents(cents(300_000)),
        ..terms
    };
    let modest = compare(&life, &fixed).expect("a comparison");
    assert_eq!(modest.ruin, None);
    assert_eq!(modest.years[0].self_managed_cents, cents(300_000));
    assert_eq!(modest.years[0].self_managed_balance_cents, cents(9_894_000));
}

/// Weighted with the chance of dying then, what members get back is worth what
/// they paid: the return over all lives together is the interest.
#[test]
fn the_expected_payments_of_a_fair_path_return_its_interest() {
    let life = destatis(Sex::Female, 67);
    let path = payout_path(&life, &account("0.02")).expect("a path");
    let mut flows = vec![(0.0, -10_000_000.0)];
    for year in &path {
        flows.push((f64::from(year.year), year.expected_cents.get() as f64));
    }
    let rate = rate_of_return(&flows).expect("a rate");
    assert!((rate - 0.02).abs() < 1e-7, "{rate}");
}

#[test]
fn terms_in_json_name_everything() {
    let text = r#"{"rule":{"tontine":{"design":{"optimal":{"risk_aversion":"2"}},"members":25}},"interest":{"force":"0.04"},"period":"month","balance_cents":10000000}"#;
    let terms: PathTerms = serde_json::from_str(text).expect("terms");
    assert_eq!(serde_json::to_string(&terms).ok().as_deref(), Some(text));
    for (part, wrong) in [
        (r#","period":"month""#, ""),
        (r#""force":"0.04""#, r#""force":0.04"#),
        (r#""force":"0.04""#, r#""force":"0.8""#),
        (r#""risk_aversion":"2""#, r#""risk_aversion":"0""#),
        (r#""members":25"#, r#""members":-1"#),
    ] {
        let text = text.replace(part, wrong);
        assert!(serde_json::from_str::<PathTerms>(&text).is_err(), "{wrong}");
    }
    let rate = serde_json::from_str::<Interest>(r#"{"effective":"0.02"}"#);
    assert_eq!(rate.ok(), Some(effective("0.02")));
    assert_eq!(
        parameter("0.020"),
        "0.02".parse::<Parameter>().expect("a parameter")
    );
}
