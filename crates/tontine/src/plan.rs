//! A rule made ready for a pool.

use ethnum::U256;
use money::Cents;

use crate::divide::{Paid, Pot, divide};
use crate::equitable::{NoEquitableWeights, Solution};
use crate::fairness::{self, Fairness};
use crate::fixed_point::fixed_point;
use crate::groups::Groups;
use crate::nominal_gain::{corrected, sum, survivors};
use crate::stake::{Division, Order, Stake, checked_order, in_given_order, position, stakes};
use crate::transfer_plan::{TransferPlan, too_large};
use crate::{
    Caps, Infeasible, Participant, PoolError, Refusal, Rule, Sharing, SharingError, equitable,
};

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
    FairTransferPlan(TransferPlan),
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
                if let Some((index, most)) = too_large(&stakes) {
                    match infeasible {
                        Infeasible::Refuse => return Err(Refusal::Infeasible { index }),
                        Infeasible::CapStake => stakes[index].cents = most,
                    }
                }
                Method::FairTransferPlan(TransferPlan::new(&stakes))
            }
            Rule::EquitableWeights { fallback } => {
                return match equitable::solve(&Groups::of(&stakes)) {
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
        let stakes = &self.stakes;
        let pot = Pot::of(stakes, self.paid(), carried_in)?;
        let weights = match &self.method {
            Method::NominalGain => survivors(stakes, Stake::nominal_gain),
            Method::FinitePoolCorrection => corrected(survivors(stakes, Stake::nominal_gain)),
            Method::OverlayFund => stakes.iter().map(Stake::expected_forfeiture).collect(),
            Method::GroupSelfAnnuitisation => survivors(stakes, |s| U256::from(s.cents)),
            Method::FairTransferPlan(plan) => plan.weights(stakes, carried_in),
            Method::EquitableWeights(weights) => {
                let of = |(stake, weight): (&Stake, &f64)| match stake.died {
                    true => U256::ZERO,
                    false => fixed_point(*weight, EQUITABLE_BITS),
                };
                stakes.iter().zip(weights).map(of).collect()
            }
        };
        let foreseen = match (&self.method, self.paid()) {
            (Method::NominalGain, _) => sum(&weights),
            (_, Paid::Survivors) => {
                let alive = stakes.iter().filter(|stake| !stake.died);
                alive.fold(U256::ZERO, |sum, s| sum + s.nominal_gain())
            }
            (_, Paid::Everybody) => {
                let all = stakes.iter();
                all.fold(U256::ZERO, |sum, s| sum + s.expected_forfeiture())
            }
        };
        divide(pot, stakes, weights, foreseen, caps)
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
