//! Members of the same rate and stake, counted once.

use crate::stake::{ONE, Stake, position, sort_positions};

/// The members of a pool who have something to lose, b = q·s > 0, in groups of
/// equal rate and stake; the lists are one value per group. Groups are in the
/// order of (q, s), so that sums of floats depend neither on the members' order
/// nor on their ids.
pub(crate) struct Groups {
    /// The number of members.
    pub members: Vec<f64>,
    /// The rate of dying in the period.
    pub q: Vec<f64>,
    /// 1 − q, rounded once.
    pub p: Vec<f64>,
    /// The stake of one member, in cents.
    pub s: Vec<f64>,
    /// q/(1−q)·s of one member.
    pub nominal_gain: Vec<f64>,
    /// The group of each stake; [`Groups::NONE`] for who has nothing to lose.
    of: Vec<u32>,
}

impl Groups {
    const NONE: u32 = u32::MAX;

    /// The groups of the members with something to lose.
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn of(stakes: &[Stake]) -> Self {
        let at_risk = |stake: &Stake| stake.q.scaled() > 0 && stake.cents > 0;
        let mut order: Vec<u32> = (0..).take(stakes.len()).collect();
        order.retain(|i| at_risk(&stakes[position(*i)]));
        let key = |i: &u32| (stakes[position(*i)].q, stakes[position(*i)].cents);
        sort_positions(&mut order, &|a, b| key(a).cmp(&key(b)).then(a.cmp(b)));

        let count = order.chunk_by(|a, b| key(a) == key(b)).count();
        let list = || Vec::with_capacity(count);
        let mut groups = Self {
            members: list(),
            q: list(),
            p: list(),
            s: list(),
            nominal_gain: list(),
            of: vec![Self::NONE; stakes.len()],
        };
        for (group, same) in (0..).zip(order.chunk_by(|a, b| key(a) == key(b))) {
            let stake = &stakes[position(same[0])];
            let s = stake.cents as f64;
            groups.members.push(same.len() as f64);
            groups.q.push(stake.q.to_float());
            groups.p.push((ONE - stake.q.scaled()) as f64 / ONE as f64);
            groups.s.push(s);
            groups
                .nominal_gain
                .push(stake.q.odds() as f64 / ONE as f64 * s);
            for i in same {
                groups.of[position(*i)] = group;
            }
        }
        groups
    }

    pub fn len(&self) -> usize {
        self.q.len()
    }

    /// b = q·s of one member, in cents.
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn b(&self, group: usize) -> f64 {
        self.q[group] * self.s[group]
    }

    /// The sum of a value over all members.
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn sum(&self, value: impl Fn(usize) -> f64) -> f64 {
        (0..self.len()).map(|g| self.members[g] * value(g)).sum()
    }

    /// A value of each group as one of each stake, in their order; `none` for
    /// who has nothing to lose.
    pub fn spread(&self, values: &[f64], none: f64) -> Vec<f64> {
        let value = |g: &u32| values.get(position(*g)).copied().unwrap_or(none);
        self.of.iter().map(value).collect()
    }

    /// The value of each group from those of the stakes, where equal members have
    /// equal values.
    pub fn gather(&self, of_stakes: &[f64]) -> Vec<f64> {
        let mut values = vec![0.0; self.len()];
        for (group, value) in self.of.iter().zip(of_stakes) {
            if let Some(slot) = values.get_mut(position(*group)) {
                *slot = *value;
            }
        }
        values
    }

    /// The first stake of a group.
    pub fn first_member(&self, group: usize) -> Option<usize> {
        self.of.iter().position(|g| position(*g) == group)
    }

    /// What would be lost if everybody died, weighted with how likely that is,
    /// over what all expect to forfeit: ε = Πq·Σs / Σqs.
    #[allow(clippy::float_arithmetic, reason = "an actuarial function")]
    pub fn everyone_dies_loss(&self) -> f64 {
        let b = self.sum(|g| self.b(g));
        if b == 0.0 {
            return 0.0;
        }
        let all_die = libm::exp(self.sum(|g| libm::log(self.q[g])));
        all_die * self.sum(|g| self.s[g]) / b
    }
}
