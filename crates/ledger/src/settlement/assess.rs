//! What is known of a member, and whether it is enough.

use money::Cents;
use mortality::{ExactAge, Sex};
use time::Date;

use super::ExceptionReason;
use crate::Term;

/// A member who was not settled as dead before the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The date of birth, if it is known.
    pub birth_date: Option<Date>,
    /// The sex by which the basis is read.
    pub sex: Sex,
    /// From when.
    pub enrolled_on: Date,
    /// The reported day of death.
    pub died_on: Option<Date>,
    /// Whether that was confirmed.
    pub death_confirmed: bool,
    /// Cash at the period's end.
    pub cash: Cents,
    /// The value of the securities at the period's end.
    pub securities: Valuation,
}

/// What a member's securities are said to be worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Valuation {
    /// Every position that the journal has is valued in the period, with the
    /// journal's quantity.
    Complete(Cents),
    /// A position has no valuation in the period.
    Missing,
    /// A position is valued with another quantity than the journal's.
    QuantityDiffers,
}

/// What a member's line of a settlement is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The sex by which the basis is read.
    pub sex: Sex,
    /// The exact age on the period's first day; absent for who died without having
    /// been at risk.
    pub age: Option<ExactAge>,
    /// Whether the member died in the period.
    pub died: bool,
    /// Cash at the period's end. With the securities never negative, and in range.
    pub cash: Cents,
    /// The value of the securities.
    pub securities: Cents,
}

impl Standing {
    /// Cash and securities.
    #[must_use]
    pub fn balance(&self) -> Cents {
        self.cash.plus(self.securities).unwrap_or(Cents::MAX)
    }
}

/// How a member stands in a period. `None` if the period is not theirs: who joined
/// in it and lives.
///
/// At risk is who was enrolled by the first day and alive on it; the age is the exact
/// age on that day.
///
/// # Errors
/// What is missing.
pub fn assess(term: Term, candidate: &Candidate) -> Result<Option<Standing>, ExceptionReason> {
    let first_day = term.first_day();
    let died_by_the_end = candidate.died_on.is_some_and(|day| day <= term.last_day());
    if died_by_the_end && !candidate.death_confirmed {
        return Err(ExceptionReason::UnconfirmedDeath);
    }
    let died = candidate.died_on.is_some_and(|day| term.contains(day));
    let at_risk =
        candidate.enrolled_on <= first_day && candidate.died_on.is_none_or(|day| day >= first_day);
    if !at_risk && !died {
        return Ok(None);
    }
    let securities = match candidate.securities {
        Valuation::Complete(value) => value,
        Valuation::Missing => return Err(ExceptionReason::MissingValuation),
        Valuation::QuantityDiffers => return Err(ExceptionReason::QuantityDiffers),
    };
    match candidate.cash.plus(securities) {
        Ok(balance) if balance.is_negative() => return Err(ExceptionReason::NegativeBalance),
        Ok(_) => {}
        Err(_) => return Err(ExceptionReason::BalanceOutOfRange),
    }
    let age = match (at_risk, candidate.birth_date) {
        (false, _) => None,
        (true, None) => return Err(ExceptionReason::MissingBirthDate),
        (true, Some(born)) => {
            let age =
                ExactAge::on(first_day, born).map_err(|_| ExceptionReason::BornAfterPeriod)?;
            Some(age)
        }
    };
    Ok(Some(Standing {
        sex: candidate.sex,
        age,
        died,
        cash: candidate.cash,
        securities,
    }))
}
