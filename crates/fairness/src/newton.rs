//! Steps of Newton's method for equitable weights.

#![allow(clippy::float_arithmetic, reason = "actuarial functions")]

use crate::groups::Groups;
use crate::integral::{Expected, Grid};

/// A step in θ = ln w along which the convex function falls.
pub(crate) struct Newton {
    from: Vec<f64>,
    direction: Vec<f64>,
    length: f64,
    /// The derivative along the direction where the step starts; negative.
    slope: f64,
}

impl Newton {
    /// Where the step ends.
    pub fn weights(&self) -> Vec<f64> {
        let moved = |(w, d): (&f64, &f64)| w * libm::exp(self.length * d);
        self.from.iter().zip(&self.direction).map(moved).collect()
    }

    /// No weight's logarithm changes by more than `longest`.
    pub fn limited_to(mut self, longest: f64) -> Self {
        let largest = self.direction.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
        if largest > longest {
            self.length = longest / largest;
        }
        self
    }

    /// Whether, where the step ends, the function rises half as steeply as it
    /// fell at its start. A convex function does not fall again after that.
    pub fn overshot(&self, groups: &Groups, gradient: &[f64]) -> bool {
        let slope = groups.sum(|g| gradient[g] * self.direction[g]);
        self.length > 1e-4 && slope > -0.5 * self.slope
    }

    /// A quarter of the step.
    pub fn shorten(&mut self) {
        self.length /= 4.0;
    }
}

/// When to be content with a direction.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// After so many products of the Hessian and a vector.
    pub products: usize,
    /// Or when the residual is this part of what it was.
    pub reduction: f64,
}

/// Solves H·d = −gradient by conjugate gradients; gives the number of products,
/// too.
///
/// H is the Hessian of the convex function, H_ii = E[D·σ_i(1−σ_i)] and
/// H_ij = −E[D·σ_i·σ_j]. Divided by the expected credits, its eigenvalues lie
/// between 0 and 1, near 1 but for a few large members.
pub(crate) fn newton_direction(
    groups: &Groups,
    weights: Vec<f64>,
    grid: &Grid,
    expected: &Expected,
    gradient: &[f64],
    effort: Effort,
) -> (Newton, usize) {
    let all = 0..groups.len();
    let dot = |a: &[f64], b: &[f64]| groups.sum(|g| a[g] * b[g]);
    let preconditioned = |residual: &[f64]| -> Vec<f64> {
        let parts = residual.iter().zip(&expected.credit);
        parts.map(|(residual, credit)| residual / credit).collect()
    };
    let mut solution = vec![0.0; groups.len()];
    let mut residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut direction = preconditioned(&residual);
    let mut size = dot(&residual, &direction);
    let goal = size * effort.reduction * effort.reduction;
    let mut products = 0;
    while products < effort.products && size > goal {
        let pairs = grid.pairs(groups, &weights, &direction, false);
        let product: Vec<f64> = all
            .clone()
            .map(|g| expected.credit[g] * direction[g] - pairs[g])
            .collect();
        products += 1;
        let curvature = dot(&direction, &product);
        let most = groups.sum(|g| expected.credit[g] * direction[g] * direction[g]);
        // Below it there is only rounding.
        if curvature <= 1e-14 * most {
            if products == 1 {
                solution = direction;
            }
            break;
        }
        let length = size / curvature;
        for g in all.clone() {
            solution[g] += length * direction[g];
            residual[g] -= length * product[g];
        }
        let next = preconditioned(&residual);
        let next_size = dot(&residual, &next);
        for g in all.clone() {
            direction[g] = next[g] + next_size / size * direction[g];
        }
        size = next_size;
    }
    let newton = Newton {
        slope: dot(gradient, &solution),
        from: weights,
        direction: solution,
        length: 1.0,
    };
    (newton, products)
}
