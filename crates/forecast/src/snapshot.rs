//! What the paths so far say.

use money::Cents;
use mortality::Parameter;
use payout::{Figure, cents};
use serde::{Deserialize, Serialize};

use crate::{ForecastError, Simulation};

/// What is asked of the incomes, besides their percentiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Question {
    /// The fall below the first income whose chance is asked: `"0.2"` for a fifth.
    pub fall: Parameter,
    /// x of the band of ±x around the first income.
    pub band: Parameter,
    /// y, the share of futures in which the income must stay in the band.
    pub confidence: Parameter,
}

/// The answers from the paths so far. Shares are exact over those paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Snapshot {
    /// How many paths they are from.
    pub paths: u32,
    /// Year by year.
    pub years: Vec<ForecastYear>,
    /// The share of paths in which the income of any year is below the first by
    /// more than the fall that was asked.
    pub ever_fallen: Figure,
    /// For how many years from the first one on, it included, the income stays in
    /// the band in the share of paths that was asked: the quantity of Bernhardt &
    /// Donnelly, "Quantifying the trade-off between income stability and the
    /// number of members in a pooled annuity fund", ASTIN Bulletin 51(1), 2021
    /// (there with a constant return: a volatility of 0).
    pub stable_years: u32,
    /// Whether it does so to the last year of the forecast, and perhaps longer.
    pub stable_to_the_end: bool,
}

/// A year of the forecast, if the watched member is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForecastYear {
    /// From 0.
    pub year: u32,
    /// The completed age at the beginning of the year.
    pub age_years: u32,
    /// The probability of being alive then.
    pub alive: Figure,
    /// Percentiles of the monthly income: the smallest income of a path that at
    /// least 5, 25, 50, 75 and 95 % of the paths do not exceed.
    pub p5_cents: Cents,
    /// See `p5_cents`.
    pub p25_cents: Cents,
    /// See `p5_cents`.
    pub p50_cents: Cents,
    /// See `p5_cents`.
    pub p75_cents: Cents,
    /// See `p5_cents`.
    pub p95_cents: Cents,
    /// The share of paths in which the income of this year is below the first by
    /// more than the fall that was asked.
    pub fallen: Figure,
    /// The same in this year or any before.
    pub fallen_by_then: Figure,
    /// The share of paths in which the income was in the band up to this year.
    pub stable: Figure,
}

impl Question {
    /// Whether all three are above 0 and below 1.
    fn check(&self) -> Result<(), ForecastError> {
        let open = |parameter: &Parameter| {
            let value = parameter.to_float();
            value > 0.0 && value < 1.0
        };
        let all = [self.fall, self.band, self.confidence].iter().all(open);
        all.then_some(()).ok_or(ForecastError::Question)
    }
}

impl Simulation {
    /// The answers from the paths so far.
    ///
    /// # Errors
    /// [`ForecastError::Question`], [`ForecastError::Paths`] before the first path,
    /// [`ForecastError::OutOfRange`].
    #[allow(clippy::float_arithmetic, reason = "a simulation")]
    pub fn snapshot(&self, question: &Question) -> Result<Snapshot, ForecastError> {
        question.check()?;
        let paths = self.paths_done();
        if paths == 0 {
            return Err(ForecastError::Paths);
        }
        let share = |count: usize| figure(count as f64 / f64::from(paths));
        let (fall, band) = (question.fall.to_float(), question.band.to_float());
        let first = self.incomes.first().map_or(&[][..], Vec::as_slice);
        let mut fallen_before = vec![false; first.len()];
        let mut left_band = vec![false; first.len()];
        let mut years = Vec::with_capacity(self.incomes.len());
        let mut ever_fallen = 0;
        let mut stable_years = 0;
        for (year, incomes) in (0_u32..).zip(&self.incomes) {
            let mut fallen = 0;
            for (path, (income, first)) in incomes.iter().zip(first).enumerate() {
                let change = income / first - 1.0;
                let is_fallen = change < -fall;
                fallen += usize::from(is_fallen);
                fallen_before[path] |= is_fallen;
                left_band[path] |= !(-band..=band).contains(&change);
            }
            ever_fallen = fallen_before.iter().filter(|fallen| **fallen).count();
            let stable = left_band.iter().filter(|left| !**left).count();
            let confident = stable as f64 >= question.confidence.to_float() * f64::from(paths);
            if confident && stable_years == year {
                stable_years += 1;
            }
            let [p5, p25, p50, p75, p95] = percentiles(incomes);
            years.push(ForecastYear {
                year,
                age_years: self.watched.age_years + year,
                alive: self.watched.alive[year as usize],
                p5_cents: amount(p5)?,
                p25_cents: amount(p25)?,
                p50_cents: amount(p50)?,
                p75_cents: amount(p75)?,
                p95_cents: amount(p95)?,
                fallen: share(fallen)?,
                fallen_by_then: share(ever_fallen)?,
                stable: share(stable)?,
            });
        }
        Ok(Snapshot {
            paths,
            ever_fallen: share(ever_fallen)?,
            stable_to_the_end: stable_years as usize == years.len(),
            stable_years,
            years,
        })
    }
}

/// A share with six decimals.
fn figure(share: f64) -> Result<Figure, ForecastError> {
    Figure::of(share, 6).map_err(|_| ForecastError::OutOfRange)
}

fn amount(income_cents: f64) -> Result<Cents, ForecastError> {
    cents(income_cents).map_err(|_| ForecastError::OutOfRange)
}

/// The 5th, 25th, 50th, 75th and 95th percentile, by the nearest rank.
fn percentiles(incomes: &[f64]) -> [f64; 5] {
    let mut sorted = incomes.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    [5, 25, 50, 75, 95].map(|percent| {
        // The rank ⌈percent/100 · n⌉, counted from 1.
        let rank = (sorted.len() * percent).div_ceil(100);
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_incomes_of_paths() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentiles(&hundred), [5.0, 25.0, 50.0, 75.0, 95.0]);
        assert_eq!(percentiles(&[3.0, 1.0, 2.0]), [1.0, 1.0, 2.0, 3.0, 3.0]);
        assert_eq!(percentiles(&[7.0]), [7.0; 5]);
    }
}
