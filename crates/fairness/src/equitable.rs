//! Equitable weights: the same ratio for every member of a finite, heterogeneous
//! pool. Derived in docs/decisions/equitable-weights.md.
//!
//! With θ = ln w the expected credits are the gradient of the convex function
//! E[D·ln Σ_survivors e^θ]. So weights with E_i = F·b_i for all i are where
//! E[D·ln Σ_survivors e^θ] − F·Σbθ is least: there is at most one set up to a
//! factor, and one exists exactly if no part of the pool dominates the rest.

#![allow(clippy::float_arithmetic, reason = "actuarial functions")]

use crate::dominance::{dominates_alone, heaviest_that_dominate};
use crate::groups::Groups;
use crate::integral::{Expected, Grid};
use crate::newton::{Effort, Newton, newton_direction};
use crate::stake::Stake;

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
    /// They do not exist: some members together expect to forfeit at least as
    /// much as they would be paid if they took the whole pot whenever one of them
    /// lives. The others cannot make up for that by any weights.
    #[error(
        "what {members} of the members stake is more than the others can make up for: \
         no equitable weights exist"
    )]
    Dominated {
        /// The number of these members.
        members: u32,
    },
    /// They were not found within the bound on rounds: some members are so close
    /// to dominating the pool that the others' weights vanish beside theirs.
    #[error("no equitable weights were found: the best ratios differ by {spread:.1e}")]
    NotFound {
        /// The largest ratio over the smallest, less 1.
        spread: f64,
    },
}

/// How well to solve.
struct Goal {
    /// The spread that is aimed at.
    aim: f64,
    /// The one that is accepted where rounding or the bound on work allows no
    /// better.
    accepted: f64,
    /// The step of the quadrature in the end. A half is as good as 10^−7, a
    /// quarter as 10^−14: see docs/decisions/fairness-figures.md.
    step: f64,
}

const GOAL: Goal = Goal {
    aim: 1e-9,
    accepted: 1e-6,
    step: 0.25,
};
/// For more than [`LARGE`] groups.
const GOAL_OF_LARGE: Goal = Goal {
    aim: 1e-6,
    accepted: 1e-4,
    step: COARSE_STEP,
};
/// The most groups of a pool that is solved to the last digits.
const LARGE: usize = 100_000;
/// The step of the quadrature while the spread is above [`COARSE`].
const COARSE_STEP: f64 = 0.5;
/// See [`COARSE_STEP`].
const COARSE: f64 = 1e-3;
/// The part of a pool from which a member is large against all others.
const LARGE_PART: f64 = 0.25;
/// The most times that the expected credits are computed.
const MAX_ROUNDS: usize = 200;
/// The most values of t times groups that are visited: some 10 seconds.
const MAX_WORK: u64 = 1 << 30;
/// The most by which a step of Newton's method changes the logarithm of a weight.
const LONGEST_STEP: f64 = 4.0;
/// The most products of the Hessian and a vector for a step of Newton's method.
const MAX_PRODUCTS: usize = 40;

/// Solves for the weights of all stakes, which sum to one; zero for who has
/// nothing to lose.
///
/// # Errors
/// See [`NoEquitableWeights`].
// Not inlined into code that is optimised for speed: it would double.
#[inline(never)]
pub fn equitable_weights(stakes: &[Stake]) -> Result<(Vec<f64>, Solution), NoEquitableWeights> {
    let groups = &Groups::of(stakes);
    let goal = match groups.len() {
        ..=LARGE => GOAL,
        _ => GOAL_OF_LARGE,
    };
    let mut search = Search {
        groups,
        weights: start(groups),
        nodes: 0,
        aim: goal.aim,
        last_spread: f64::MAX,
        newton: None,
        is_slow: false,
    };
    if groups.len() <= 1 {
        search.normalise();
        let solution = Solution {
            rounds: 0,
            nodes: 0,
            spread: 0.0,
        };
        return Ok((groups.spread(&search.weights, 0.0), solution));
    }
    let mut spread = f64::MAX;
    for rounds in 1..=MAX_ROUNDS {
        let step = match search.last_spread > COARSE {
            true => COARSE_STEP,
            false => goal.step,
        };
        let grid = Grid::new(groups, &search.weights, step, 0.0);
        let expected = grid.expected(groups, &search.weights);
        search.nodes += 2 * grid.len();
        spread = search.spread(&expected);
        let stuck = spread > search.last_spread / 2.0 || search.work_left() == 0;
        let fine = step <= goal.step;
        if fine && (spread <= goal.aim || stuck && spread <= goal.accepted) {
            search.normalise();
            let solution = Solution {
                rounds,
                nodes: search.nodes,
                spread,
            };
            return Ok((groups.spread(&search.weights, 0.0), solution));
        }
        if rounds == 1 && spread > goal.aim && dominates_alone(groups) {
            return Err(NoEquitableWeights::Dominated { members: 1 });
        }
        if search.is_slow
            && let Some(members) = heaviest_that_dominate(groups, &search.weights)
        {
            return Err(NoEquitableWeights::Dominated { members });
        }
        if !spread.is_finite() || search.work_left() == 0 {
            break;
        }
        // What a coarse grid says below that is not to be relied upon.
        let spread = if fine { spread } else { spread.max(COARSE) };
        search.advance(&grid, &expected, spread);
    }
    Err(NoEquitableWeights::NotFound { spread })
}

struct Search<'a> {
    groups: &'a Groups,
    weights: Vec<f64>,
    nodes: usize,
    aim: f64,
    last_spread: f64,
    /// The step of Newton's method that led to the weights.
    newton: Option<Newton>,
    is_slow: bool,
}

impl Search<'_> {
    /// The largest ratio over the smallest, less 1; not finite if a ratio is not
    /// a positive number.
    fn spread(&self, expected: &Expected) -> f64 {
        let ratios = (0..self.groups.len()).map(|g| expected.credit[g] / self.groups.b(g));
        let (mut low, mut high) = (f64::MAX, 0.0);
        for ratio in ratios {
            if !(ratio.is_finite() && ratio > 0.0) {
                return f64::INFINITY;
            }
            low = ratio.min(low);
            high = ratio.max(high);
        }
        if high > low { high / low - 1.0 } else { 0.0 }
    }

    /// The values of t that can still be visited.
    fn work_left(&self) -> usize {
        let most = MAX_WORK / u64::try_from(self.groups.len()).unwrap_or(1).max(1);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        most.saturating_sub(self.nodes)
    }

    /// The next weights. First by w ← w·F/F_i, which never moves away from the
    /// solution and is all that a large pool needs; where that is slow, by
    /// Newton's method.
    fn advance(&mut self, grid: &Grid, expected: &Expected, spread: f64) {
        let groups = self.groups;
        let level = groups.sum(|g| expected.credit[g]) / groups.sum(|g| groups.b(g));
        let gradient: Vec<f64> = (0..groups.len())
            .map(|g| expected.credit[g] - level * groups.b(g))
            .collect();
        if let Some(newton) = &mut self.newton
            && newton.overshot(groups, &gradient)
        {
            newton.shorten();
            self.weights = newton.weights();
            return;
        }
        self.is_slow |= spread > 0.2 * self.last_spread;
        self.last_spread = spread;
        if self.is_slow {
            let products = (self.work_left() / (2 * grid.len())).clamp(1, MAX_PRODUCTS);
            let effort = Effort {
                products,
                reduction: spread.min(1e-2).max(self.aim / spread / 10.0),
            };
            let weights = std::mem::take(&mut self.weights);
            let (newton, products) =
                newton_direction(groups, weights, grid, expected, &gradient, effort);
            self.nodes += 2 * products * grid.len();
            let newton = newton.limited_to(LONGEST_STEP);
            self.weights = newton.weights();
            self.newton = Some(newton);
        } else {
            for (g, weight) in self.weights.iter_mut().enumerate() {
                *weight *= level * groups.b(g) / expected.credit[g];
            }
        }
    }

    fn normalise(&mut self) {
        let sum = self.groups.sum(|g| self.weights[g]);
        self.weights.iter_mut().for_each(|w| *w /= sum);
    }
}

/// Nominal gain with the finite-pool correction, and for a member who is large
/// against all others the part that they get when nobody else is.
fn start(groups: &Groups) -> Vec<f64> {
    let sum = groups.sum(|g| groups.nominal_gain[g]);
    let share = |g: usize| groups.nominal_gain[g] / sum;
    let v = groups.sum(|g| share(g) * share(g));
    let corrected = |g: usize| share(g) * (1.0 + share(g) - v);
    let mut weights: Vec<f64> = (0..groups.len()).map(corrected).collect();

    let larger = |a: &usize, b: &usize| share(*a).total_cmp(&share(*b));
    if let Some(largest) = (0..groups.len()).max_by(larger)
        && groups.members[largest] == 1.0
    {
        // With W of the others nearly constant, E = p·σ·Σ_others b.
        let others_b = groups.sum(|g| groups.b(g)) - groups.b(largest);
        let part = groups.b(largest) / (groups.p[largest] * others_b);
        if part > LARGE_PART && part < 1.0 {
            let others = groups.sum(|g| weights[g]) - weights[largest];
            weights[largest] = part / (1.0 - part) * others;
        }
    }
    weights
}
