//! `POST /v1/tontine/fairness`, and the fairness that every sharing states.

use payout::Figure;
use serde::{Deserialize, Serialize};
use tontine::{
    Caps, Fairness, FairnessMethod as Found, NoEquitableWeights, Participant, Plan, Rule, Solution,
};
use web::routes::Tontine;
use web::{Call, Host, Problem, Reply};

use crate::lines::{self, Pace};
use crate::pool::Pool;

/// How fair a rule is in a pool, before it is known who dies. A ratio is the
/// expected credit over the expected forfeiture q·s: 1 is fair.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FairnessSummary {
    /// How the ratios were found.
    pub method: FairnessMethod,
    /// All expected credits over all expected forfeitures.
    pub level: String,
    /// The largest distance of a ratio from 1.
    pub worst: String,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst_member: Option<String>,
    /// The root mean square of the ratios' distances from 1.
    pub rms_from_one: String,
    /// The root mean square of the ratios' distances from the level.
    pub rms_from_level: String,
    /// The largest ratio over the smallest, less 1; absent if the smallest is zero,
    /// or too small to tell from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<String>,
    /// What would be lost if everybody died, weighted with how likely that is,
    /// over all expected forfeitures.
    pub everyone_dies_loss: String,
    /// (Σs)²/Σs²: as many equal stakes would give an income as stable.
    pub implied_members: String,
    /// The member with the largest weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest: Option<LargestMember>,
}

/// How ratios were found.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FairnessMethod {
    /// The rule is fair by construction.
    ClosedForm,
    /// By the one-dimensional integral.
    Integral,
}

/// The member who could be too large for the pool.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LargestMember {
    /// The member.
    pub id: String,
    /// The member's part of all nominal gains.
    pub share: String,
    /// What the member's relative bias by nominal gain cannot exceed.
    pub bias_bound: String,
}

/// What the search for equitable weights found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Equitable {
    /// The weights.
    Weights {
        /// Times that all expected credits were computed.
        rounds: usize,
        /// The largest ratio over the smallest, less 1.
        spread: String,
    },
    /// None: the fallback shares.
    None {
        /// Why.
        reason: String,
    },
}

/// A member's fairness.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberFairness {
    /// The member.
    pub id: String,
    /// The expected credit over the expected forfeiture.
    pub ratio: String,
}

/// How fair a rule is in a pool, and for each member.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PoolFairness {
    /// The rule that would share: the one that was asked for, or its fallback.
    pub rule: Rule,
    /// What the search for equitable weights found, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equitable: Option<Equitable>,
    /// The pool as a whole.
    pub fairness: FairnessSummary,
    /// The members in the order of the request. By line: a line each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<MemberFairness>>,
}

/// The decimals of a ratio.
const PLACES: u32 = 10;
/// The decimals of what is nearly zero.
const FINE_PLACES: u32 = 15;

/// A figure as decimal text. What is not finite is no answer.
pub(crate) fn figure(x: f64) -> Result<String, Problem> {
    text(x, PLACES)
}

/// A figure that may be nearly zero.
pub(crate) fn fine_figure(x: f64) -> Result<String, Problem> {
    text(x, FINE_PLACES)
}

/// A spread, which is infinite beside a ratio of zero.
pub(crate) fn spread(x: f64) -> Result<Option<String>, Problem> {
    x.is_finite().then(|| fine_figure(x)).transpose()
}

/// Decimal text. A ratio in a pool of a cent beside a fortune goes beyond what a
/// [`Figure`] holds, and then has the digits that it has.
fn text(x: f64, places: u32) -> Result<String, Problem> {
    match Figure::of(x, places) {
        Ok(figure) => Ok(figure.to_string()),
        Err(_) if x.is_finite() => Ok(format!("{x:.*}", places as usize)),
        Err(error) => Err(Problem::internal(format!("a figure: {error}"))),
    }
}

impl FairnessSummary {
    /// Of a fairness whose positions are those of `participants`.
    pub(crate) fn of(
        fairness: &Fairness,
        participants: &[Participant<Box<str>>],
    ) -> Result<Self, Problem> {
        let id = |index: usize| participants.get(index).map(|p| p.id.to_string());
        let largest = fairness.largest.map(|largest| {
            Ok::<_, Problem>(LargestMember {
                id: id(largest.index).unwrap_or_default(),
                share: figure(largest.share)?,
                bias_bound: figure(largest.bias_bound)?,
            })
        });
        Ok(Self {
            method: match fairness.method {
                Found::ClosedForm => FairnessMethod::ClosedForm,
                Found::Integral { .. } => FairnessMethod::Integral,
            },
            level: figure(fairness.level)?,
            worst: fine_figure(fairness.worst)?,
            worst_member: fairness.worst_member.and_then(id),
            rms_from_one: fine_figure(fairness.rms_from_one)?,
            rms_from_level: fine_figure(fairness.rms_from_level)?,
            spread: spread(fairness.spread)?,
            everyone_dies_loss: fine_figure(fairness.everyone_dies_loss)?,
            implied_members: text(fairness.implied_members, 4)?,
            largest: largest.transpose()?,
        })
    }
}

impl Equitable {
    pub(crate) fn of(
        found: Option<Result<Solution, NoEquitableWeights>>,
    ) -> Result<Option<Self>, Problem> {
        Ok(match found {
            None => None,
            Some(Ok(solution)) => Some(Self::Weights {
                rounds: solution.rounds,
                spread: fine_figure(solution.spread)?,
            }),
            Some(Err(none)) => Some(Self::None {
                reason: none.to_string(),
            }),
        })
    }
}

/// Answers a request.
pub(crate) fn handle(host: &dyn Host, call: &mut Call<Tontine>) -> Result<Reply, Problem> {
    let pool = Pool::read(host, call)?;
    // Caps on credits depend on who dies: fairness counts that on the stake.
    let caps = Caps {
        max_stake_cents: pool.caps.max_stake_cents,
        ..Caps::NONE
    };
    let plan = Plan::new(pool.rule, caps, &pool.participants).map_err(|e| pool.problem(&e))?;
    let fairness = plan.fairness();
    let mut reply = PoolFairness {
        rule: plan.applied(),
        equitable: Equitable::of(plan.equitable())?,
        fairness: FairnessSummary::of(&fairness, &pool.participants)?,
        members: None,
    };
    drop(plan);
    let members = pool.participants.into_iter().zip(fairness.ratios);
    let member = |(participant, ratio): (Participant<Box<str>>, f64)| {
        // A ratio is finite, or the summary had been none.
        MemberFairness {
            id: participant.id.into_string(),
            ratio: figure(ratio).unwrap_or_default(),
        }
    };
    if call.lines.is_some() {
        return lines::reply(&reply, members.map(member).map(Ok), Pace::Gathered);
    }
    reply.members = Some(members.map(member).collect());
    Reply::json(&reply)
}
