//! A rule made ready for a pool.

use ethnum::U256;
use fairness::{Fairness, NoEquitableWeights, SeparablePlan, Solution, Stake, position};
use money::Cents;

use crate::divide::{Paid, Pot, divide};
use crate::fixed_point::fixed_point;
use crate::nominal_gain::{corrected, sum};
use crate::odds::survivors_nominal_gains;
use crate::stake::{Division, Order, checked_order, in_given_order, stakes};
use crate::transfer_plan::transfer_weights;
use crate::{Caps, Infeasible, Participant, PoolError, Refusal, Rule, Sharing, SharingError};

/// A rule made ready for the members at risk in a period, whoever dies: it shares
/// a pot and says how fair it is.
///
/// What is costly, the weights of [`Rule::EquitableWeights`], is done once.
#[derive(Clone, Debug)]
pub struct Plan<'a, I> {
    participants: &'a [Participant<I>],
    order: Order,
    caps: Caps,
    core: Core,
}

impl<'a, I: Ord> Plan<'a, I> {
    /// Makes `rule` ready for `participants`.
    ///
    /// # Errors
    /// [`SharingError::Refused`] if the rule does not apply to the pool,
    /// [`SharingError::Pool`] if none does.
    pub fn new(
        rule: Rule,
        caps: Caps,
        participants: &'a [Participant<I>],
    ) -> Result<Self, SharingError> {
        let order = checked_order(participants)?;
        let max_cents = caps.max_stake_cents.unwrap_or(u64::MAX);
        let stakes = stakes(participants, &order, max_cents);
        let core = Core::new(rule, stakes).map_err(|refusal| match refusal {
            Refusal::Infeasible { index } => Refusal::Infeasible {
                index: position(order[index]),
            },
            Refusal::NotHomogeneous { index } => Refusal::NotHomogeneous {
                index: position(order[index]),
            },
        })?;
        Ok(Self {
            participants,
            order,
            caps,
            core,
        })
    }

    /// The rule that shares: the one that was asked for, or its fallback.
    #[must_use]
    pub fn applied(&self) -> Rule {
        self.core.applied
    }

    /// What the search for equitable weights found, if it was asked for.
    #[must_use]
    pub fn equitable(&self) -> Option<Result<Solution, NoEquitableWeights>> {
        self.core.equitable
    }

    /// The weights by which the rule would share a carried pot if nobody died,
    /// each as a part of all; zeros if nobody has weight.
    #[must_use]
    pub fn weights(&self) -> Vec<f64> {
        let mut weights = vec![0.0; self.order.len()];
        for (i, weight) in self.order.iter().zip(self.core.parts_if_all_live()) {
            weights[position(*i)] = weight;
        }
        weights
    }

    /// Shares the stakes of the dead and the pot carried from the last period.
    ///
    /// The order of the participants has no influence on anybody's credit.
    ///
    /// # Errors
    /// [`PoolError::PotOutOfRange`] if the pot is, or what is carried in is
    /// negative.
    pub fn share(&self, carried_in: Cents) -> Result<Sharing, PoolError> {
        let division = self.core.share(carried_in, &self.caps)?;
        Ok(in_given_order(
            self.participants,
            &self.order,
            &self.core.stakes,
            &division,
        ))
    }

    /// How fair the rule is before it is known who dies. Of the caps it counts
    /// that on the stake; those on credits it leaves out.
    #[must_use]
    pub fn fairness(&self) -> Fairness {
        let mut by_id = self.core.fairness();
        let mut ratios = vec![1.0; by_id.ratios.len()];
        for (i, ratio) in self.order.iter().zip(&by_id.ratios) {
            ratios[position(*i)] = *ratio;
        }
        by_id.ratios = ratios;
        let given = |at: &mut usize| *at = position(self.order[*at]);
        by_id.worst_member.iter_mut().for_each(given);
        if let Some(largest) = &mut by_id.largest {
            given(&mut largest.index);
        }
        by_id
    }
}

/// The plan without the ids of the members.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    pub stakes: Vec<Stake>,
    applied: Rule,
    method: Method,
    equitable: Option<Result<Solution, NoEquitableWeights>>,
}

/// What a rule needs to know before anybody dies.
#[derive(Clone, Debug)]
enum Method {
    NominalGain,
    FinitePoolCorrection,
    OverlayFund,
    GroupSelfAnnuitisation,
    FairTransferPlan(SeparablePlan),
    /// The weights of all who were alive at the start; they sum to one.
    EquitableWeights(Vec<f64>),
}

/// Bits of an equitable weight after the binary point: 36 decimals, so that the
/// smallest balance has its share.
const EQUITABLE_BITS: u32 = 120;

impl Core {
    fn new(rule: Rule, mut stakes: Vec<Stake>) -> Result<Self, Refusal> {
        let method = match rule {
            Rule::NominalGain => Method::NominalGain,
            Rule::FinitePoolCorrection => Method::FinitePoolCorrection,
            Rule::OverlayFund => Method::OverlayFund,
            Rule::GroupSelfAnnuitisation => {
                let q = stakes.first().map(|stake| stake.q);
                match stakes.iter().position(|stake| Some(stake.q) != q) {
                    Some(index) => return Err(Refusal::NotHomogeneous { index }),
                    None => Method::GroupSelfAnnuitisation,
                }
            }
            Rule::FairTransferPlan { infeasible } => {
                if let Some((index, most)) = SeparablePlan::too_large(&stakes) {
                    match infeasible {
                        Infeasible::Refuse => return Err(Refusal::Infeasible { index }),
                        Infeasible::CapStake => stakes[index].cents = most,
                    }
                }
                Method::FairTransferPlan(SeparablePlan::new(&stakes))
            }
            Rule::EquitableWeights { fallback } => {
                return match fairness::equitable_weights(&stakes) {
                    Ok((weights, solution)) => Ok(Self {
                        stakes,
                        applied: rule,
                        method: Method::EquitableWeights(weights),
                        equitable: Some(Ok(solution)),
                    }),
                    Err(none) => Ok(Self {
                        equitable: Some(Err(none)),
                        ..Self::new(fallback.rule(), stakes)?
                    }),
                };
            }
        };
        Ok(Self {
            stakes,
            applied: rule,
            method,
            equitable: None,
        })
    }

    fn paid(&self) -> Paid {
        match self.method {
            Method::OverlayFund | Method::FairTransferPlan(_) => Paid::Everybody,
            _ => Paid::Survivors,
        }
    }

    fn share(&self, carried_in: Cents, caps: &Caps) -> Result<Division, PoolError> {
        let pot = Pot::of(&self.stakes, self.paid(), carried_in)?;
        let weights = self.weights(&self.stakes, carried_in);
        let foreseen = match (&self.method, self.paid()) {
            (Method::NominalGain, _) => sum(&weights),
            (_, Paid::Survivors) => sum(&survivors_nominal_gains(&self.stakes)),
            (_, Paid::Everybody) => {
                let all = self.stakes.iter().map(Stake::expected_forfeiture);
                all.fold(U256::ZERO, |sum, b| sum + b)
            }
        };
        divide(pot, &self.stakes, weights, foreseen, caps)
    }

    /// The weights of those who are paid when `stakes` says who died.
    fn weights(&self, stakes: &[Stake], carried_in: Cents) -> Vec<U256> {
        match &self.method {
            Method::NominalGain => survivors_nominal_gains(stakes),
            Method::FinitePoolCorrection => corrected(survivors_nominal_gains(stakes)),
            Method::OverlayFund => stakes.iter().map(Stake::expected_forfeiture).collect(),
            Method::GroupSelfAnnuitisation => survivors(stakes, |i| U256::from(stakes[i].cents)),
            Method::FairTransferPlan(plan) => transfer_weights(plan, stakes, carried_in),
            Method::EquitableWeights(weights) => {
                survivors(stakes, |i| fixed_point(weights[i], EQUITABLE_BITS))
            }
        }
    }

    #[allow(clippy::float_arithmetic, reason = "a figure of the result")]
    fn parts_if_all_live(&self) -> Vec<f64> {
        let mut stakes = self.stakes.clone();
        stakes.iter_mut().for_each(|stake| stake.died = false);
        let weights = self.weights(&stakes, Cents::MAX);
        let all = sum(&weights).as_f64();
        let part = |w: &U256| if all > 0.0 { w.as_f64() / all } else { 0.0 };
        weights.iter().map(part).collect()
    }

    fn fairness(&self) -> Fairness {
        let stakes = &self.stakes;
        match &self.method {
            Method::OverlayFund | Method::FairTransferPlan(_) => fairness::exactly_fair(stakes),
            Method::NominalGain | Method::GroupSelfAnnuitisation => {
                fairness::of_nominal_gain(stakes)
            }
            Method::FinitePoolCorrection => fairness::of_corrected(stakes),
            Method::EquitableWeights(weights) => fairness::of_weights(stakes, weights),
        }
    }
}

/// The weights of those who live; nothing for the dead.
fn survivors(stakes: &[Stake], weight: impl Fn(usize) -> U256) -> Vec<U256> {
    let weight = |(i, stake): (usize, &Stake)| match stake.died {
        true => U256::ZERO,
        false => weight(i),
    };
    stakes.iter().enumerate().map(weight).collect()
}
