//! Whose pool it is.

use money::Cents;
use mortality::{ExactAge, Parameter, Sex, Share};
use serde::{Deserialize, Serialize};

use crate::ForecastError;
use crate::terms::MAX_MEMBERS;

/// A member at the beginning of the forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PoolMember {
    /// The sex by which the bases are read.
    pub sex: Sex,
    /// The age in completed years: a forecast goes year by year.
    pub age_years: u32,
    /// The balance.
    pub balance_cents: Cents,
}

/// A pool and the member whose income is forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub(crate) members: Vec<PoolMember>,
    pub(crate) watched: usize,
}

/// A pool that is described rather than listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DescribedPool {
    /// How many members it has, the watched one included.
    pub members: u32,
    /// The age of the youngest others.
    pub youngest_age: u32,
    /// The age of the oldest; the others are spread evenly in between.
    pub oldest_age: u32,
    /// The share of men at every age.
    pub male_share: Share,
    /// The balance of each of the others.
    pub balance_cents: Cents,
    /// The member whose income is forecast.
    pub watched: PoolMember,
}

impl Pool {
    /// A pool of `members`, of whom the one at the index `watched` is forecast.
    ///
    /// # Errors
    /// [`ForecastError::Members`], [`ForecastError::NegativeBalance`],
    /// [`ForecastError::Watched`], [`ForecastError::TotalOutOfRange`]. Whether the
    /// bases have rates for the ages is seen by [`crate::Simulation::new`].
    pub fn listed(members: Vec<PoolMember>, watched: usize) -> Result<Self, ForecastError> {
        if !(1..=MAX_MEMBERS).contains(&members.len()) {
            return Err(ForecastError::Members);
        }
        let negative = members.iter().position(|m| m.balance_cents.is_negative());
        if let Some(index) = negative {
            return Err(ForecastError::NegativeBalance { index });
        }
        if members
            .get(watched)
            .is_none_or(|m| m.balance_cents == Cents::ZERO)
        {
            return Err(ForecastError::Watched);
        }
        Cents::total(members.iter().map(|m| m.balance_cents))
            .map_err(|_| ForecastError::TotalOutOfRange)?;
        Ok(Self { members, watched })
    }

    /// The pool that is described: the watched member, then the others by rising
    /// age, men and women in turns as their shares say.
    ///
    /// # Errors
    /// As [`Self::listed`], and [`ForecastError::Ages`].
    pub fn described(described: &DescribedPool) -> Result<Self, ForecastError> {
        let DescribedPool {
            youngest_age,
            oldest_age,
            ..
        } = *described;
        let is_age = ExactAge::new(oldest_age, 0).is_ok();
        if youngest_age > oldest_age || !is_age {
            return Err(ForecastError::Ages);
        }
        let count = usize::try_from(described.members).unwrap_or(usize::MAX);
        if !(1..=MAX_MEMBERS).contains(&count) {
            return Err(ForecastError::Members);
        }
        let others = u64::from(described.members - 1);
        let ages = u64::from(oldest_age - youngest_age + 1);
        let share = Parameter::from(described.male_share).scaled();
        let men_before = |i: u64| i128::from(i) * share / 10_i128.pow(15);
        let other = |i: u64| PoolMember {
            sex: if men_before(i + 1) > men_before(i) {
                Sex::Male
            } else {
                Sex::Female
            },
            // Below `ages`.
            age_years: youngest_age + u32::try_from(i * ages / others).unwrap_or(0),
            balance_cents: described.balance_cents,
        };
        let members = [described.watched]
            .into_iter()
            .chain((0..others).map(other));
        Self::listed(members.collect(), 0)
    }
}
