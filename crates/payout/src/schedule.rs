//! Tontines of equal members who join together and whose pool pays by a schedule
//! that is fixed at the start.

use mortality::{Life, Period};
use serde::{Deserialize, Serialize};

use crate::annuity::payment_times;
use crate::integral::integral;
use crate::optimal::{MAX_OPTIMAL_MEMBERS, OptimalShape, RiskAversion};
use crate::{Interest, PayoutError};

/// How a pool's payout changes over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Design {
    /// In proportion to the probability of being alive, so that a member's income
    /// is expected to be (nearly) level (Milevsky & Salisbury 2015).
    Natural,
    /// What members of constant relative risk aversion prefer (Milevsky &
    /// Salisbury 2015).
    Optimal {
        /// γ.
        risk_aversion: RiskAversion,
    },
    /// The pool pays the same every year, for a number of years, to whoever is
    /// alive: the historical tontine, with an end.
    Level {
        /// How many years: at least 1, and no longer than somebody can be alive.
        years: u32,
    },
}

/// When payments are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Timing {
    /// All the time, as in the papers.
    Continuous,
    /// At the beginning of each period.
    InAdvance(Period),
}

/// What fixes a schedule, besides the mortality of its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScheduleTerms {
    /// The design.
    pub design: Design,
    /// n, the members at the start: 1 to 1,000,000,000.
    pub members: u32,
    /// The rate at which payouts are discounted, and which the pool earns.
    pub interest: Interest,
    /// When it pays.
    pub timing: Timing,
}

/// The payout d(t) of a pool in parts of its deposits a year. The payouts are
/// worth the deposits: ∫ v^t d(t) dt = 1, or the sum over the payments. Each of
/// N(t) survivors of n is paid n·d(t)/N(t) of the own deposit a year.
#[derive(Clone, Debug)]
pub struct Schedule<'a> {
    life: &'a Life,
    members: f64,
    /// The payout that is not scaled yet, and when it ends.
    shape: Shape,
    end: f64,
    factor: f64,
}

#[derive(Clone, Debug)]
enum Shape {
    Natural,
    Optimal(OptimalShape),
    Level,
}

const MAX_MEMBERS: u32 = 1_000_000_000;

impl<'a> Schedule<'a> {
    /// The schedule of a pool of lives such as `life`.
    ///
    /// # Errors
    /// [`PayoutError::Members`], [`PayoutError::OptimalMembers`],
    /// [`PayoutError::LevelYears`].
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn new(life: &'a Life, terms: &ScheduleTerms) -> Result<Self, PayoutError> {
        if !(1..=MAX_MEMBERS).contains(&terms.members) {
            return Err(PayoutError::Members);
        }
        let mut end = life.years_left();
        let shape = match terms.design {
            Design::Natural => Shape::Natural,
            Design::Optimal { .. } if terms.members > MAX_OPTIMAL_MEMBERS => {
                return Err(PayoutError::OptimalMembers);
            }
            Design::Optimal { risk_aversion } => {
                Shape::Optimal(OptimalShape::new(terms.members, risk_aversion))
            }
            Design::Level { years } if years == 0 || f64::from(years) > end => {
                return Err(PayoutError::LevelYears);
            }
            Design::Level { years } => {
                end = f64::from(years);
                Shape::Level
            }
        };
        let mut schedule = Self {
            life,
            members: f64::from(terms.members),
            shape,
            end,
            factor: 1.0,
        };
        let value = |time| terms.interest.discount(time) * schedule.shape_at(time);
        schedule.factor = match terms.timing {
            Timing::Continuous => {
                let birthday = 1.0 - f64::from(life.age().months()) / 12.0;
                integral(end, birthday, value)
            }
            Timing::InAdvance(period) => {
                let sum: f64 = payment_times(period, 0, end).map(value).sum();
                sum / f64::from(period.per_year())
            }
        };
        Ok(schedule)
    }

    /// ∫ v^t d(t)/d(0) dt, or the sum: for the natural tontine the annuity factor.
    #[must_use]
    pub const fn factor(&self) -> f64 {
        self.factor
    }

    /// When payments end, in years.
    #[must_use]
    pub const fn end(&self) -> f64 {
        self.end
    }

    /// d(t): what the pool pays at `years`, per year and per unit of all deposits.
    #[must_use]
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn payout(&self, years: f64) -> f64 {
        self.shape_at(years) / self.factor
    }

    /// What a member who is alive at `years` can expect to be paid, per year and
    /// per unit of the own deposit: d(t)·E[n/N | alive] = d(t)·(1 − (1−p)^n)/p.
    #[must_use]
    #[allow(
        clippy::float_arithmetic,
        reason = "an actuarial function, through libm"
    )]
    pub fn expected_income(&self, years: f64) -> f64 {
        let alive = self.life.survival(years);
        if alive <= 0.0 {
            return 0.0;
        }
        let somebody = if alive < 1.0 {
            -libm::expm1(self.members * libm::log1p(-alive))
        } else {
            1.0
        };
        self.payout(years) * somebody / alive
    }

    fn shape_at(&self, years: f64) -> f64 {
        if years >= self.end {
            return 0.0;
        }
        match &self.shape {
            Shape::Natural => self.life.survival(years),
            Shape::Optimal(shape) => shape.at(self.life.survival(years)),
            Shape::Level => 1.0,
        }
    }
}
