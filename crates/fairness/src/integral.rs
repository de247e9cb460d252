//! Expected credits by weights, exact for every pool: one integral for all
//! members.
//!
//! A survivor i is credited D·w_i/W, with D what the dead leave and W the weight
//! of the survivors. With 1/W = ∫e^{−tW}dt the expectation over who dies is a
//! product over the members, φ_j(t) = q_j + p_j·e^{−tw_j}:
//!
//! E_i = w_i ∫ a_i·Ψ·(S − c_i) dt, with Ψ = Πφ, a = p·e^{−tw}/φ, c = q·s/φ and
//! S = Σc. All members at once take O(n) for each value of t. Derived in
//! docs/decisions/equitable-weights.md; the rule of quadrature in
//! docs/decisions/fairness-figures.md.

#![allow(clippy::float_arithmetic, reason = "actuarial functions")]

use crate::groups::Groups;

/// Values of t, with the sums over all members that every integrand needs.
pub(crate) struct Grid(Vec<Node>);

struct Node {
    t: f64,
    /// The length of t that the value stands for, and once it is known, that
    /// times Ψ, the expectation of e^{−tW}.
    dt_psi: f64,
    /// S: the expectation of D·e^{−tW} over Ψ.
    s: f64,
}

/// Expectations for one member of each group.
pub(crate) struct Expected {
    /// Of the credit D·σ with σ = w/W, in cents.
    pub credit: Vec<f64>,
    /// Of D·σ².
    pub square: Vec<f64>,
}

/// Values of t that are summed over at a time.
const BLOCK: usize = 16;
/// Where t starts: below it the integrand has less than 10^−15 of its mass.
const FIRST_X: f64 = -3.6;
/// Where x ends at the latest: weights from the rates and stakes of a pool differ
/// by less than 10^55, and so do all that matter.
const LAST_X: f64 = 150.0;
/// What may be missed beyond the last t, over what a member expects to forfeit.
const MISSED: f64 = 1e-15;

impl Grid {
    /// Values of t at x = `FIRST_X` + (k + `offset`)·`step`, where
    /// t = exp(x − e^{−x}) over the scale of the weights: the trapezoid rule in x
    /// converges with exp(−const/step), because the integrand is an entire
    /// function of t that decays at both ends.
    pub fn new(groups: &Groups, weights: &[f64], step: f64, offset: f64) -> Self {
        let largest = weights.iter().fold(0.0, |m: f64, w| m.max(*w));
        let smallest = weights.iter().fold(f64::MAX, |m, w| m.min(*w));
        let scale = largest.max(groups.sum(|g| groups.p[g] * weights[g]));
        let b_min = (0..groups.len()).fold(f64::MAX, |m, g| m.min(groups.b(g)));
        // Beyond it every survivor's e^{−tw} is below e^{−50}.
        let last_x = libm::log(50.0 * scale / smallest).min(LAST_X);

        let mut grid = Self(Vec::new());
        let mut x = FIRST_X + offset * step;
        while x < last_x + step {
            for _ in 0..BLOCK {
                let falling = libm::exp(-x);
                let t = libm::exp(x - falling) / scale;
                grid.0.push(Node {
                    t,
                    dt_psi: step * t * (1.0 + falling),
                    s: 0.0,
                });
                x += step;
            }
            // What remains of E_i beyond t is at most Ψ·S, which only falls.
            if grid.tabulate(groups, weights) < MISSED * b_min {
                break;
            }
        }
        grid
    }

    /// The number of values of t.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Ψ and S for the last block of values of t; gives Ψ·S of the last.
    fn tabulate(&mut self, groups: &Groups, weights: &[f64]) -> f64 {
        let first = self.0.len() - BLOCK;
        let nodes = &mut self.0[first..];
        // A product of many φ is kept in range by taking its logarithm now and
        // then.
        let mut products = [(1.0_f64, 0.0_f64); BLOCK];
        for (g, w) in weights.iter().enumerate() {
            let (q, p, m) = (groups.q[g], groups.p[g], groups.members[g]);
            let lost = m * q * groups.s[g];
            let mut smallest = 1.0_f64;
            for (node, (product, log)) in nodes.iter_mut().zip(&mut products) {
                let phi = q + p * exp_minus(node.t * w);
                node.s += lost * (1.0 / phi);
                if m == 1.0 {
                    *product *= phi;
                    smallest = smallest.min(*product);
                } else {
                    *log += m * libm::log(phi);
                }
            }
            if smallest < 1e-200 {
                for (product, log) in &mut products {
                    *log += libm::log(*product);
                    *product = 1.0;
                }
            }
        }
        let mut remains = 0.0;
        for (node, (product, log)) in nodes.iter_mut().zip(products) {
            let psi = libm::exp(log + libm::log(product));
            node.dt_psi *= psi;
            remains = psi * node.s;
        }
        remains
    }

    /// Expectations of credits and squares.
    pub fn expected(&self, groups: &Groups, weights: &[f64]) -> Expected {
        let mut expected = Expected {
            credit: Vec::with_capacity(groups.len()),
            square: Vec::with_capacity(groups.len()),
        };
        for g in 0..groups.len() {
            let (mut credit, mut square) = (0.0, 0.0);
            self.visit(groups, weights, g, |_, node, a, c| {
                let part = node.dt_psi * a * (node.s - c);
                credit += part;
                square += node.t * part;
            });
            let w = weights[g];
            expected.credit.push(w * credit);
            expected.square.push(w * w * square);
        }
        expected
    }

    /// For each i the expectation of D·σ_i·Σ_j σ_j·v_j, or with `cubic` of
    /// D·σ_i·Σ_j σ_j²·v_j, in one member of each group: O(n) for each value of t,
    /// because the sum over pairs separates.
    pub fn pairs(&self, groups: &Groups, weights: &[f64], v: &[f64], cubic: bool) -> Vec<f64> {
        // σ_j·v_j has w_j·v_j and one more t, σ_j²·v_j has w_j²·v_j and t²/2.
        let factor = |g: usize| v[g] * weights[g] * if cubic { weights[g] } else { 1.0 };
        let mut sums = vec![(0.0, 0.0); self.len()];
        for g in 0..groups.len() {
            let x = groups.members[g] * factor(g);
            self.visit(groups, weights, g, |k, _, a, c| {
                sums[k].0 += x * a;
                sums[k].1 += x * a * c;
            });
        }
        let pair = |g: usize| {
            let x = factor(g);
            let mut total = 0.0;
            self.visit(groups, weights, g, |k, node, a, c| {
                let t = node.t;
                let power = if cubic { t * t / 2.0 } else { t };
                let others = (sums[k].0 - x * a) * (node.s - c) - (sums[k].1 - x * a * c);
                let own = x * (node.s - c);
                total += power * node.dt_psi * a * (others + own);
            });
            weights[g] * total
        };
        (0..groups.len()).map(pair).collect()
    }

    /// Calls `at` with a and c of a group for each value of t.
    #[inline(always)]
    fn visit(
        &self,
        groups: &Groups,
        weights: &[f64],
        g: usize,
        mut at: impl FnMut(usize, &Node, f64, f64),
    ) {
        let (q, p, b, w) = (groups.q[g], groups.p[g], groups.b(g), weights[g]);
        for (k, node) in self.0.iter().enumerate() {
            let alive = p * exp_minus(node.t * w);
            let inverse = 1.0 / (q + alive);
            at(k, node, alive * inverse, b * inverse);
        }
    }
}

/// e^{−z} for z ≥ 0.
#[inline(always)]
fn exp_minus(z: f64) -> f64 {
    if z < 0.015_625 {
        // In a large pool nearly always; the next term is below 10^−16.
        const C: [f64; 4] = [1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0];
        1.0 - z * (1.0 - z * (0.5 - z * (C[0] - z * (C[1] - z * (C[2] - z * C[3])))))
    } else {
        libm::exp(-z)
    }
}

/// A quantity of each group, integrated with ever smaller steps.
pub(crate) struct Integrated {
    pub values: Vec<f64>,
    /// The values of t that were needed.
    pub nodes: usize,
    /// An estimate of the largest error of a value, relative if it is above one.
    pub error: f64,
}

/// The first step of the quadrature.
const FIRST_STEP: f64 = 0.5;
/// The most times that it is halved.
const MAX_HALVINGS: u32 = 5;

/// Integrates `of` with steps of ½, ¼, ⅛, … Each halving squares the error, so
/// that the last change tells it. Relative for values above one.
pub(crate) fn integrate(
    groups: &Groups,
    weights: &[f64],
    of: &dyn Fn(&Grid) -> Vec<f64>,
) -> Integrated {
    let grid = Grid::new(groups, weights, FIRST_STEP, 0.0);
    let mut done = Integrated {
        values: of(&grid),
        nodes: grid.len(),
        error: 1.0,
    };
    let mut step = FIRST_STEP;
    for _ in 0..MAX_HALVINGS {
        let between = Grid::new(groups, weights, step, 0.5);
        let mut change = 0.0_f64;
        for (value, other) in done.values.iter_mut().zip(of(&between)) {
            let mean = (*value + other) / 2.0;
            change = change.max((mean - *value).abs() / mean.abs().max(1.0));
            *value = mean;
        }
        done.nodes += between.len();
        done.error = (change * change).max(1e-14);
        step /= 2.0;
        if change < 1e-6 {
            break;
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use mortality::Probability;

    use super::*;
    use crate::stake::Stake;

    /// Pools of 1 to 40 members with rates from 10^−7 to nearly 1 and stakes over
    /// twelve decades, from a multiplicative generator.
    fn pools() -> impl Iterator<Item = Groups> {
        let mut state = 1_u64;
        let mut unit = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..400).map(move |case| {
            let stake = |_| Stake {
                q: Probability::from_float(libm::pow(10.0, -7.0 * unit())),
                cents: libm::pow(10.0, 15.0 - 12.0 * unit()) as u64,
                died: false,
            };
            let stakes: Vec<Stake> = (0..=case % 40).map(stake).collect();
            Groups::of(&stakes)
        })
    }

    fn ratios(groups: &Groups, step: f64) -> Vec<f64> {
        let weights = &groups.nominal_gain;
        let grid = Grid::new(groups, weights, step, 0.0);
        let credits = grid.expected(groups, weights).credit;
        let ratio = |(g, credit): (usize, f64)| credit / groups.b(g);
        credits.into_iter().enumerate().map(ratio).collect()
    }

    #[test]
    fn halving_the_step_squares_the_error() {
        for (step, tolerance) in [(0.5, 1e-6), (0.25, 1e-12)] {
            let mut worst = 0.0_f64;
            for groups in pools() {
                let pairs = ratios(&groups, step);
                for (found, exact) in pairs.iter().zip(ratios(&groups, step / 4.0)) {
                    worst = worst.max((found - exact).abs() / exact.max(1.0));
                }
            }
            assert!(worst < tolerance, "{step} {worst:e}");
        }
    }

    #[test]
    fn the_series_and_the_exponential_meet() {
        for z in [
            0.0,
            1e-9,
            0.001,
            0.015_624_999,
            0.015_625_001,
            0.5,
            50.0,
            800.0,
        ] {
            let exact = libm::exp(-z);
            assert!((exp_minus(z) - exact).abs() <= 2e-16, "{z}");
        }
    }
}
