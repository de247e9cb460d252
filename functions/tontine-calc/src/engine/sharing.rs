//! Sharing a pot through WIT.

use money::Cents;
use tontine::{
    Caps, Fallback, Infeasible, Outcome, Participant, Plan, PoolError, Refusal, Rule, SharingError,
};

use super::wit;
use crate::fairness::{figure, fine_figure, spread};
use crate::pool::MAX_ID_LEN;

pub(super) fn share(
    rule: wit::Rule,
    caps: wit::Caps,
    given: Vec<wit::Participant>,
    carried_in_cents: i64,
) -> Result<wit::Sharing, wit::SharingError> {
    let carried_in = Cents::new(carried_in_cents)
        .ok()
        .filter(|carried| !carried.is_negative())
        .ok_or(wit::SharingError::InvalidCarriedPot)?;
    let caps = Caps {
        max_share_ppm: caps.max_share_ppm,
        max_gain_ppm: caps.max_gain_ppm,
        max_stake_cents: caps.max_stake_cents,
    };
    let participants = participants(given)?;
    let plan = Plan::new(rule_of(rule), caps, &participants).map_err(error)?;
    let sharing = plan.share(carried_in).map_err(|e| error(e.into()))?;
    let cents = |amounts: Vec<Cents>| amounts.into_iter().map(Cents::get).collect();
    Ok(wit::Sharing {
        outcome: outcome(sharing.outcome),
        pot_cents: sharing.pot.get(),
        credits_cents: cents(sharing.credits),
        to_estates_cents: cents(sharing.to_estates),
        cut_cents: cents(sharing.cut),
        carried_out_cents: sharing.carried_out.get(),
        group_gain: sharing.group_gain.to_string(),
    })
}

pub(super) fn fairness(
    rule: wit::Rule,
    max_stake_cents: Option<u64>,
    given: Vec<wit::Participant>,
) -> Result<wit::PoolFairness, wit::SharingError> {
    let caps = Caps {
        max_stake_cents,
        ..Caps::NONE
    };
    let participants = participants(given)?;
    let plan = Plan::new(rule_of(rule), caps, &participants).map_err(error)?;
    let fairness = plan.fairness();
    // Every figure is finite: a pool has members with weights, or nobody with any.
    let text = |x| figure(x).unwrap_or_default();
    let fine = |x| fine_figure(x).unwrap_or_default();
    Ok(wit::PoolFairness {
        ratios: fairness.ratios.iter().map(|ratio| text(*ratio)).collect(),
        worst: fine(fairness.worst),
        rms_from_one: fine(fairness.rms_from_one),
        spread: spread(fairness.spread).unwrap_or_default(),
        implied_members: text(fairness.implied_members),
    })
}

fn participants(
    given: Vec<wit::Participant>,
) -> Result<Vec<Participant<String>>, wit::SharingError> {
    given.into_iter().zip(0..).map(participant).collect()
}

fn participant(
    (given, position): (wit::Participant, u32),
) -> Result<Participant<String>, wit::SharingError> {
    if !(1..=MAX_ID_LEN).contains(&given.id.len()) {
        return Err(wit::SharingError::InvalidId(position));
    }
    Ok(Participant {
        q: given
            .q
            .parse()
            .map_err(|_| wit::SharingError::InvalidProbability(position))?,
        at_risk: Cents::new(given.at_risk_cents)
            .map_err(|_| wit::SharingError::InvalidBalance(position))?,
        id: given.id,
        died: given.died,
    })
}

fn rule_of(rule: wit::Rule) -> Rule {
    match rule {
        wit::Rule::NominalGain => Rule::NominalGain,
        wit::Rule::FinitePoolCorrection => Rule::FinitePoolCorrection,
        wit::Rule::OverlayFund => Rule::OverlayFund,
        wit::Rule::FairTransferPlan(infeasible) => Rule::FairTransferPlan {
            infeasible: match infeasible {
                wit::Infeasible::Refuse => Infeasible::Refuse,
                wit::Infeasible::CapStake => Infeasible::CapStake,
            },
        },
        wit::Rule::GroupSelfAnnuitisation => Rule::GroupSelfAnnuitisation,
        wit::Rule::EquitableWeights(fallback) => Rule::EquitableWeights {
            fallback: match fallback {
                wit::Fallback::NominalGain => Fallback::NominalGain,
                wit::Fallback::FinitePoolCorrection => Fallback::FinitePoolCorrection,
                wit::Fallback::OverlayFund => Fallback::OverlayFund,
                wit::Fallback::CappedFairTransferPlan => Fallback::CappedFairTransferPlan,
            },
        },
    }
}

fn error(error: SharingError) -> wit::SharingError {
    // A list of the component model has fewer than 2^32 items.
    let position = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    match error {
        SharingError::Pool(PoolError::Empty) => wit::SharingError::EmptyPool,
        SharingError::Pool(PoolError::TooMany) => wit::SharingError::TooManyParticipants,
        SharingError::Pool(PoolError::NegativeBalance { index }) => {
            wit::SharingError::InvalidBalance(position(index))
        }
        SharingError::Pool(PoolError::DuplicateMember { index }) => {
            wit::SharingError::DuplicateParticipant(position(index))
        }
        SharingError::Pool(PoolError::PotOutOfRange) => wit::SharingError::PotOutOfRange,
        SharingError::Refused(Refusal::Infeasible { index }) => {
            wit::SharingError::Infeasible(position(index))
        }
        SharingError::Refused(Refusal::NotHomogeneous { index }) => {
            wit::SharingError::NotHomogeneous(position(index))
        }
    }
}

fn outcome(outcome: Outcome) -> wit::Outcome {
    match outcome {
        Outcome::NothingToShare => wit::Outcome::NothingToShare,
        Outcome::Shared => wit::Outcome::Shared,
        Outcome::SoleSurvivor => wit::Outcome::SoleSurvivor,
        Outcome::NoWeight => wit::Outcome::NoWeight,
        Outcome::EveryoneDied => wit::Outcome::EveryoneDied,
    }
}
