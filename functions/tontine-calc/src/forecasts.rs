//! `POST /v1/tontine/forecasts`.

use forecast::{
    DescribedPool, ForecastError, ForecastTerms, Pool, PoolMember, Question, Simulation, Snapshot,
};
use ledger::settlement::{Candidate, Valuation};
use mortality::{Basis, ExactAge};
use serde::{Deserialize, Serialize};
use time::{Date, Month};
use uuid::Uuid;
use web::routes::Tontine;
use web::{Broken, Call, Code, Host, Problem, Reply, parse_json, rates};

use crate::lines::{self, Pace};
use crate::pool::{next_settlement, require_operator};

/// The most members of a listed pool.
const MAX_MEMBERS: usize = 10_000;
/// The most snapshots on the way to the last.
const MAX_SNAPSHOTS: u32 = 100;

/// A pool, a member of it, and what is to be known of the member's income.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Forecast {
    /// The members and the one whose income is forecast.
    pub pool: ForecastPool,
    /// By which rates members die.
    pub deaths: Basis,
    /// By which rates the pool pays and shares; if absent, the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// How far, how often, and what the money earns.
    pub terms: ForecastTerms,
    /// What is asked.
    pub question: Question,
    /// How many snapshots the answer has, a line each: 1 to 100. The last one is
    /// of all paths.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub snapshots: u32,
}

/// The members of a forecast.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ForecastPool {
    /// Listed one by one.
    Listed {
        /// The members: 1 to 10,000.
        #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 10_000)))]
        members: Vec<PoolMember>,
        /// The position of the watched one, from 0.
        watched: usize,
    },
    /// Described.
    Described(DescribedPool),
    /// The living members of a pool of the ledger, with what they hold; for
    /// operators.
    Named {
        /// The pool.
        pool_id: Uuid,
        /// The watched member.
        member_id: Uuid,
    },
}

/// Answers a request with a line for each snapshot, while the paths are drawn.
pub(crate) fn handle(host: &dyn Host, call: &Call<Tontine>) -> Result<Reply, Problem> {
    let request: Forecast = parse_json(&call.body)?;
    if !(1..=MAX_SNAPSHOTS).contains(&request.snapshots) {
        let detail = format!("must be 1 to {MAX_SNAPSHOTS}");
        return Err(Problem::invalid_field("/snapshots", detail));
    }
    let deaths = rates::of(&|id| rates::uploaded(host, id), &request.deaths, "/deaths")?;
    let basis = match &request.basis {
        Some(basis) => rates::of(&|id| rates::uploaded(host, id), basis, "/basis")?,
        None => deaths.clone(),
    };
    let pool = pool(host, call, request.pool, request.terms.first_year)?;
    let simulation = Simulation::new(&pool, &deaths, &basis, request.terms).map_err(problem)?;
    let each = request.terms.paths.div_ceil(request.snapshots).max(1);
    let mut snapshots = Snapshots {
        simulation,
        each,
        question: request.question,
    };
    // The first is made before the status leaves: what can be refused is refused.
    let first = snapshots.next().transpose().map_err(problem)?;
    let first = first.ok_or_else(|| Problem::internal("a forecast without a path"))?;
    lines::reply(
        &first,
        snapshots.map(|next| next.map_err(|_| Broken)),
        Pace::EachAtOnce,
    )
}

/// Draws some paths at each step.
struct Snapshots {
    simulation: Simulation,
    each: u32,
    question: Question,
}

impl Iterator for Snapshots {
    type Item = Result<Snapshot, ForecastError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.simulation.is_complete() {
            return None;
        }
        self.simulation.advance(self.each);
        Some(self.simulation.snapshot(&self.question))
    }
}

fn pool(
    host: &dyn Host,
    call: &Call<Tontine>,
    given: ForecastPool,
    first_year: i32,
) -> Result<Pool, Problem> {
    match given {
        ForecastPool::Listed { members, watched } => {
            if members.len() > MAX_MEMBERS {
                let detail = format!("must have at most {MAX_MEMBERS} members");
                return Err(Problem::invalid_field("/pool/listed/members", detail));
            }
            Pool::listed(members, watched).map_err(problem)
        }
        ForecastPool::Described(described) => Pool::described(&described).map_err(problem),
        ForecastPool::Named { pool_id, member_id } => {
            require_operator(call)?;
            let at = "/pool/named/member_id";
            let starts_on = Date::from_calendar_date(first_year, Month::January, 1)
                .map_err(|_| Problem::invalid_field("/terms/first_year", "is not a year"))?;
            let next = next_settlement(host, pool_id, "/pool/named/pool_id")?;
            let (mut members, mut watched) = (Vec::new(), None);
            store::candidates(&*next.database, pool_id, next.period, |id, candidate| {
                if candidate.died_on.is_none() {
                    if id == member_id {
                        watched = Some(members.len());
                    }
                    members.push(member(&candidate, starts_on));
                }
            })?;
            let members = members.into_iter().collect::<Result<_, _>>()?;
            let watched = watched
                .ok_or_else(|| Problem::invalid_field(at, "is no living member of the pool"))?;
            Pool::listed(members, watched).map_err(problem)
        }
    }
}

/// A member of the ledger, in the age at the forecast's beginning.
fn member(candidate: &Candidate, starts_on: Date) -> Result<PoolMember, Problem> {
    let open = || {
        Problem::new(Code::OpenExceptions)
            .because("a member has no date of birth or no complete valuation")
    };
    let birth_date = candidate.birth_date.ok_or_else(open)?;
    let age = ExactAge::on(starts_on, birth_date).map_err(|_| open())?;
    let Valuation::Complete(securities) = candidate.securities else {
        return Err(open());
    };
    Ok(PoolMember {
        sex: candidate.sex,
        age_years: age.years(),
        balance_cents: candidate.cash.plus(securities).map_err(|_| open())?,
    })
}

fn problem(error: ForecastError) -> Problem {
    let pointer = match error {
        ForecastError::Question => "/question".to_owned(),
        ForecastError::Age { index, .. } | ForecastError::NegativeBalance { index } => {
            format!("/pool/listed/members/{index}")
        }
        ForecastError::Members
        | ForecastError::Ages
        | ForecastError::Watched
        | ForecastError::TotalOutOfRange => "/pool".to_owned(),
        _ => "/terms".to_owned(),
    };
    Problem::invalid_field(pointer, error.to_string())
}
