//! The Newton direction for equitable weights.

#![allow(clippy::float_arithmetic, reason = "actuarial functions")]

use crate::groups::Groups;
use crate::integral::{Expected, Grid};

pub(crate) struct Direction {
    pub step: Vec<f64>,
    pub products: usize,
}

const MAX_PRODUCTS: usize = 40;
const REDUCTION: f64 = 1e-3;

/// Solves H·d = −gradient by conjugate gradients, preconditioned with the
/// expected credits.
pub(crate) fn newton_direction(
    groups: &Groups,
    weights: &[f64],
    grid: &Grid,
    expected: &Expected,
    gradient: &[f64],
) -> Direction {
    let n = groups.len();
    let dot = |a: &[f64], b: &[f64]| groups.sum(|g| a[g] * b[g]);
    let precondition =
        |r: &[f64]| -> Vec<f64> { (0..n).map(|g| r[g] / expected.credit[g]).collect() };
    let mut step = vec![0.0; n];
    let mut residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut z = precondition(&residual);
    let mut direction = z.clone();
    let mut rz = dot(&residual, &z);
    let goal = rz * REDUCTION * REDUCTION;
    let mut products = 0;
    while products < MAX_PRODUCTS && rz > goal {
        let pairs = grid.pairs(groups, weights, &direction, false);
        products += 1;
        let product: Vec<f64> = (0..n)
            .map(|g| expected.credit[g] * direction[g] - pairs[g])
            .collect();
        let curvature = dot(&direction, &product);
        if !(curvature
            > 1e-14
                * dot(
                    &direction,
                    &direction
                        .iter()
                        .enumerate()
                        .map(|(g, d)| d * expected.credit[g])
                        .collect::<Vec<_>>(),
                ))
        {
            if products == 1 {
                step = direction;
            }
            break;
        }
        let alpha = rz / curvature;
        for g in 0..n {
            step[g] += alpha * direction[g];
            residual[g] -= alpha * product[g];
        }
        z = precondition(&residual);
        let next = dot(&residual, &z);
        let beta = next / rz;
        rz = next;
        for g in 0..n {
            direction[g] = z[g] + beta * direction[g];
        }
    }
    Direction { step, products }
}
