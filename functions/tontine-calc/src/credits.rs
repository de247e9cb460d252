//! `POST /v1/tontine/credits`.

use money::Cents;
use serde::{Deserialize, Serialize};
use tontine::{Fairness, Outcome, Participant, Plan, Rule, Sharing};
use web::routes::Tontine;
use web::{Call, Host, Problem, Reply};

use crate::fairness::{Equitable, FairnessSummary, figure};
use crate::lines::{self, Pace};
use crate::pool::Pool;

/// A shared pot. The credits and what is carried out sum to the pot, and the pot
/// and what goes to estates to what the dead left and what was carried in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SharedCredits {
    /// The rule that shared: the one that was asked for, or its fallback.
    pub rule: Rule,
    /// What the search for equitable weights found, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equitable: Option<Equitable>,
    /// What happened to the pot.
    pub outcome: Outcome,
    /// What the dead staked and what was carried in.
    pub pot_cents: Cents,
    /// What goes to the next period's pot.
    pub carried_out_cents: Cents,
    /// How much was released for each unit that the rates foresaw.
    #[cfg_attr(feature = "schema", schemars(example = "2.564373808032"))]
    pub group_gain: String,
    /// How fair the rule is in this pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fairness: Option<FairnessSummary>,
    /// The credits in the order of the request: of the survivors, and of the
    /// estates that get something. By line: a line each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Vec<Credit>>,
}

/// A longevity credit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Credit {
    /// The member.
    pub id: String,
    /// Whether the member died: then it belongs to the estate.
    #[serde(default, skip_serializing_if = "is_false")]
    pub died: bool,
    /// The credit.
    pub credit_cents: Cents,
    /// What stands at risk, where a cap lowers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stake_cents: Option<Cents>,
    /// What a cap took from the credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_cents: Option<Cents>,
    /// What of the balance goes to the estate unshared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_estate_cents: Option<Cents>,
    /// The expected credit over the expected forfeiture: 1 is fair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fairness_ratio: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// Answers a request.
pub(crate) fn handle(host: &dyn Host, call: &mut Call<Tontine>) -> Result<Reply, Problem> {
    let pool = Pool::read(host, call)?;
    let (mut reply, credits) = share(pool)?;
    if call.lines.is_some() {
        return lines::reply(&reply, credits.map(Ok), Pace::Gathered);
    }
    reply.credits = Some(credits.collect());
    Reply::json(&reply)
}

/// Shares the pot of a pool: what is said of all, and the credits.
///
/// # Errors
/// A problem with a pointer to the field.
pub fn share(pool: Pool) -> Result<(SharedCredits, impl Iterator<Item = Credit>), Problem> {
    let plan = Plan::new(pool.rule, pool.caps, &pool.participants);
    let plan = plan.map_err(|error| pool.problem(&error))?;
    let sharing = plan
        .share(pool.carried_in)
        .map_err(|error| pool.problem(&error.into()))?;
    let fairness = pool.with_fairness.then(|| plan.fairness());
    let summary = fairness
        .as_ref()
        .map(|fairness| FairnessSummary::of(fairness, &pool.participants));
    let reply = SharedCredits {
        rule: plan.applied(),
        equitable: Equitable::of(plan.equitable())?,
        outcome: sharing.outcome,
        pot_cents: sharing.pot,
        carried_out_cents: sharing.carried_out,
        group_gain: sharing.group_gain.to_string(),
        fairness: summary.transpose()?,
        credits: None,
    };
    drop(plan);
    let participants = pool.participants.into_iter().enumerate();
    let credits = participants
        .filter_map(move |(i, participant)| credit(i, participant, &sharing, fairness.as_ref()));
    Ok((reply, credits))
}

/// What the member at `i` gets, if it is a survivor or an estate with something.
fn credit(
    i: usize,
    participant: Participant<Box<str>>,
    sharing: &Sharing,
    fairness: Option<&Fairness>,
) -> Option<Credit> {
    let some = |amounts: &[Cents]| amounts.get(i).copied().filter(|c| *c != Cents::ZERO);
    let credit = some(&sharing.credits);
    let to_estate = some(&sharing.to_estates);
    if participant.died && credit.is_none() && to_estate.is_none() {
        return None;
    }
    let stake = sharing.stakes.get(i).copied();
    Some(Credit {
        id: participant.id.into_string(),
        died: participant.died,
        credit_cents: credit.unwrap_or(Cents::ZERO),
        stake_cents: stake.filter(|stake| *stake != participant.at_risk),
        cut_cents: some(&sharing.cut),
        to_estate_cents: to_estate,
        // A ratio is finite, or the summary had been none.
        fairness_ratio: fairness.and_then(|f| figure(*f.ratios.get(i)?).ok()),
    })
}
