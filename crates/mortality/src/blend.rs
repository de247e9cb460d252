//! Whether the rates of the sexes are kept apart or blended.

use ethnum::U256;
use serde::{Deserialize, Serialize};

use crate::closing::MAX_AGE;
use crate::probability::ONE;
use crate::rate::Rate;
use crate::{InvalidParameter, Parameter};

/// How the rates of men and women become the rates of a pool. Always passed,
/// never a default. See docs/decisions/unisex.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Blend {
    /// Each member by the rates of the own sex.
    BySex,
    /// Unisex by the survivors of a group that begins with `male_share` of men
    /// at `start_age` and then dies by the table: the share of men falls with
    /// age. Below `start_age` the share stands still.
    ByLx {
        /// The age at which the group begins, 0 to 130.
        start_age: u32,
        /// The share of men at that age.
        male_share: Share,
    },
    /// Unisex with one share of men at all ages, such as the pool's own mix.
    ByShare {
        /// The share of men.
        male_share: Share,
    },
}

/// A share from 0 to 1, both included, as decimal text in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parameter", into = "Parameter")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "Parameter"))]
pub struct Share(Parameter);

impl Share {
    /// The share of `part` in `whole`, rounded down to 12 decimals; `None` if
    /// there is no whole or the part is larger. The pool's own mix is that of its
    /// heads or of its cents.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        let decimals = 10_u128.pow(12);
        if part == whole && whole > 0 {
            return Some(Self(Parameter::ONE));
        }
        if part > whole {
            return None;
        }
        let share = (u128::from(part) * decimals).checked_div(u128::from(whole))?;
        format!("0.{share:012}").parse().ok().map(Self)
    }

    /// In multiples of 10^−28.
    fn scaled(self) -> u128 {
        // Not negative and at most 10^15.
        self.0.scaled().unsigned_abs() * 10_u128.pow(13)
    }
}

impl TryFrom<Parameter> for Share {
    type Error = InvalidParameter;
    fn try_from(share: Parameter) -> Result<Self, InvalidParameter> {
        share.within(0.0, 1.0).map(Self)
    }
}

impl From<Share> for Parameter {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl Blend {
    /// The unisex rates of the ages `first_age` to [`MAX_AGE`], from those of the
    /// sexes; `None` if the sexes are kept apart.
    pub(crate) fn unisex(
        self,
        first_age: u32,
        female: &[Rate],
        male: &[Rate],
    ) -> Option<Vec<Rate>> {
        let (start_age, share) = match self {
            Self::BySex => return None,
            Self::ByShare { male_share } => (MAX_AGE, male_share.scaled()),
            Self::ByLx {
                start_age,
                male_share,
            } => (start_age, male_share.scaled()),
        };
        let (mut men, mut women) = (share, ONE - share);
        let ages = first_age..;
        let blended = ages.zip(female.iter().zip(male)).map(|(age, (f, m))| {
            let rate = weighted(*f, women, *m, men);
            if age >= start_age {
                women = survivors(women, *f);
                men = survivors(men, *m);
            }
            rate
        });
        Some(blended.collect())
    }
}

/// The mean of two rates by their weights; certainty if nobody is left.
fn weighted(female: Rate, women: u128, male: Rate, men: u128) -> Rate {
    if women + men == 0 {
        return Rate::CERTAIN;
    }
    let wide = U256::from;
    let dying = wide(female.scaled()) * wide(women) + wide(male.scaled()) * wide(men);
    Rate::from_scaled((dying / wide(women + men)).as_u128())
}

fn survivors(alive: u128, rate: Rate) -> u128 {
    (U256::from(alive) * U256::from(ONE - rate.scaled()) / U256::from(ONE)).as_u128()
}
