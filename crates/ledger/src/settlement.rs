//! The settlement of a month: from the members and their balances to the pot and
//! its credits.

use money::{Cents, OutOfRange};
use mortality::{ExactAge, Probability, Sex, Table};
use serde::{Deserialize, Serialize};
use time::Date;
use tontine::{Outcome, Participant, PoolError, nominal_gain};
use uuid::Uuid;

use crate::Month;
use crate::command::{PoolRules, SharingRule};

/// A member who was not settled as dead before the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub member_id: Uuid,
    /// The date of birth, if it is known.
    pub birth_date: Option<Date>,
    /// The sex by which the life table is read.
    pub sex: Sex,
    /// From when.
    pub enrolled_on: Date,
    /// The reported day of death.
    pub died_on: Option<Date>,
    /// Cash at the month's end.
    pub cash: Cents,
    /// The value of the securities at the month's end.
    pub securities: Valuation,
}

/// What the broker says a member's securities are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Valuation {
    /// Every position that the journal has is valued in the month, with the
    /// journal's quantity.
    Complete(Cents),
    /// A position has no valuation in the month.
    Missing,
    /// A position is valued with another quantity than the journal's.
    QuantityDiffers,
}

/// Why a month cannot be settled yet: something an operator has to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ExceptionReason {
    /// Neither the enrolment nor the broker gave a date of birth.
    MissingBirthDate,
    /// The date of birth is after the month's start.
    BornAfterPeriod,
    /// A position has no valuation in the month.
    MissingValuation,
    /// A position is valued with another quantity than the journal's.
    QuantityDiffers,
    /// The account is below zero.
    NegativeBalance,
}

/// An exception of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exception {
    /// Who.
    pub member_id: Uuid,
    /// Why.
    pub reason: ExceptionReason,
}

/// What the month did to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Fate {
    /// At risk and alive at the end.
    Survived,
    /// At risk and died: the balance went to the death pot.
    LeftToPool,
    /// Died without having been at risk, or together with everybody: the balance
    /// went to the estate.
    LeftToEstate,
}

/// One member's line of a settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub member_id: Uuid,
    /// What happened.
    pub fate: Fate,
    /// Cash and securities before the credit.
    pub at_risk: Cents,
    /// The probability of dying in the month, for those at risk.
    pub q: Option<Probability>,
    /// The longevity credit.
    pub credit: Cents,
}

/// A settlement, computed and not yet recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What happened to the pot.
    pub outcome: Outcome,
    /// Carried in from the month before.
    pub carried_in: Cents,
    /// The amount to share.
    pub pot: Cents,
    /// Carried to the next month.
    pub carried_out: Cents,
    /// The pot over the survivors' nominal gains, decimal text.
    pub group_gain: String,
    /// The members at risk and the dead, in the order of the candidates. A
    /// member who joined in the month and lives has none.
    pub lines: Vec<Line>,
}

/// Why a month cannot be settled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    /// Members for whom something is missing, all of them.
    #[error("{} members have open exceptions", .0.len())]
    Exceptions(Vec<Exception>),
    /// The rules name a life table that is not shipped.
    #[error("the pool's life table is not available")]
    UnknownTable,
    /// The engine refuses.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A sum is beyond the range of an amount.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

/// Settles `period` for `candidates` under `rules`.
///
/// At risk is who was enrolled by the first day of the month. A member's rate is
/// that of the exact age on that day. Who died in the month and was at risk leaves
/// the balance to the pot; who died without, to the estate; and so does everybody
/// if nobody at risk survived.
///
/// # Errors
/// See [`SettlementError`]; exceptions of all members are reported together.
pub fn settle(
    period: Month,
    rules: &PoolRules,
    candidates: &[Candidate],
    carried_in: Cents,
) -> Result<Draft, SettlementError> {
    let mut lines = lines(period, rules, candidates)?;
    let participants: Vec<Participant<Uuid>> = lines.iter().filter_map(participant).collect();
    if participants.is_empty() {
        return Ok(Draft {
            outcome: Outcome::NothingToShare,
            carried_in,
            pot: carried_in,
            carried_out: carried_in,
            group_gain: "0.000000000000".to_owned(),
            lines,
        });
    }
    let SharingRule::NominalGain = rules.sharing_rule;
    let sharing = nominal_gain(&participants, carried_in)?;
    let mut credits = sharing.credits.iter();
    for line in &mut lines {
        if line.q.is_some() {
            line.credit = credits.next().copied().unwrap_or(Cents::ZERO);
        }
        if sharing.outcome == Outcome::EveryoneDied {
            line.fate = Fate::LeftToEstate;
        }
    }
    Ok(Draft {
        outcome: sharing.outcome,
        carried_in,
        pot: sharing.pot,
        carried_out: sharing.carried_out,
        group_gain: sharing.group_gain.to_string(),
        lines,
    })
}

/// The members at risk in `period`, as the sharing of its pot sees them.
///
/// # Errors
/// Those of [`settle`].
pub fn at_risk(
    period: Month,
    rules: &PoolRules,
    candidates: &[Candidate],
) -> Result<Vec<Participant<Uuid>>, SettlementError> {
    let lines = lines(period, rules, candidates)?;
    Ok(lines.iter().filter_map(participant).collect())
}

/// The members at risk and the dead, without credits.
fn lines(
    period: Month,
    rules: &PoolRules,
    candidates: &[Candidate],
) -> Result<Vec<Line>, SettlementError> {
    let table = Table::by_id(&rules.mortality_table).map_err(|_| SettlementError::UnknownTable)?;
    let concerned = |c: &&Candidate| is_at_risk(c, period) || died_in(c, period);
    let mut lines = Vec::new();
    let mut exceptions = Vec::new();
    for candidate in candidates.iter().filter(concerned) {
        match line(candidate, period, rules, table) {
            Ok(line) => lines.push(line?),
            Err(reason) => exceptions.push(Exception {
                member_id: candidate.member_id,
                reason,
            }),
        }
    }
    if exceptions.is_empty() {
        Ok(lines)
    } else {
        Err(SettlementError::Exceptions(exceptions))
    }
}

/// Alive at the month's start and enrolled by then.
fn is_at_risk(candidate: &Candidate, period: Month) -> bool {
    candidate.enrolled_on <= period.first_day()
        && candidate
            .died_on
            .is_none_or(|died_on| died_on >= period.first_day())
}

fn died_in(candidate: &Candidate, period: Month) -> bool {
    candidate.died_on.is_some_and(|day| period.contains(day))
}

/// A line without a credit. The outer error is an exception, the inner one is not
/// the operator's to mend.
fn line(
    candidate: &Candidate,
    period: Month,
    rules: &PoolRules,
    table: &Table,
) -> Result<Result<Line, SettlementError>, ExceptionReason> {
    let securities = match candidate.securities {
        Valuation::Complete(value) => value,
        Valuation::Missing => return Err(ExceptionReason::MissingValuation),
        Valuation::QuantityDiffers => return Err(ExceptionReason::QuantityDiffers),
    };
    let birth_date = candidate
        .birth_date
        .ok_or(ExceptionReason::MissingBirthDate)?;
    let at_risk = match candidate.cash.plus(securities) {
        Ok(balance) if balance.is_negative() => return Err(ExceptionReason::NegativeBalance),
        Ok(balance) => balance,
        Err(error) => return Ok(Err(error.into())),
    };
    let died = died_in(candidate, period);
    let q = if is_at_risk(candidate, period) {
        let age = ExactAge::on(period.first_day(), birth_date)
            .map_err(|_| ExceptionReason::BornAfterPeriod)?;
        let yearly = table.yearly(candidate.sex, age.years(), rules.closing);
        Some(rules.fractional_age.monthly(yearly, age.months()))
    } else {
        None
    };
    Ok(Ok(Line {
        member_id: candidate.member_id,
        fate: match (died, q) {
            (false, _) => Fate::Survived,
            (true, Some(_)) => Fate::LeftToPool,
            (true, None) => Fate::LeftToEstate,
        },
        at_risk,
        q,
        credit: Cents::ZERO,
    }))
}

/// Members at risk take part in the sharing.
fn participant(line: &Line) -> Option<Participant<Uuid>> {
    line.q.map(|q| Participant {
        id: line.member_id,
        q,
        at_risk: line.at_risk,
        died: line.fate != Fate::Survived,
    })
}
