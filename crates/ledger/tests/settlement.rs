//! The settlement of a period: who is at risk, whose balance goes where.

use ledger::Term;
use ledger::command::PoolRules;
use ledger::settlement::{
    Candidate, Draft, Exception, ExceptionReason, Fate, Roll, SettlementError, Valuation, settle,
};
use money::Cents;
use mortality::{Basis, Blend, Closing, FractionalAge, Improvement, Mortality, Period, Sex, Table};
use proptest::prelude::*;
use time::Date;
use time::macros::date;
use tontine::{Caps, Infeasible, Outcome, Rule};
use uuid::Uuid;

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

fn rules() -> PoolRules {
    PoolRules {
        basis: Basis {
            mortality: Mortality::Table {
                id: "destatis-2022-2024".to_owned(),
                closing: Closing::LastRate,
            },
            blend: Blend::BySex,
            improvement: Improvement::None,
            fractional_age: FractionalAge::ConstantForce,
        },
        cadence: Period::Month,
        caps: Caps::NONE,
        sharing_rule: Rule::NominalGain,
    }
}

fn term(cadence: Period) -> Term {
    Term {
        starts: "2025-06".parse().expect("a month"),
        cadence,
    }
}

fn roll(cadence: Period, candidates: &[Candidate]) -> Roll {
    let mut roll = Roll::new(term(cadence));
    for (candidate, number) in candidates.iter().zip(1..) {
        roll.add(Uuid::from_u128(number), candidate);
    }
    roll
}

fn try_settle(
    rules: &PoolRules,
    candidates: &[Candidate],
    carried_in: Cents,
) -> Result<Draft, SettlementError> {
    let roll = roll(rules.cadence, candidates);
    assert_eq!(roll.exceptions(), (0, &[][..]));
    let rates = rules.basis.rates().expect("a shipped table");
    settle(
        rules,
        &rates,
        term(rules.cadence),
        roll.standings(),
        carried_in,
    )
}

fn settled(candidates: &[Candidate], carried_in: Cents) -> Draft {
    try_settle(&rules(), candidates, carried_in).expect("settled")
}

fn candidate(cash: i64) -> Candidate {
    Candidate {
        birth_date: Some(date!(1950 - 03 - 14)),
        sex: Sex::Female,
        enrolled_on: date!(2024 - 01 - 01),
        died_on: None,
        death_confirmed: false,
        cash: cents(cash),
        securities: Valuation::Complete(cents(100)),
    }
}

fn dead(cash: i64, died_on: Date) -> Candidate {
    Candidate {
        died_on: Some(died_on),
        death_confirmed: true,
        ..candidate(cash)
    }
}

#[test]
fn the_dead_leave_cash_and_securities_to_the_survivors() {
    let pool = [
        candidate(900),
        dead(50_000, date!(2025 - 06 - 30)),
        candidate(900),
    ];
    let draft = settled(&pool, Cents::ZERO);
    assert_eq!(draft.outcome, Outcome::Shared);
    assert_eq!(draft.pot, cents(50_100));
    let credits: Vec<i64> = draft.lines.iter().map(|l| l.credit.get()).collect();
    assert_eq!(credits, [25_050, 0, 25_050]);
    assert_eq!(draft.lines[1].fate, Fate::LeftToPool);
    assert_eq!(draft.lines[1].estate, Cents::ZERO);
}

/// Female of 75 years and 2 months on 1 June 2025: yearly rate 0.02177… of the
/// table, constant force over a month; over a quarter and a year it is put together
/// from the year of age and the next.
#[test]
fn the_rate_is_that_of_the_exact_age_on_the_first_day() {
    let table = Table::by_id("destatis-2022-2024").expect("shipped");
    let yearly = |age| table.yearly(Sex::Female, age, Closing::LastRate);
    let months =
        |age, month, length| FractionalAge::ConstantForce.months(yearly(age), month, length);
    for (cadence, expected) in [
        (Period::Month, months(75, 2, 1)),
        (Period::Quarter, months(75, 2, 3)),
        (Period::Year, months(75, 2, 10).then(months(76, 0, 2))),
    ] {
        let rules = PoolRules { cadence, ..rules() };
        let draft = try_settle(&rules, &[candidate(1)], Cents::ZERO).expect("settled");
        assert_eq!(
            (draft.lines[0].rate, &draft.rates[..]),
            (1, &[expected][..])
        );
    }
}

#[test]
fn members_of_the_same_sex_and_age_share_a_rate() {
    let man = Candidate {
        sex: Sex::Male,
        ..candidate(5)
    };
    let later = Candidate {
        birth_date: Some(date!(1950 - 04 - 02)),
        ..candidate(5)
    };
    let joined = Candidate {
        enrolled_on: date!(2025 - 06 - 10),
        ..dead(900, date!(2025 - 06 - 20))
    };
    let pool = [candidate(1), man, candidate(2), later, man, joined];
    let draft = settled(&pool, Cents::ZERO);
    let places: Vec<u32> = draft.lines.iter().map(|line| line.rate).collect();
    assert_eq!(places, [1, 2, 1, 3, 2, 0]);
    assert_eq!(draft.rates.len(), 3);
}

#[test]
fn who_joins_in_the_period_shares_from_the_next() {
    let joined = Candidate {
        enrolled_on: date!(2025 - 06 - 02),
        ..candidate(900)
    };
    let died = dead(50_000, date!(2025 - 06 - 01));
    let draft = settled(&[candidate(900), died, joined], Cents::ZERO);
    assert_eq!(draft.outcome, Outcome::SoleSurvivor);
    assert_eq!(draft.lines.len(), 2);
    let roll = roll(Period::Month, &[candidate(900), joined, died]);
    assert_eq!((roll.members(), roll.skipped()), (3, &[1][..]));
    assert_eq!(roll.id(1), Some(Uuid::from_u128(3)));

    let first_day = Candidate {
        enrolled_on: date!(2025 - 06 - 01),
        ..joined
    };
    let draft = settled(&[candidate(900), died, first_day], Cents::ZERO);
    assert_eq!(draft.outcome, Outcome::Shared);
}

#[test]
fn who_joins_and_dies_in_the_period_leaves_to_the_estate() {
    let joined = Candidate {
        enrolled_on: date!(2025 - 06 - 10),
        ..dead(900, date!(2025 - 06 - 20))
    };
    let draft = settled(&[candidate(900), candidate(900), joined], Cents::ZERO);
    assert_eq!(draft.outcome, Outcome::NothingToShare);
    assert_eq!(draft.lines[2].fate, Fate::LeftToEstate);
    assert_eq!(draft.lines[2].rate, 0);
}

#[test]
fn a_death_after_the_period_does_not_count_in_it() {
    let pool = [candidate(900), dead(900, date!(2025 - 07 - 01))];
    let draft = settled(&pool, Cents::ZERO);
    assert_eq!(draft.outcome, Outcome::NothingToShare);
    assert_eq!(draft.lines[1].fate, Fate::Survived);
    let rules = PoolRules {
        cadence: Period::Quarter,
        ..rules()
    };
    let draft = try_settle(&rules, &pool, Cents::ZERO).expect("settled");
    assert_eq!(draft.lines[1].fate, Fate::LeftToPool);
}

#[test]
fn everyone_dies_and_each_balance_goes_to_its_estate() {
    let pool = [
        dead(900, date!(2025 - 06 - 05)),
        dead(800, date!(2025 - 06 - 06)),
    ];
    let draft = settled(&pool, cents(12));
    assert_eq!(draft.outcome, Outcome::EveryoneDied);
    let to_estates = |line: &ledger::settlement::Line| line.fate == Fate::LeftToEstate;
    assert!(draft.lines.iter().all(to_estates));
    assert_eq!((draft.pot, draft.carried_out), (cents(12), cents(12)));
}

#[test]
fn an_empty_period_carries_the_pot() {
    let draft = settled(&[], cents(12));
    assert_eq!(draft.outcome, Outcome::NothingToShare);
    assert_eq!(draft.carried_out, cents(12));
}

/// By a rule that pays everybody, the dead have a credit too, and what a cap keeps
/// from the pot is the estate's.
#[test]
fn estates_get_credits_and_what_was_not_at_stake() {
    let rules = PoolRules {
        sharing_rule: Rule::OverlayFund,
        caps: Caps {
            max_stake_cents: Some(1_000),
            ..Caps::NONE
        },
        ..rules()
    };
    let pool = [candidate(900), dead(4_900, date!(2025 - 06 - 30))];
    let draft = try_settle(&rules, &pool, Cents::ZERO).expect("settled");
    assert_eq!(
        (draft.pot, draft.applied_rule),
        (cents(1_000), "overlay_fund")
    );
    let line = draft.lines[1];
    assert_eq!((line.fate, line.estate), (Fate::LeftToPool, cents(4_000)));
    assert_eq!(
        (draft.lines[0].credit, line.credit),
        (cents(500), cents(500))
    );
}

#[test]
fn a_rule_that_does_not_apply_names_the_member() {
    let rules = PoolRules {
        sharing_rule: Rule::FairTransferPlan {
            infeasible: Infeasible::Refuse,
        },
        ..rules()
    };
    let joined = Candidate {
        enrolled_on: date!(2025 - 06 - 10),
        ..dead(1, date!(2025 - 06 - 20))
    };
    let pool = [joined, candidate(900), candidate(50_000)];
    let refused = try_settle(&rules, &pool, Cents::ZERO).expect_err("refused");
    assert!(matches!(refused, SettlementError::Refused { index: 2, .. }));
}

#[test]
fn an_age_without_a_rate_is_named() {
    let ancient = Candidate {
        birth_date: Some(date!(1900 - 01 - 01)),
        enrolled_on: date!(1990 - 01 - 01),
        ..candidate(1)
    };
    let far = Term {
        starts: "2031-02".parse().expect("a month"),
        cadence: Period::Month,
    };
    let mut roll = Roll::new(far);
    roll.add(Uuid::from_u128(1), &candidate(1));
    roll.add(Uuid::from_u128(2), &ancient);
    let rates = rules().basis.rates().expect("shipped");
    let refused = settle(&rules(), &rates, far, roll.standings(), Cents::ZERO);
    assert_eq!(refused, Err(SettlementError::AgeOutsideBasis { index: 1 }));
}

#[test]
fn all_exceptions_are_reported_together() {
    let unvalued = Candidate {
        securities: Valuation::Missing,
        ..candidate(900)
    };
    let differs = Candidate {
        securities: Valuation::QuantityDiffers,
        ..candidate(900)
    };
    let ageless = Candidate {
        birth_date: None,
        ..candidate(900)
    };
    let unborn = Candidate {
        birth_date: Some(date!(2025 - 06 - 02)),
        ..candidate(900)
    };
    let unconfirmed = |died_on| Candidate {
        died_on: Some(died_on),
        ..candidate(900)
    };
    let beyond = Candidate {
        cash: Cents::MAX,
        ..candidate(0)
    };
    let pool = [
        candidate(900),
        unvalued,
        differs,
        ageless,
        unborn,
        candidate(-101),
        unconfirmed(date!(2025 - 06 - 30)),
        unconfirmed(date!(2025 - 05 - 30)),
        unconfirmed(date!(2025 - 07 - 01)),
        beyond,
    ];
    let expected = [
        (2, ExceptionReason::MissingValuation),
        (3, ExceptionReason::QuantityDiffers),
        (4, ExceptionReason::MissingBirthDate),
        (5, ExceptionReason::BornAfterPeriod),
        (6, ExceptionReason::NegativeBalance),
        (7, ExceptionReason::UnconfirmedDeath),
        (8, ExceptionReason::UnconfirmedDeath),
        (10, ExceptionReason::BalanceOutOfRange),
    ]
    .map(|(number, reason)| Exception {
        member_id: Uuid::from_u128(number),
        reason,
    });
    assert_eq!(roll(Period::Month, &pool).exceptions(), (8, &expected[..]));
}

#[test]
fn cash_may_be_negative_while_the_balance_is_not() {
    let roll = roll(Period::Month, &[candidate(-100)]);
    assert_eq!(roll.standings()[0].balance(), Cents::ZERO);
}

proptest! {
    #[test]
    fn what_is_left_is_credited_or_carried_to_the_cent(
        members in prop::collection::vec((0_i64..1_000_000_000, 0_u8..10, 1_u8..=30), 1..60),
        carried in 0_i64..100_000,
        pays_estates: bool,
        max_stake in prop::option::of(1_u64..1_000_000),
    ) {
        let pool: Vec<Candidate> = members
            .iter()
            .map(|(cash, luck, day)| {
                let joined_late = *luck == 1;
                let day = Date::from_calendar_date(2025, time::Month::June, *day).expect("a day");
                Candidate {
                    enrolled_on: if joined_late { date!(2025-06-05) } else { date!(2025-05-05) },
                    died_on: (*luck < 3).then_some(day),
                    death_confirmed: true,
                    ..candidate(*cash)
                }
            })
            .collect();
        let rules = PoolRules {
            sharing_rule: if pays_estates { Rule::OverlayFund } else { Rule::NominalGain },
            caps: Caps { max_stake_cents: max_stake, ..Caps::NONE },
            ..rules()
        };
        let draft = try_settle(&rules, &pool, cents(carried)).expect("settled");
        let roll = roll(Period::Month, &pool);
        let lines = || draft.lines.iter().zip(roll.standings());
        let left: i64 = lines()
            .filter(|(line, _)| line.fate == Fate::LeftToPool)
            .map(|(line, standing)| standing.balance().get() - line.estate.get())
            .sum();
        let credits: i64 = lines().map(|(line, _)| line.credit.get()).sum();
        prop_assert_eq!(draft.pot.get(), carried + left);
        prop_assert_eq!(draft.pot.get(), credits + draft.carried_out.get());
    }
}
