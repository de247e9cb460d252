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
pub(crate) struct Grid {
    t: Vec<f64>,
    /// The length of t that the value stands for.
    dt: Vec<f64>,
    /// Ψ: the expectation of e^{−tW}.
    psi: Vec<f64>,
    /// S: the expectation of D·e^{−tW} over Ψ.
    s: Vec<f64>,
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

        let mut grid = Self {
            t: Vec::new(),
            dt: Vec::new(),
            psi: Vec::new(),
            s: Vec::new(),
        };
        let mut x = FIRST_X + offset * step;
        while x < last_x + step {
            for _ in 0..BLOCK {
                let t = libm::exp(x - libm::exp(-x)) / scale;
                grid.t.push(t);
                grid.dt.push(step * t * (1.0 + libm::exp(-x)));
                x += step;
            }
            grid.tabulate(groups, weights);
            // What remains of E_i beyond t is at most Ψ·S, which only falls.
            let end = grid.psi.len() - 1;
            if grid.psi[end] * grid.s[end] < MISSED * b_min {
                break;
            }
        }
        grid
    }

    /// The number of values of t.
    pub fn len(&self) -> usize {
        self.t.len()
    }

    /// Ψ and S for the values of t that do not have them yet.
    fn tabulate(&mut self, groups: &Groups, weights: &[f64]) {
        let first = self.psi.len();
        let t: [f64; BLOCK] = std::array::from_fn(|k| self.t[first + k]);
        // A product of many φ is kept in range by taking its logarithm now and
        // then.
        let (mut product, mut log) = ([1.0_f64; BLOCK], [0.0_f64; BLOCK]);
        let mut s = [0.0_f64; BLOCK];
        for (g, w) in weights.iter().enumerate() {
            let (q, p, m) = (groups.q[g], groups.p[g], groups.members[g]);
            let lost = m * q * groups.s[g];
            for k in 0..BLOCK {
                let phi = q + p * exp_minus(t[k] * w);
                s[k] += lost * (1.0 / phi);
                if m == 1.0 {
                    product[k] *= phi;
                } else {
                    log[k] += m * libm::log(phi);
                }
            }
            if product.iter().any(|product| *product < 1e-200) {
                for k in 0..BLOCK {
                    log[k] += libm::log(product[k]);
                    product[k] = 1.0;
                }
            }
        }
        for k in 0..BLOCK {
            self.psi.push(libm::exp(log[k] + libm::log(product[k])));
            self.s.push(s[k]);
        }
    }

    /// Expectations of credits and squares.
    pub fn expected(&self, groups: &Groups, weights: &[f64]) -> Expected {
        let mut expected = Expected {
            credit: Vec::with_capacity(groups.len()),
            square: Vec::with_capacity(groups.len()),
        };
        for g in 0..groups.len() {
            let (mut credit, mut square) = (0.0, 0.0);
            self.visit(groups, weights, g, |k, a, c| {
                let part = self.dt[k] * self.psi[k] * a * (self.s[k] - c);
                credit += part;
                square += self.t[k] * part;
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
            self.visit(groups, weights, g, |k, a, c| {
                sums[k].0 += x * a;
                sums[k].1 += x * a * c;
            });
        }
        let pair = |g: usize| {
            let x = factor(g);
            let mut total = 0.0;
            self.visit(groups, weights, g, |k, a, c| {
                let t = self.t[k];
                let power = if cubic { t * t / 2.0 } else { t };
                let others = (sums[k].0 - x * a) * (self.s[k] - c) - (sums[k].1 - x * a * c);
                let own = x * (self.s[k] - c);
                total += self.dt[k] * power * self.psi[k] * a * (others + own);
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
        mut at: impl FnMut(usize, f64, f64),
    ) {
        let (q, p, b, w) = (groups.q[g], groups.p[g], groups.b(g), weights[g]);
        for k in 0..self.len() {
            let alive = p * exp_minus(self.t[k] * w);
            let inverse = 1.0 / (q + alive);
            at(k, alive * inverse, b * inverse);
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
