//! Equitable weights: the same ratio for every member of a finite, heterogeneous
//! pool. Derived in docs/decisions/equitable-weights.md.
//!
//! With θ = ln w the expected credits are the gradient of the convex function
//! E[D·ln Σ_survivors e^θ]. So the weights with E_i = F·b_i are the minimum of a
//! convex function: at most one set up to a factor, and one exactly if, for every
//! part A of the pool, what A expects to forfeit is less than what A could be
//! paid at most: see [`NoEquitableWeights::Dominated`].

#![allow(clippy::float_arithmetic, reason = "actuarial functions")]

use crate::dominance::dominated_by;
use crate::groups::Groups;
use crate::integral::Grid;
use crate::newton::{Direction, newton_direction};

/// What the search for equitable weights took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solution {
    /// Times that the expected credits of all members were computed.
    pub rounds: usize,
    /// Values of t that were summed over, each over all members.
    pub nodes: usize,
    /// The largest ratio over the smallest, less 1.
    pub spread: f64,
}

/// Why equitable weights were not found.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NoEquitableWeights {
    /// They do not exist: some members together expect to forfeit more than they
    /// could be paid, even if they took the whole pot whenever one of them lives.
    #[error(
        "{members} members stake more than the others can make up for: equitable weights do not exist"
    )]
    Dominated {
        /// The number of these members.
        members: u32,
    },
    /// They may exist, but were not found within the bounds on rounds: some
    /// members are so close to dominating the pool that the weights of the others
    /// vanish beside theirs.
    #[error("equitable weights were not found: the ratios still differ by {spread:e}")]
    NotFound {
        /// The largest ratio over the smallest, less 1.
        spread: f64,
    },
}

/// The spread that is aimed at.
const TOLERANCE: f64 = 1e-9;
/// The most evaluations of all expected credits.
const MAX_ROUNDS: usize = 200;
/// The step of the quadrature.
const STEP: f64 = 0.25;

/// Solves for the weights of all stakes; they sum to one.
pub(crate) fn solve(groups: &Groups) -> Result<(Vec<f64>, Solution), NoEquitableWeights> {
    let mut weights = start(groups);
    let mut nodes = 0;
    let mut before: Option<Tried> = None;
    let mut last_spread = f64::MAX;
    let mut spread = f64::MAX;
    for round in 1..=MAX_ROUNDS {
        let grid = Grid::new(groups, &weights, STEP, 0.0);
        nodes += 2 * grid.len();
        let expected = grid.expected(groups, &weights);
        let ratio = |g: usize| expected.credit[g] / groups.b(g);
        let all = || (0..groups.len()).map(ratio);
        let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(0.0, f64::max));
        spread = if high > low { high / low - 1.0 } else { 0.0 };
        eprintln!(
            "round {round} nodes {} spread {spread:e} {:?}",
            grid.len(),
            (low, high)
        );
        if spread <= TOLERANCE {
            let solution = Solution {
                rounds: round,
                nodes,
                spread,
            };
            return Ok((groups.spread(&weights, 0.0), solution));
        }
        if let Some(members) = dominated_by(groups, &weights) {
            return Err(NoEquitableWeights::Dominated { members });
        }
        let level = groups.sum(|g| expected.credit[g]) / groups.sum(|g| groups.b(g));
        let gradient: Vec<f64> = (0..groups.len())
            .map(|g| expected.credit[g] - level * groups.b(g))
            .collect();
        if let Some(tried) = &mut before
            && tried.overshot(groups, &gradient)
        {
            eprintln!("overshot");
            tried.length /= 4.0;
            weights = tried.weights();
            continue;
        }
        let slow = spread > 0.2 * last_spread;
        last_spread = spread;
        if slow {
            let Direction { step, products } =
                newton_direction(groups, &weights, &grid, &expected, &gradient);
            eprintln!(
                "newton {products} max {:?}",
                step.iter().fold(0.0_f64, |m, x| m.max(x.abs()))
            );
            nodes += 2 * products * grid.len();
            let longest = step.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
            let slope = groups.sum(|g| gradient[g] * step[g]);
            let tried = Tried {
                from: weights,
                length: (4.0 / longest).min(1.0),
                step,
                slope,
            };
            weights = tried.weights();
            before = Some(tried);
        } else {
            before = None;
            for (g, w) in weights.iter_mut().enumerate() {
                *w *= level * groups.b(g) / expected.credit[g];
            }
        }
        normalise(groups, &mut weights);
    }
    Err(NoEquitableWeights::NotFound { spread })
}

struct Tried {
    from: Vec<f64>,
    step: Vec<f64>,
    length: f64,
    slope: f64,
}
impl Tried {
    fn weights(&self) -> Vec<f64> {
        self.from
            .iter()
            .zip(&self.step)
            .map(|(w, d)| w * libm::exp(self.length * d))
            .collect()
    }
    fn overshot(&self, groups: &Groups, gradient: &[f64]) -> bool {
        let slope = groups.sum(|g| gradient[g] * self.step[g]);
        slope > 0.5 * self.slope.abs() && self.length > 1e-3
    }
}

/// Nominal gain with the finite-pool correction.
fn start(groups: &Groups) -> Vec<f64> {
    let sum = groups.sum(|g| groups.nominal_gain[g]);
    let share = |g: usize| groups.nominal_gain[g] / sum;
    let v = groups.sum(|g| share(g) * share(g));
    let mut weights: Vec<f64> = (0..groups.len())
        .map(|g| share(g) * (1.0 + share(g) - v))
        .collect();
    normalise(groups, &mut weights);
    weights
}

fn normalise(groups: &Groups, weights: &mut [f64]) {
    let sum = groups.sum(|g| weights[g]);
    weights.iter_mut().for_each(|w| *w /= sum);
}
