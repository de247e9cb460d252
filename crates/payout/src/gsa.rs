//! Group self-annuitisation.

use money::Cents;
use mortality::{Life, Parameter};
use serde::{Deserialize, Serialize};

use crate::{AnnuityTerms, Figure, Interest, PayoutError, annuity_due};

/// What happened to a group of equal members who began together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GsaTerms {
    /// What each member brought.
    pub balance_cents: Cents,
    /// The rate at which incomes are discounted.
    pub interest: Interest,
    /// L, the living at the beginning of each year, the first year included. It
    /// never rises; 0 may be the last. At most 131.
    pub living: Vec<u32>,
    /// R, the yearly returns of the money between those times: −1 to 10.
    pub returns: Vec<Parameter>,
}

/// The most years of a group: nobody is older than 130.
const MAX_YEARS: usize = 131;

/// A year of a group self-annuitisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GsaYear {
    /// From 0.
    pub year: u32,
    /// The completed age at the beginning of the year.
    pub age_years: u32,
    /// Who is alive and paid.
    pub living: u32,
    /// The pool before it pays, in cents with 4 decimals.
    pub pool_cents: Figure,
    /// ä at that age.
    pub annuity_due: Figure,
    /// What each of the living is paid at the beginning of the year, in cents with
    /// 4 decimals.
    pub income_cents: Figure,
}

/// The incomes of a group self-annuitisation with payments at the beginning of
/// each year: B_0 = s/ä, B_t = B_{t−1} · (p/p̂) · (1 + R)/(1 + i), where p is the
/// yearly survival of the basis and p̂ = L_t/L_{t−1} (Piggott, Valdez & Detzel,
/// "The simple analytics of a pooled annuity fund", Journal of Risk and Insurance
/// 72, 2005). The pool is what the incomes leave: L_t B_t ä.
///
/// # Errors
/// [`PayoutError::Living`], [`PayoutError::Returns`], [`PayoutError::NobodyAlive`]
/// if the basis ends before, [`PayoutError::NegativeAmount`].
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub fn gsa_path(life: &Life, terms: &GsaTerms) -> Result<Vec<GsaYear>, PayoutError> {
    let first = terms.living.first().copied().unwrap_or(0);
    let rises = terms.living.windows(2).any(|two| two[1] > two[0]);
    if first == 0 || rises || terms.living.len() > MAX_YEARS {
        return Err(PayoutError::Living);
    }
    let in_range = terms.returns.iter().all(|r| r.within(-1.0, 10.0).is_ok());
    if terms.returns.len() + 1 != terms.living.len() || !in_range {
        return Err(PayoutError::Returns);
    }
    if terms.balance_cents.is_negative() {
        return Err(PayoutError::NegativeAmount);
    }
    let annuity = AnnuityTerms {
        interest: terms.interest,
        period: mortality::Period::Year,
        deferred_years: 0,
    };
    let mut pool = terms.balance_cents.get() as f64 * f64::from(first);
    let mut income = terms.balance_cents.get() as f64 / annuity_due(life, 0.0, &annuity)?;
    let mut years = Vec::new();
    let observed = (0_u32..).zip(&terms.living);
    for (year, living) in observed.take_while(|(_, living)| **living > 0) {
        let time = f64::from(year);
        if let Some(before) = years.len().checked_sub(1) {
            let last_living = f64::from(terms.living[before]);
            let expected = life.survival(time) / life.survival(time - 1.0);
            let observed = f64::from(*living) / last_living;
            let growth = 1.0 + terms.returns[before].to_float();
            pool = (pool - income * last_living) * growth;
            income *= expected / observed * growth * terms.interest.discount(1.0);
        }
        years.push(GsaYear {
            year,
            age_years: life.age().years() + year,
            living: *living,
            pool_cents: Figure::of(pool, 4)?,
            annuity_due: Figure::of(annuity_due(life, time, &annuity)?, 10)?,
            income_cents: Figure::of(income, 4)?,
        });
    }
    Ok(years)
}
