//! Whether equitable weights exist.

#![allow(clippy::float_arithmetic, reason = "actuarial functions")]

use crate::groups::Groups;
use crate::stake::position;

/// Some members who, together, expect to forfeit at least as much as they could
/// be paid at most; their number. Looks at every member alone and at every part
/// of the pool that has the largest weights.
///
/// A part A is paid at most the whole pot whenever one of A lives:
/// v(A) = Σ_all b − Q·(Σ_others b + Σ_A s) with Q = Π_A q.
pub(crate) fn dominated_by(groups: &Groups, weights: &[f64]) -> Option<u32> {
    let loss = groups.everyone_dies_loss();
    let all = groups.sum(|g| groups.b(g));
    // What is left of v(A) − (1−ε)·Σ_A b, free of cancellation.
    let slack = |own_b: f64, own_s: f64, others_b: f64, q: f64| {
        others_b + loss * own_b - q * (others_b + own_s)
    };
    let alone = |g: &usize| {
        let others = all - groups.b(*g);
        slack(groups.b(*g), groups.s[*g], others, groups.q[*g]) <= 0.0
    };
    if groups.sum(|_| 1.0) <= 1.0 {
        return None;
    }
    if (0..groups.len()).any(|g| alone(&g)) {
        return Some(1);
    }
    let mut order: Vec<u32> = (0..).take(groups.len()).collect();
    order.sort_unstable_by(|a, b| {
        let w = |g: &u32| weights[position(*g)];
        w(b).total_cmp(&w(a)).then(a.cmp(b))
    });
    let mut others: Vec<f64> = Vec::with_capacity(groups.len());
    let mut sum = 0.0;
    for g in order.iter().rev() {
        others.push(sum);
        let g = position(*g);
        sum += groups.members[g] * groups.b(g);
    }
    let (mut own_b, mut own_s, mut log_q, mut members) = (0.0, 0.0, 0.0, 0.0);
    for g in order.iter().take(groups.len().saturating_sub(1)) {
        let others_b = others.pop().unwrap_or(0.0);
        let g = position(*g);
        let m = groups.members[g];
        own_b += m * groups.b(g);
        own_s += m * groups.s[g];
        log_q += m * libm::log(groups.q[g]);
        members += m;
        if slack(own_b, own_s, others_b, libm::exp(log_q)) <= 0.0 {
            return Some(members as u32);
        }
    }
    None
}
