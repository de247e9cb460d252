//! The settlement of a month: who is at risk, whose balance goes where.

use ledger::Month;
use ledger::command::{PoolRules, SharingRule};
use ledger::settlement::{
    Candidate, Exception, ExceptionReason, Fate, SettlementError, Valuation, settle,
};
use money::Cents;
use mortality::{Closing, FractionalAge, Sex};
use proptest::prelude::*;
use time::Date;
use time::macros::date;
use tontine::Outcome;
use uuid::Uuid;

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

fn rules() -> PoolRules {
    PoolRules {
        mortality_table: "destatis-2022-2024".to_owned(),
        closing: Closing::LastRate,
        fractional_age: FractionalAge::ConstantForce,
        sharing_rule: SharingRule::NominalGain,
    }
}

fn june() -> Month {
    "2025-06".parse().expect("a month")
}

fn candidate(number: u128, cash: i64) -> Candidate {
    Candidate {
        member_id: Uuid::from_u128(number),
        birth_date: Some(date!(1950 - 03 - 14)),
        sex: Sex::Female,
        enrolled_on: date!(2024 - 01 - 01),
        died_on: None,
        cash: cents(cash),
        securities: Valuation::Complete(cents(100)),
    }
}

fn dead(number: u128, cash: i64, died_on: Date) -> Candidate {
    Candidate {
        died_on: Some(died_on),
        ..candidate(number, cash)
    }
}

#[test]
fn the_dead_leave_cash_and_securities_to_the_survivors() {
    let pool = [
        candidate(1, 900),
        dead(2, 50_000, date!(2025 - 06 - 30)),
        candidate(3, 900),
    ];
    let draft = settle(june(), &rules(), &pool, Cents::ZERO).expect("settled");
    assert_eq!(draft.outcome, Outcome::Shared);
    assert_eq!(draft.pot, cents(50_100));
    let credits: Vec<i64> = draft.lines.iter().map(|l| l.credit.get()).collect();
    assert_eq!(credits, [25_050, 0, 25_050]);
    assert_eq!(draft.lines[1].fate, Fate::LeftToPool);
    assert_eq!(draft.lines[1].at_risk, cents(50_100));
}

/// Female of 75 years and 2 months on 1 June 2025: yearly rate 0.02177… of the
/// table, constant force over a month.
#[test]
fn the_rate_is_that_of_the_exact_age_on_the_first_day() {
    let draft = settle(june(), &rules(), &[candidate(1, 1)], Cents::ZERO).expect("settled");
    let table = mortality::Table::by_id("destatis-2022-2024").expect("shipped");
    let yearly = table.yearly(Sex::Female, 75, Closing::LastRate);
    let expected = FractionalAge::ConstantForce.monthly(yearly, 2);
    assert_eq!(draft.lines[0].q, Some(expected));
}

#[test]
fn who_joins_in_the_month_shares_from_the_next() {
    let joined = Candidate {
        enrolled_on: date!(2025 - 06 - 02),
        ..candidate(3, 900)
    };
    let pool = [
        candidate(1, 900),
        dead(2, 50_000, date!(2025 - 06 - 01)),
        joined.clone(),
    ];
    let draft = settle(june(), &rules(), &pool, Cents::ZERO).expect("settled");
    assert_eq!(draft.outcome, Outcome::SoleSurvivor);
    assert_eq!(draft.lines.len(), 2);
    let first_day = Candidate {
        enrolled_on: date!(2025 - 06 - 01),
        ..joined
    };
    let pool = [
        candidate(1, 900),
        dead(2, 50_000, date!(2025 - 06 - 01)),
        first_day,
    ];
    let draft = settle(june(), &rules(), &pool, Cents::ZERO).expect("settled");
    assert_eq!(draft.outcome, Outcome::Shared);
}

#[test]
fn who_joins_and_dies_in_the_month_leaves_to_the_estate() {
    let joined = Candidate {
        enrolled_on: date!(2025 - 06 - 10),
        ..dead(3, 900, date!(2025 - 06 - 20))
    };
    let pool = [candidate(1, 900), candidate(2, 900), joined];
    let draft = settle(june(), &rules(), &pool, Cents::ZERO).expect("settled");
    assert_eq!(draft.outcome, Outcome::NothingToShare);
    assert_eq!(draft.lines[2].fate, Fate::LeftToEstate);
    assert_eq!(draft.lines[2].q, None);
}

#[test]
fn a_death_after_the_month_does_not_count_in_it() {
    let pool = [candidate(1, 900), dead(2, 900, date!(2025 - 07 - 01))];
    let draft = settle(june(), &rules(), &pool, Cents::ZERO).expect("settled");
    assert_eq!(draft.outcome, Outcome::NothingToShare);
    assert_eq!(draft.lines[1].fate, Fate::Survived);
}

#[test]
fn everyone_dies_and_each_balance_goes_to_its_estate() {
    let pool = [
        dead(1, 900, date!(2025 - 06 - 05)),
        dead(2, 800, date!(2025 - 06 - 06)),
    ];
    let draft = settle(june(), &rules(), &pool, cents(12)).expect("settled");
    assert_eq!(draft.outcome, Outcome::EveryoneDied);
    assert!(
        draft
            .lines
            .iter()
            .all(|line| line.fate == Fate::LeftToEstate)
    );
    assert_eq!((draft.pot, draft.carried_out), (cents(12), cents(12)));
}

#[test]
fn an_empty_month_carries_the_pot() {
    let draft = settle(june(), &rules(), &[], cents(12)).expect("settled");
    assert_eq!(draft.outcome, Outcome::NothingToShare);
    assert_eq!(draft.carried_out, cents(12));
}

#[test]
fn all_exceptions_are_reported_together() {
    let unvalued = Candidate {
        securities: Valuation::Missing,
        ..candidate(2, 900)
    };
    let differs = Candidate {
        securities: Valuation::QuantityDiffers,
        ..candidate(3, 900)
    };
    let ageless = Candidate {
        birth_date: None,
        ..candidate(4, 900)
    };
    let unborn = Candidate {
        birth_date: Some(date!(2025 - 06 - 02)),
        ..candidate(5, 900)
    };
    let pool = [
        candidate(1, 900),
        unvalued,
        differs,
        ageless,
        unborn,
        candidate(6, -101),
    ];
    let error = settle(june(), &rules(), &pool, Cents::ZERO).expect_err("refused");
    let expected = [
        (2, ExceptionReason::MissingValuation),
        (3, ExceptionReason::QuantityDiffers),
        (4, ExceptionReason::MissingBirthDate),
        (5, ExceptionReason::BornAfterPeriod),
        (6, ExceptionReason::NegativeBalance),
    ]
    .map(|(number, reason)| Exception {
        member_id: Uuid::from_u128(number),
        reason,
    });
    assert_eq!(error, SettlementError::Exceptions(expected.to_vec()));
}

#[test]
fn cash_may_be_negative_while_the_balance_is_not() {
    let draft = settle(june(), &rules(), &[candidate(1, -100)], Cents::ZERO).expect("settled");
    assert_eq!(draft.lines[0].at_risk, Cents::ZERO);
}

#[test]
fn an_unknown_table_is_refused() {
    let rules = PoolRules {
        mortality_table: "gone".to_owned(),
        ..rules()
    };
    let refused = settle(june(), &rules, &[candidate(1, 1)], Cents::ZERO);
    assert_eq!(refused, Err(SettlementError::UnknownTable));
}

proptest! {
    #[test]
    fn what_is_left_is_credited_or_carried_to_the_cent(
        members in prop::collection::vec((0_i64..1_000_000_000, 0_u8..10, 1_u8..=30), 1..60),
        carried in 0_i64..100_000,
    ) {
        let pool: Vec<Candidate> = members
            .iter()
            .zip(1..)
            .map(|((cash, luck, day), number)| {
                let joined_late = *luck == 1;
                Candidate {
                    enrolled_on: if joined_late { date!(2025-06-05) } else { date!(2025-05-05) },
                    died_on: (*luck < 3).then(|| Date::from_calendar_date(2025, time::Month::June, *day).expect("a day")),
                    ..candidate(number, *cash)
                }
            })
            .collect();
        let draft = settle(june(), &rules(), &pool, cents(carried)).expect("settled");
        let left: i64 = draft
            .lines
            .iter()
            .filter(|line| line.fate == Fate::LeftToPool)
            .map(|line| line.at_risk.get())
            .sum();
        let credits: i64 = draft.lines.iter().map(|line| line.credit.get()).sum();
        prop_assert_eq!(draft.pot.get(), carried + left);
        prop_assert_eq!(draft.pot.get(), credits + draft.carried_out.get());
    }
}
