//! Members of one sex and age, whose balances all grow alike.

use std::collections::BTreeMap;

use mortality::{AgeOutsideTable, ExactAge, MAX_AGE, Rates, Sex};

use crate::deaths::DeathTable;
use crate::terms::ForecastTerms;
use crate::{ForecastError, Pool};

/// The pool by sex and age. A balance at risk enters the sharing only in
/// proportion, so that all balances of a class grow by the same factor.
#[derive(Clone, Debug)]
pub(crate) struct Classes {
    pub(crate) classes: Vec<Class>,
    /// The class of the watched member.
    pub(crate) watched: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Class {
    /// Of everybody but the watched member, in cents. Whole numbers below 2^53:
    /// their sums are exact, in any order.
    pub(crate) balances: Vec<f64>,
    /// All of them, and the watched member's.
    pub(crate) total: f64,
    pub(crate) deaths: DeathTable,
    /// Year by year.
    pub(crate) years: Vec<ClassYear>,
}

/// What a year does to a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClassYear {
    /// 1/ä, what is paid of a balance.
    pub(crate) paid: f64,
    /// q/(1 − q).
    pub(crate) odds: f64,
}

impl Classes {
    /// The classes of `pool`, who die by `deaths` while the pool reckons with
    /// `basis`.
    #[allow(clippy::float_arithmetic, reason = "a simulation")]
    pub(crate) fn new(
        pool: &Pool,
        deaths: &Rates,
        basis: &Rates,
        terms: &ForecastTerms,
    ) -> Result<Self, ForecastError> {
        let key = |index: usize| {
            let member = &pool.members[index];
            (member.age_years, member.sex == Sex::Male)
        };
        // In a fixed order, which the sums of floats depend on.
        let mut by_key: BTreeMap<(u32, bool), Vec<usize>> = BTreeMap::new();
        for index in 0..pool.members.len() {
            by_key.entry(key(index)).or_default().push(index);
        }
        let watched = by_key.keys().position(|k| *k == key(pool.watched));
        let classes = by_key.values().map(|members| {
            let member = &pool.members[members[0]];
            let at = |outside| ForecastError::Age {
                index: members[0],
                outside,
            };
            let age = ExactAge::new(member.age_years, 0).map_err(|_| {
                at(AgeOutsideTable {
                    first_age: basis.first_age(),
                })
            })?;
            let life = deaths.life(member.sex, age, terms.first_year).map_err(at)?;
            let balance = |index: &usize| pool.members[*index].balance_cents.get() as f64;
            let others = members.iter().filter(|index| **index != pool.watched);
            Ok(Class {
                balances: others.map(balance).collect(),
                total: members.iter().map(balance).sum(),
                deaths: DeathTable::new(&life, terms.years),
                years: years(member.sex, age, basis, terms).map_err(at)?,
            })
        });
        Ok(Self {
            classes: classes.collect::<Result<_, _>>()?,
            watched: watched.ok_or(ForecastError::Watched)?,
        })
    }
}

/// What each year does to a class, by the recursion ä_t = 1 + v p ä_{t+1} from the
/// end of the basis back. Beyond it everything is paid out.
#[allow(clippy::float_arithmetic, reason = "a simulation")]
fn years(
    sex: Sex,
    age: ExactAge,
    basis: &Rates,
    terms: &ForecastTerms,
) -> Result<Vec<ClassYear>, AgeOutsideTable> {
    let life = basis.life(sex, age, terms.first_year)?;
    let discount = terms.interest.discount(1.0);
    let mut factor = 0.0;
    let mut paid = Vec::new();
    for year in (0..=MAX_AGE - age.years()).rev() {
        let (now, next) = (
            life.survival(f64::from(year)),
            life.survival(f64::from(year + 1)),
        );
        let survival = if now > 0.0 { next / now } else { 0.0 };
        factor = 1.0 + discount * survival * factor;
        paid.push(1.0 / factor);
    }
    paid.reverse();
    (0..terms.years)
        .zip(paid.into_iter().chain(std::iter::repeat(1.0)))
        .zip(terms.first_year..)
        .map(|((year, paid), calendar)| {
            let last = (age.years() + year).min(MAX_AGE);
            let q = basis.yearly(sex, last, calendar)?.to_float();
            Ok(ClassYear {
                paid,
                odds: q / (1.0 - q),
            })
        })
        .collect()
}
