//! Withdrawing from one's own savings, without a pool.

use money::Cents;
use mortality::{Life, Period};
use serde::{Deserialize, Serialize};

use crate::annuity::payment_times;
use crate::path::PROBABILITY_PLACES;
use crate::{Figure, Interest, PayoutError, cents};

/// A fixed withdrawal for as long as the money lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Withdrawal {
    /// The savings.
    pub balance_cents: Cents,
    /// What is withdrawn in a year.
    pub yearly_cents: Cents,
    /// How often, in equal parts at the beginning of each period.
    pub period: Period,
    /// What the savings earn.
    pub earned: Interest,
}

/// What becomes of the savings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelfManaged {
    /// Year by year, until nobody can be alive.
    pub years: Vec<SelfManagedYear>,
    /// When the money ends, if it does before.
    pub ruin: Option<Ruin>,
}

/// A year of withdrawals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelfManagedYear {
    /// From 0.
    pub year: u32,
    /// The completed age at the beginning of the year.
    pub age_years: u32,
    /// What was withdrawn in the year.
    pub paid_cents: Cents,
    /// What is left at its end; it belongs to the estate.
    pub balance_cents: Cents,
}

/// The first withdrawal that cannot be made in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ruin {
    /// The age at it, in completed years.
    pub age_years: u32,
    /// And months.
    pub age_months: u8,
    /// The probability of being alive then, as seen from the start.
    pub alive: Figure,
}

/// What becomes of the savings of `life` under a withdrawal. Half a cent may be
/// missing before a withdrawal counts as not made in full.
///
/// # Errors
/// [`PayoutError::NegativeAmount`], [`PayoutError::OutOfRange`].
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub fn self_managed(life: &Life, terms: &Withdrawal) -> Result<SelfManaged, PayoutError> {
    if terms.balance_cents.is_negative() || terms.yearly_cents.is_negative() {
        return Err(PayoutError::NegativeAmount);
    }
    let per_year = u32::from(terms.period.per_year());
    let withdrawal = terms.yearly_cents.get() as f64 / f64::from(per_year);
    let growth = terms.earned.growth(terms.period.in_years());
    let mut balance = terms.balance_cents.get() as f64;
    let (mut years, mut ruin, mut paid) = (Vec::new(), None, 0.0);
    let times = payment_times(terms.period, 0, libm::ceil(life.years_left()));
    for (number, time) in (0_u32..).zip(times) {
        let now = withdrawal.min(balance);
        if ruin.is_none() && now < withdrawal - 0.5 {
            let months = u32::from(life.age().months()) + number * 12 / per_year;
            ruin = Some(Ruin {
                age_years: life.age().years() + months / 12,
                // Below twelve.
                age_months: (months % 12) as u8,
                alive: Figure::of(life.survival(time), PROBABILITY_PLACES)?,
            });
        }
        paid += now;
        balance = (balance - now) * growth;
        if (number + 1) % per_year == 0 {
            let year = number / per_year;
            years.push(SelfManagedYear {
                year,
                age_years: life.age().years() + year,
                paid_cents: cents(paid)?,
                balance_cents: cents(balance)?,
            });
            paid = 0.0;
        }
    }
    Ok(SelfManaged { years, ruin })
}
