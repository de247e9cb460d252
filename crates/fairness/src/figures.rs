//! How fair a rule is before it is known who dies.

#![allow(clippy::float_arithmetic, reason = "actuarial functions")]

use crate::groups::Groups;
use crate::integral::{Grid, integrate};
use crate::stake::Stake;

/// The fairness of a rule in a pool, before it is known who dies.
///
/// A member's ratio is the expected credit over the expected forfeiture q·s: 1 is
/// fair. It counts a stake as forfeited when everybody dies although it then
/// stays with the estate, so that no rule which pays only survivors reaches 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Fairness {
    /// Each member's ratio, in the order of the participants; 1 for who has
    /// nothing to lose.
    pub ratios: Vec<f64>,
    /// All expected credits over all expected forfeitures: 1 − ε for every rule
    /// that pays only survivors, with ε as in `everyone_dies_loss`.
    pub level: f64,
    /// The largest |ratio − 1|.
    pub worst: f64,
    /// Whose it is.
    pub worst_member: Option<usize>,
    /// The root of the mean of (ratio − 1)².
    pub rms_from_one: f64,
    /// The root of the mean of (ratio − level)².
    pub rms_from_level: f64,
    /// The largest ratio over the smallest, less 1: the worst relative difference
    /// between members. Infinite if the smallest is zero, or too small for a float.
    pub spread: f64,
    /// What would be lost if everybody died, weighted with how likely that is,
    /// over all expected forfeitures: ε = Πq·Σs / Σqs. Zero for rules that pay
    /// estates.
    pub everyone_dies_loss: f64,
    /// The implied number of members (Σs)²/Σs²: as many equal stakes would give
    /// an income as stable (Bernhardt & Qu 2023).
    pub implied_members: f64,
    /// The member with the largest weight of nominal gain, if anybody has one.
    pub largest: Option<Largest>,
    /// How the ratios were found.
    pub method: FairnessMethod,
}

/// The member who could be too large for the pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Largest {
    /// The member, as a position in the participants.
    pub index: usize,
    /// The member's part of all nominal gains.
    pub share: f64,
    /// w/(w + Σ q·s of the others): what the member's relative bias by nominal
    /// gain cannot exceed.
    pub bias_bound: f64,
}

/// How fairness was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FairnessMethod {
    /// The rule is fair by construction.
    ClosedForm,
    /// By the one-dimensional integral, which is exact but for rounding and
    /// quadrature.
    Integral {
        /// The values of t that were summed over.
        nodes: usize,
        /// An estimate of the largest error of a ratio by quadrature.
        error: f64,
    },
}

/// Of a rule that is fair by construction.
#[must_use]
pub fn exactly_fair(stakes: &[Stake]) -> Fairness {
    let groups = Groups::of(stakes);
    let ratios = vec![1.0; groups.len()];
    summary(stakes, &groups, &ratios, FairnessMethod::ClosedForm)
}

/// Of nominal gain.
#[must_use]
pub fn of_nominal_gain(stakes: &[Stake]) -> Fairness {
    let groups = Groups::of(stakes);
    let weights = groups.nominal_gain.clone();
    by_integral(stakes, &groups, &weights, &|grid| {
        grid.expected(&groups, &weights).credit
    })
}

/// Of weights of the survivors, one for each stake.
#[must_use]
pub fn of_weights(stakes: &[Stake], of_stakes: &[f64]) -> Fairness {
    let groups = Groups::of(stakes);
    let weights = groups.gather(of_stakes);
    by_integral(stakes, &groups, &weights, &|grid| {
        grid.expected(&groups, &weights).credit
    })
}

/// Of the finite-pool correction σ(1 + σ − V) of nominal gain.
#[must_use]
pub fn of_corrected(stakes: &[Stake]) -> Fairness {
    let groups = Groups::of(stakes);
    let weights = groups.nominal_gain.clone();
    let ones = vec![1.0; groups.len()];
    by_integral(stakes, &groups, &weights, &|grid| {
        let expected = grid.expected(&groups, &weights);
        let v = grid.pairs(&groups, &weights, &ones, true);
        let parts = expected.credit.iter().zip(&expected.square).zip(v);
        parts
            .map(|((credit, square), v)| credit + square - v)
            .collect()
    })
}

fn by_integral(
    stakes: &[Stake],
    groups: &Groups,
    weights: &[f64],
    credits: &dyn Fn(&Grid) -> Vec<f64>,
) -> Fairness {
    let ratios = |grid: &Grid| {
        let mut ratios = credits(grid);
        for (g, ratio) in ratios.iter_mut().enumerate() {
            *ratio /= groups.b(g);
        }
        ratios
    };
    let integrated = integrate(groups, weights, &ratios);
    let method = FairnessMethod::Integral {
        nodes: integrated.nodes,
        error: integrated.error,
    };
    summary(stakes, groups, &integrated.values, method)
}

fn summary(
    stakes: &[Stake],
    groups: &Groups,
    by_group: &[f64],
    method: FairnessMethod,
) -> Fairness {
    let members = groups.sum(|_| 1.0);
    let forfeited = groups.sum(|g| groups.b(g));
    let over = |sum: f64, whole: f64| if whole > 0.0 { sum / whole } else { 0.0 };
    let rms_from = |level: f64| {
        let squares = groups.sum(|g| (by_group[g] - level) * (by_group[g] - level));
        libm::sqrt(over(squares, members))
    };
    let bias = |g: &usize| (by_group[*g] - 1.0).abs();
    let all = || 0..groups.len();
    let worst = all().max_by(|a, b| bias(a).total_cmp(&bias(b)));
    let highest = by_group.iter().fold(0.0, |m: f64, r| m.max(*r));
    let lowest = by_group.iter().fold(f64::MAX, |m, r| m.min(*r));
    let level = match members > 0.0 {
        true => groups.sum(|g| by_group[g] * groups.b(g)) / forfeited,
        false => 1.0,
    };
    Fairness {
        ratios: groups.spread(by_group, 1.0),
        level,
        worst: worst.map_or(0.0, |g| bias(&g)),
        worst_member: worst.and_then(|g| groups.first_member(g)),
        rms_from_one: rms_from(1.0),
        rms_from_level: rms_from(level),
        spread: if highest > lowest {
            highest / lowest - 1.0
        } else {
            0.0
        },
        everyone_dies_loss: match method {
            FairnessMethod::ClosedForm => 0.0,
            FairnessMethod::Integral { .. } => groups.everyone_dies_loss(),
        },
        implied_members: implied_members(stakes),
        largest: largest(groups),
        method,
    }
}

/// (Σs)²/Σs² with exact sums; zero if nobody has a stake.
fn implied_members(stakes: &[Stake]) -> f64 {
    let cents = || stakes.iter().map(|stake| u128::from(stake.cents));
    // 20 bits of members, 53 of a stake.
    let (sum, squares): (u128, u128) = (cents().sum(), cents().map(|s| s * s).sum());
    if squares == 0 {
        return 0.0;
    }
    let sum = sum as f64;
    sum * sum / squares as f64
}

fn largest(groups: &Groups) -> Option<Largest> {
    let w = |g: usize| groups.nominal_gain[g];
    let group = (0..groups.len()).max_by(|a, b| w(*a).total_cmp(&w(*b)))?;
    let others = groups.sum(|g| groups.b(g)) - groups.b(group);
    Some(Largest {
        index: groups.first_member(group)?,
        share: w(group) / groups.sum(w),
        bias_bound: w(group) / (w(group) + others),
    })
}
