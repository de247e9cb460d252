//! `POST /v1/tontine/credits`.

use money::Cents;
use mortality::Probability;
use serde::{Deserialize, Serialize};
use tontine::{Outcome, Participant, PoolError, nominal_gain};
use web::{Problem, parse_json};

/// The most members of a pool in a JSON body.
pub const MAX_MEMBERS: usize = 10_000;
/// The longest id of a member.
pub const MAX_ID_LEN: usize = 64;

/// A pool and who died in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShareCredits {
    /// The members at risk: 1 to 10,000.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 10_000)))]
    pub members: Vec<MemberAtRisk>,
    /// The pot that was carried from the period before.
    #[serde(default)]
    pub carried_in_cents: Cents,
}

/// A member at risk in the period.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberAtRisk {
    /// Unique in the pool; orders members of equal remainder.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64), example = &"A"))]
    pub id: String,
    /// The probability of dying in the period.
    pub q: Probability,
    /// The balance after the period's return and before deaths.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub at_risk_cents: Cents,
    /// Whether the member died in the period.
    #[serde(default)]
    pub died: bool,
}

/// A shared pot. The credits and what is carried out sum to the pot.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SharedCredits {
    /// What happened to the pot.
    pub outcome: Outcome,
    /// The balances of the dead and what was carried in.
    pub pot_cents: Cents,
    /// What goes to the next period's pot.
    pub carried_out_cents: Cents,
    /// The pot over the survivors' nominal gains.
    #[cfg_attr(feature = "schema", schemars(example = "2.564373808032"))]
    pub group_gain: String,
    /// The credits of the survivors, in the order of the request.
    pub credits: Vec<Credit>,
}

/// A survivor's longevity credit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Credit {
    /// The member.
    pub id: String,
    /// The credit.
    pub credit_cents: Cents,
}

/// Reads a pool and shares its pot by nominal gain with group gain.
///
/// # Errors
/// A problem with a pointer to the field.
pub fn share(body: &[u8]) -> Result<SharedCredits, Problem> {
    let pool: ShareCredits = parse_json(body)?;
    if !(1..=MAX_MEMBERS).contains(&pool.members.len()) {
        let detail = format!("must have 1 to {MAX_MEMBERS} members");
        return Err(Problem::invalid_field("/members", detail));
    }
    if pool.carried_in_cents.is_negative() {
        return Err(Problem::invalid_field("/carried_in_cents", "is negative"));
    }
    let participants: Vec<Participant<String>> = pool
        .members
        .into_iter()
        .enumerate()
        .map(participant)
        .collect::<Result<_, _>>()?;
    let sharing = nominal_gain(&participants, pool.carried_in_cents).map_err(|e| problem(&e))?;
    let survivors = participants.into_iter().zip(&sharing.credits);
    Ok(SharedCredits {
        outcome: sharing.outcome,
        pot_cents: sharing.pot,
        carried_out_cents: sharing.carried_out,
        group_gain: sharing.group_gain.to_string(),
        credits: survivors
            .filter(|(participant, _)| !participant.died)
            .map(|(participant, credit)| Credit {
                id: participant.id,
                credit_cents: *credit,
            })
            .collect(),
    })
}

fn participant((index, member): (usize, MemberAtRisk)) -> Result<Participant<String>, Problem> {
    if !(1..=MAX_ID_LEN).contains(&member.id.len()) {
        let detail = format!("must have 1 to {MAX_ID_LEN} bytes");
        return Err(Problem::invalid_field(
            format!("/members/{index}/id"),
            detail,
        ));
    }
    Ok(Participant {
        id: member.id,
        q: member.q,
        at_risk: member.at_risk_cents,
        died: member.died,
    })
}

fn problem(error: &PoolError) -> Problem {
    let pointer = match error {
        PoolError::Empty | PoolError::TooMany | PoolError::PotOutOfRange => "/members".to_owned(),
        PoolError::NegativeBalance { index } => format!("/members/{index}/at_risk_cents"),
        PoolError::DuplicateMember { index } => format!("/members/{index}/id"),
    };
    Problem::invalid_field(pointer, error.to_string())
}
