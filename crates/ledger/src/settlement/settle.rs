//! From standings to lines.

use money::Cents;
use mortality::{ExactAge, MAX_AGE, Probability, Rates, Sex};
use tontine::{Outcome, Participant, Plan, SharingError};

use super::{Fate, SettlementError, Standing};
use crate::Term;
use crate::command::PoolRules;

/// One member's line of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// What happened.
    pub fate: Fate,
    /// The place of the rate of dying in [`Draft::rates`], from 1; 0 for who was not
    /// at risk.
    pub rate: u32,
    /// The longevity credit; of who died, the estate's.
    pub credit: Cents,
    /// What of the balance of a member who left to the pool goes to the estate
    /// unshared.
    pub estate: Cents,
}

/// A settlement, computed and not yet recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What happened to the pot.
    pub outcome: Outcome,
    /// The name of the rule that shared: the pool's, or its fallback.
    pub applied_rule: &'static str,
    /// Carried in from the period before.
    pub carried_in: Cents,
    /// The amount to share.
    pub pot: Cents,
    /// Carried to the next period.
    pub carried_out: Cents,
    /// The pot over the survivors' nominal gains, decimal text.
    pub group_gain: String,
    /// The rates of dying, each once, in the order of their first use.
    pub rates: Vec<Probability>,
    /// A line for each standing, in their order.
    pub lines: Vec<Line>,
}

/// The standings at risk as the sharing sees them, with the rates of dying and, for
/// each participant, the place of the rate from 1.
type AtRisk = (Vec<Participant<u32>>, Vec<Probability>, Vec<u32>);

/// The members at risk, as the sharing of the pot sees them: their ids are positions
/// in the standings.
///
/// # Errors
/// [`SettlementError::AgeOutsideBasis`].
pub fn participants(
    rates: &Rates,
    term: Term,
    standings: &[Standing],
) -> Result<Vec<Participant<u32>>, SettlementError> {
    at_risk(rates, term, standings).map(|(participants, ..)| participants)
}

/// The months of age that a basis can have.
const MONTHS: usize = (MAX_AGE as usize + 1) * 12;

/// Where a rate is looked up; beyond the end for ages that no basis has.
fn by_sex_and_age(sex: Sex, age: ExactAge) -> usize {
    let month = age.years() as usize * 12 + usize::from(age.months());
    match sex {
        Sex::Female if month < MONTHS => month,
        Sex::Female => usize::MAX,
        Sex::Male => MONTHS.saturating_add(month),
    }
}

fn at_risk(rates: &Rates, term: Term, standings: &[Standing]) -> Result<AtRisk, SettlementError> {
    // Members of the same sex and age share a rate: its place, from 1, by both.
    let mut known = vec![0; 2 * MONTHS];
    let mut distinct: Vec<Probability> = Vec::new();
    let mut participants = Vec::with_capacity(standings.len());
    let mut places = Vec::with_capacity(standings.len());
    for ((index, standing), id) in standings.iter().enumerate().zip(0_u32..) {
        let Some(age) = standing.age else { continue };
        let outside = SettlementError::AgeOutsideBasis { index };
        let place = known
            .get_mut(by_sex_and_age(standing.sex, age))
            .ok_or(outside)?;
        if *place == 0 {
            let year = term.first_day().year();
            let q = rates
                .dying(standing.sex, age, term.cadence, year)
                .map_err(|_| SettlementError::AgeOutsideBasis { index })?;
            distinct.push(q);
            // There are as many as `known` is long, at most.
            *place = u32::try_from(distinct.len()).unwrap_or(u32::MAX);
        }
        let place = *place;
        places.push(place);
        participants.push(Participant {
            id,
            q: distinct[place as usize - 1],
            at_risk: standing.balance(),
            died: standing.died,
        });
    }
    Ok((participants, distinct, places))
}

/// Settles a period.
///
/// Who died and was at risk leaves the stake to the pot; who died without, everything
/// to the estate; and so does everybody if nobody at risk survived and the rule pays
/// survivors alone. The order of the standings is that of the members' ids: it decides
/// between equal remainders.
///
/// # Errors
/// See [`SettlementError`].
pub fn settle(
    rules: &PoolRules,
    rates: &Rates,
    term: Term,
    standings: &[Standing],
    carried_in: Cents,
) -> Result<Draft, SettlementError> {
    let (participants, distinct, places) = at_risk(rates, term, standings)?;
    let mut draft = Draft {
        outcome: Outcome::NothingToShare,
        applied_rule: rules.sharing_rule.name(),
        carried_in,
        pot: carried_in,
        carried_out: carried_in,
        group_gain: tontine::GroupGain::default().to_string(),
        rates: distinct,
        lines: standings.iter().map(unshared).collect(),
    };
    if participants.is_empty() {
        return Ok(draft);
    }
    let plan = Plan::new(rules.sharing_rule, rules.caps, &participants).map_err(|error| {
        let of_standing = |index: usize| participants[index].id as usize;
        match error {
            SharingError::Pool(error) => SettlementError::Pool(error),
            SharingError::Refused(refusal) => SettlementError::Refused {
                index: of_standing(refusal.index()),
                refusal,
            },
        }
    })?;
    let sharing = plan.share(carried_in)?;
    draft.applied_rule = plan.applied().name();
    drop(plan);
    draft.outcome = sharing.outcome;
    draft.pot = sharing.pot;
    draft.carried_out = sharing.carried_out;
    draft.group_gain = sharing.group_gain.to_string();
    for (i, participant) in participants.iter().enumerate() {
        let line = &mut draft.lines[participant.id as usize];
        line.rate = places[i];
        line.credit = sharing.credits[i];
        if sharing.outcome == Outcome::EveryoneDied {
            line.fate = Fate::LeftToEstate;
        } else {
            line.estate = sharing.to_estates[i];
        }
    }
    Ok(draft)
}

/// The line of a standing before anything is shared.
fn unshared(standing: &Standing) -> Line {
    Line {
        fate: match (standing.died, standing.age) {
            (false, _) => Fate::Survived,
            (true, Some(_)) => Fate::LeftToPool,
            (true, None) => Fate::LeftToEstate,
        },
        rate: 0,
        credit: Cents::ZERO,
        estate: Cents::ZERO,
    }
}
