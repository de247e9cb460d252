//! A forecast that grows path by path.

use mortality::{ExactAge, Rates};
use payout::Figure;

use crate::classes::Classes;
use crate::run::Run;
use crate::terms::ForecastTerms;
use crate::{ForecastError, Pool};

/// A forecast of which some paths are drawn.
#[derive(Clone, Debug)]
pub struct Simulation {
    terms: ForecastTerms,
    classes: Classes,
    run: Run,
    done: u32,
    pub(crate) watched: Watched,
    /// By year, the monthly incomes of the paths so far, in cents.
    pub(crate) incomes: Vec<Vec<f64>>,
}

/// The member whose income is forecast.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    pub(crate) age_years: u32,
    monthly_cents: f64,
    /// The probability of being alive at the beginning of each year.
    pub(crate) alive: Vec<Figure>,
}

impl Simulation {
    /// A forecast for the watched member of `pool`. Members die by the rates
    /// `deaths`; the pool computes ä and odds with those of `basis`. Where the
    /// two are the same, the pool's assumptions come true.
    ///
    /// # Errors
    /// See [`ForecastError`].
    #[allow(clippy::float_arithmetic, reason = "a simulation")]
    pub fn new(
        pool: &Pool,
        deaths: &Rates,
        basis: &Rates,
        terms: ForecastTerms,
    ) -> Result<Self, ForecastError> {
        terms.check(pool.members.len())?;
        let classes = Classes::new(pool, deaths, basis, &terms)?;
        let member = &pool.members[pool.watched];
        let age = ExactAge::new(member.age_years, 0).map_err(|_| ForecastError::Watched)?;
        let life = |rates: &Rates| {
            rates
                .life(member.sex, age, terms.first_year)
                .map_err(|outside| ForecastError::Age {
                    index: pool.watched,
                    outside,
                })
        };
        let (lives, assumed) = (life(deaths)?, life(basis)?);
        let last = f64::from(terms.years - 1);
        if lives.survival(last) <= 0.0 || assumed.survival(last) <= 0.0 {
            return Err(ForecastError::Years);
        }
        let alive = (0..terms.years).map(|year| Figure::of(lives.survival(f64::from(year)), 10));
        let watched = Watched {
            age_years: member.age_years,
            monthly_cents: member.balance_cents.get() as f64 / 12.0,
            alive: alive
                .collect::<Result<_, _>>()
                .map_err(|_| ForecastError::OutOfRange)?,
        };
        Ok(Self {
            run: Run::new(&classes, terms.years),
            classes,
            terms,
            done: 0,
            watched,
            incomes: vec![Vec::new(); terms.years as usize],
        })
    }

    /// Draws up to `paths` more and gives how many are drawn in all. How many at
    /// once makes no difference to the result.
    #[allow(clippy::float_arithmetic, reason = "a simulation")]
    pub fn advance(&mut self, paths: u32) -> u32 {
        let until = self.done.saturating_add(paths).min(self.terms.paths);
        for path in self.done..until {
            let mut year = self.incomes.iter_mut();
            self.run.path(&self.classes, &self.terms, path, |income| {
                if let Some(incomes) = year.next() {
                    incomes.push(income * self.watched.monthly_cents);
                }
            });
        }
        self.done = until;
        until
    }

    /// Whether every path is drawn.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.done == self.terms.paths
    }

    /// What was asked for.
    #[must_use]
    pub const fn terms(&self) -> &ForecastTerms {
        &self.terms
    }

    /// How many paths are drawn.
    #[must_use]
    pub const fn paths_done(&self) -> u32 {
        self.done
    }
}
