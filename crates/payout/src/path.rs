//! A member's payouts, year by year.

use money::Cents;
use mortality::{Life, Period};
use serde::{Deserialize, Serialize};

use crate::annuity::payment_times;
use crate::{
    AnnuityTerms, Design, Figure, Interest, PayoutError, Schedule, ScheduleTerms, Timing,
    annuity_due, cents,
};

/// By what rule a member is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PayoutRule {
    /// An individual tontine account: each year 1/ä of the balance (Fullmer &
    /// Sabin, "Individual Tontine Accounts", 2019). The path is that of a large
    /// pool, where credits come as expected: income changes once a year by
    /// (1 + earned)/(1 + interest).
    Account {
        /// What the balance earns.
        earned: Interest,
    },
    /// A tontine of equal members, whose payouts are fixed at the start.
    Tontine {
        /// The design.
        design: Design,
        /// The members at the start.
        members: u32,
    },
}

/// What fixes a path, besides the member's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PathTerms {
    /// The rule.
    pub rule: PayoutRule,
    /// The rate at which payouts are discounted.
    pub interest: Interest,
    /// How often there is a payment, at the beginning of each period.
    pub period: Period,
    /// What the member brings.
    pub balance_cents: Cents,
}

/// A year of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PathYear {
    /// From 0.
    pub year: u32,
    /// The completed age at the beginning of the year.
    pub age_years: u32,
    /// The probability of being alive then.
    pub alive: Figure,
    /// What a member who lives through the year can expect to be paid in it.
    pub income_cents: Cents,
    /// The same, weighted with the probability of being alive at each payment.
    pub expected_cents: Cents,
}

/// One payment of a path, in cents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payment {
    /// In years from the start.
    pub(crate) time: f64,
    /// To a member who is alive.
    pub(crate) amount: f64,
}

/// The path of the life that joins at time 0. It ends when nobody can be alive,
/// or with the last payment of a level tontine.
///
/// # Errors
/// [`PayoutError`]: those of [`Schedule::new`], a negative balance, an income out
/// of range.
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub fn payout_path(life: &Life, terms: &PathTerms) -> Result<Vec<PathYear>, PayoutError> {
    let payments = payments(life, terms)?;
    by_year(life, terms.period, &payments)
        .map(|(year, payments)| {
            let mut income = 0.0;
            let mut expected = 0.0;
            for payment in payments {
                income += payment.amount;
                expected += payment.amount * life.survival(payment.time);
            }
            Ok(PathYear {
                year,
                age_years: life.age().years() + year,
                alive: Figure::of(life.survival(f64::from(year)), PROBABILITY_PLACES)?,
                income_cents: cents(income)?,
                expected_cents: cents(expected)?,
            })
        })
        .collect()
}

/// The decimals of a probability in a result.
pub(crate) const PROBABILITY_PLACES: u32 = 10;

/// The payments of each year, numbered from 0.
pub(crate) fn by_year<'a>(
    life: &Life,
    period: Period,
    payments: &'a [Payment],
) -> impl Iterator<Item = (u32, &'a [Payment])> {
    let years_left = life.years_left();
    (0..)
        .zip(payments.chunks(usize::from(period.per_year())))
        .take_while(move |(year, _)| f64::from(*year) < years_left)
}

/// Every payment of a path to a member who stays alive.
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub(crate) fn payments(life: &Life, terms: &PathTerms) -> Result<Vec<Payment>, PayoutError> {
    if terms.balance_cents.is_negative() {
        return Err(PayoutError::NegativeAmount);
    }
    let balance = terms.balance_cents.get() as f64;
    let part = balance / f64::from(terms.period.per_year());
    match terms.rule {
        PayoutRule::Account { earned } => {
            let annuity = AnnuityTerms {
                interest: terms.interest,
                period: terms.period,
                deferred_years: 0,
            };
            let first = part / annuity_due(life, 0.0, &annuity)?;
            let payment = |time: f64| {
                let adjustments = libm::floor(time);
                let earned = earned.growth(adjustments);
                Payment {
                    time,
                    amount: first * earned * terms.interest.discount(adjustments),
                }
            };
            let times = payment_times(terms.period, 0, life.years_left());
            Ok(times.map(payment).collect())
        }
        PayoutRule::Tontine { design, members } => {
            let schedule_terms = ScheduleTerms {
                design,
                members,
                interest: terms.interest,
                timing: Timing::InAdvance(terms.period),
            };
            let schedule = Schedule::new(life, &schedule_terms)?;
            let times = payment_times(terms.period, 0, schedule.end());
            let payment = |time| Payment {
                time,
                amount: part * schedule.expected_income(time),
            };
            Ok(times.map(payment).collect())
        }
    }
}
