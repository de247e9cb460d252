//! Whether equitable weights exist.
//!
//! A part A of a pool is paid most if it takes the whole pot D whenever one of A
//! lives: v(A) = E[D] − Q·(Σ_others b + Σ_A s), with Q = Π_A q the chance that all
//! of A die. Equitable weights exist exactly if every part expects to forfeit,
//! times the level 1−ε, less than that. Derived in
//! docs/decisions/equitable-weights.md.

#![allow(clippy::float_arithmetic, reason = "actuarial functions")]

use crate::groups::Groups;
use crate::stake::{position, sort_positions};

/// v(A) − (1−ε)·Σ_A b, without cancellation; `epsilon_b` is ε·Σ_A b.
fn slack(own_s: f64, others_b: f64, all_die: f64, epsilon_b: f64) -> f64 {
    others_b + epsilon_b - all_die * (others_b + own_s)
}

/// Whether a member alone dominates the rest.
pub(crate) fn dominates_alone(groups: &Groups) -> bool {
    let loss = groups.everyone_dies_loss();
    let all = groups.sum(|g| groups.b(g));
    (0..groups.len()).any(|g| {
        let b = groups.b(g);
        slack(groups.s[g], all - b, groups.q[g], loss * b) <= 0.0
    })
}

/// The number of members in a part that dominates the rest, of those parts that
/// have the heaviest weights.
///
/// Where equitable weights do not exist, the search for them makes the weights
/// of such a part grow without bound against the others, so that in the end it
/// is among these.
pub(crate) fn heaviest_that_dominate(groups: &Groups, weights: &[f64]) -> Option<u32> {
    let loss = groups.everyone_dies_loss();
    let mut order: Vec<u32> = (0..).take(groups.len()).collect();
    sort_positions(&mut order, &|a, b| {
        let weight = |g: &u32| weights[position(*g)];
        weight(b).total_cmp(&weight(a)).then(a.cmp(b))
    });
    // The b of all lighter groups, summed from the lightest.
    let mut others_b = vec![0.0; order.len()];
    for at in (1..order.len()).rev() {
        let g = position(order[at]);
        others_b[at - 1] = others_b[at] + groups.members[g] * groups.b(g);
    }
    let (mut own_b, mut own_s, mut log_q, mut members) = (0.0, 0.0, 0.0, 0.0);
    for (g, others_b) in order.iter().zip(others_b).take(groups.len() - 1) {
        let g = position(*g);
        let m = groups.members[g];
        own_b += m * groups.b(g);
        own_s += m * groups.s[g];
        log_q += m * libm::log(groups.q[g]);
        members += m;
        if slack(own_s, others_b, libm::exp(log_q), loss * own_b) <= 0.0 {
            return Some(members as u32);
        }
    }
    None
}
