//! Annuity factors.

use mortality::{Life, Period};
use serde::{Deserialize, Serialize};

use crate::{Interest, PayoutError};

/// What an annuity pays: 1 a year in equal parts, each at the beginning of its
/// period, for as long as the life lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnnuityTerms {
    /// The rate at which payments are discounted.
    pub interest: Interest,
    /// How often it pays.
    pub period: Period,
    /// The years before the first payment, without a return of premiums to those
    /// who die in them.
    pub deferred_years: u32,
}

/// The annuity factor of a life that is alive `years` on: the value then of 1 a
/// year, Σ v^t tp / m over the payments from the end of the deferment on, the
/// deferment counted from then. With yearly payments and no deferment ä_{x+years}
/// (Bowers et al., *Actuarial Mathematics*, sections 5.3 and 5.4).
///
/// # Errors
/// [`PayoutError::NobodyAlive`] if the basis ends before.
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub fn annuity_due(life: &Life, years: f64, terms: &AnnuityTerms) -> Result<f64, PayoutError> {
    let alive = life.survival(years);
    if alive <= 0.0 {
        return Err(PayoutError::NobodyAlive);
    }
    let mut sum = 0.0;
    for time in payment_times(
        terms.period,
        terms.deferred_years,
        life.years_left() - years,
    ) {
        sum += terms.interest.discount(time) * life.survival(years + time);
    }
    Ok(sum / (alive * f64::from(terms.period.per_year())))
}

/// The times of payments from `from_years` on and before `until_years`.
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub(crate) fn payment_times(
    period: Period,
    from_years: u32,
    until_years: f64,
) -> impl Iterator<Item = f64> {
    let per_year = u32::from(period.per_year());
    // Beyond any life there is no payment anyway.
    let first = from_years.min(1_000) * per_year;
    (first..)
        .map(move |payment| f64::from(payment) / f64::from(per_year))
        .take_while(move |time| *time < until_years)
}
