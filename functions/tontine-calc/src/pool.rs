//! A pool as a request gives it: members in a JSON body, by line, or by the name of
//! a pool in the ledger.

use ledger::settlement::Roll;
use ledger::{Month, Term, calendar, settlement};
use money::Cents;
use mortality::{Basis, ExactAge, Period, Probability, Rates, Sex};
use serde::{Deserialize, Serialize};
use store::{Database, OpenSettlement, SettlementState};
use time::Date;
use tontine::{Caps, Participant, PoolError, Refusal, Rule, SharingError};
use uuid::Uuid;
use web::rates::{self, FindTable};
use web::routes::Tontine;
use web::{Call, Code, Host, Problem, Scope, parse_json};

/// The most members of a pool in a JSON body.
pub const MAX_MEMBERS: usize = 10_000;
/// The most members of a pool that comes by line.
pub const MAX_LINES: usize = 1_000_000;
/// The longest id of a member.
pub const MAX_ID_LEN: usize = 64;

/// A pool at risk in a period, and the rule by which its pot is shared. By line:
/// the first line is this without `members`, each further line a member.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PoolAtRisk {
    /// How the pot is shared. Only a named pool has a rule of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// What one member gets or stakes at most.
    #[serde(default)]
    pub caps: Caps,
    /// The pot that was carried from the period before.
    #[serde(default)]
    pub carried_in_cents: Cents,
    /// Where rates of dying come from, for members without a `q` of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<PeriodRates>,
    /// Whether each member's fairness is computed too.
    #[serde(default = "yes")]
    pub with_fairness: bool,
    /// A pool of the ledger, for operators: its members with what the next
    /// settlement would find, in place of `members`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool_id: Option<Uuid>,
    /// The members at risk: 1 to 10,000.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 10_000)))]
    pub members: Vec<MemberAtRisk>,
}

const fn yes() -> bool {
    true
}

/// A basis, and the period for which it gives the rates of dying.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PeriodRates {
    /// The basis.
    pub basis: Basis,
    /// How long the period is.
    pub period: Period,
    /// Its first day. A member's age is the exact age on it.
    #[serde(with = "calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "calendar::CalendarDate"))]
    pub starts_on: Date,
}

/// A member at risk in the period: either `q`, or `sex` and `birth_date` and the
/// pool's `rates`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberAtRisk {
    /// Unique in the pool; orders members of equal remainder.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64), example = &"A"))]
    pub id: String,
    /// The probability of dying in the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<Probability>,
    /// The sex by which the basis is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// The date of birth.
    #[serde(
        default,
        with = "calendar::option",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<calendar::CalendarDate>"))]
    pub birth_date: Option<Date>,
    /// The balance after the period's return and before deaths.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub at_risk_cents: Cents,
    /// Whether the member died in the period.
    #[serde(default)]
    pub died: bool,
}

/// What was read.
pub struct Pool {
    /// How the pot is shared.
    pub rule: Rule,
    /// The caps.
    pub caps: Caps,
    /// Carried from the period before.
    pub carried_in: Cents,
    /// Whether fairness is asked for.
    pub with_fairness: bool,
    /// The members, in the order of the request.
    pub participants: Vec<Participant<Box<str>>>,
    place: Place,
}

/// How a problem points to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Document,
    Lines,
    Ledger,
}

impl Place {
    /// A problem with a field of the member at `index`.
    fn problem(self, index: usize, field: &str, detail: impl Into<String>) -> Problem {
        match self {
            Self::Document => Problem::invalid_field(format!("/members/{index}{field}"), detail),
            Self::Lines => Problem::invalid_field(field, detail).on_line(index + 2),
            Self::Ledger => Problem::invalid_field("/pool_id", detail),
        }
    }
}

impl Pool {
    /// The pool of a request's body.
    ///
    /// # Errors
    /// A problem with a pointer to the field, and the line if it came by line.
    pub fn read(host: &dyn Host, call: &mut Call<Tontine>) -> Result<Self, Problem> {
        let Some(lines) = &mut call.lines else {
            let pool: PoolAtRisk = parse_json(&call.body)?;
            return match pool.pool_id {
                Some(pool_id) => Self::of_ledger(host, call, pool_id, pool),
                None => Self::of_document(&|id| rates::uploaded(host, id), pool),
            };
        };
        let head = match lines.next_line()? {
            Some(line) => parse_json::<PoolAtRisk>(line).map_err(|p| p.on_line(1))?,
            None => return Err(Problem::invalid_field("", "there is no line").on_line(1)),
        };
        if head.pool_id.is_some() || !head.members.is_empty() {
            let detail = "members come by line, one each";
            return Err(Problem::invalid_field("/members", detail).on_line(1));
        }
        let mut pool = Self::of_head(&|id| rates::uploaded(host, id), head, Place::Lines)
            .map_err(|p| p.on_line(1))?;
        while let Some(line) = lines.next_line()? {
            let index = pool.0.participants.len();
            if index == MAX_LINES {
                let detail = format!("a pool has at most {MAX_LINES} members");
                return Err(Problem::invalid_field("", detail).on_line(index + 2));
            }
            let member = parse_json(line).map_err(|problem| problem.on_line(index + 2))?;
            pool.add(index, member)?;
        }
        pool.whole("")
    }

    fn of_document(find: FindTable<'_>, document: PoolAtRisk) -> Result<Self, Problem> {
        if document.members.len() > MAX_MEMBERS {
            let detail = format!("must have at most {MAX_MEMBERS} members; more come by line");
            return Err(Problem::invalid_field("/members", detail));
        }
        Self::of_any_size(find, document)
    }

    /// The pool of a document that was not sent.
    ///
    /// # Errors
    /// As [`Pool::read`].
    pub fn of_any_size(find: FindTable<'_>, mut document: PoolAtRisk) -> Result<Self, Problem> {
        let members = std::mem::take(&mut document.members);
        let mut pool = Self::of_head(find, document, Place::Document)?;
        for (index, member) in members.into_iter().enumerate() {
            pool.add(index, member)?;
        }
        pool.whole("/members")
    }

    fn of_head(find: FindTable<'_>, head: PoolAtRisk, place: Place) -> Result<Growing, Problem> {
        if head.carried_in_cents.is_negative() {
            return Err(Problem::invalid_field("/carried_in_cents", "is negative"));
        }
        let rule = head
            .rule
            .ok_or_else(|| Problem::invalid_field("/rule", "is missing"))?;
        let rates = match head.rates {
            Some(of) => Some((
                rates::of(find, &of.basis, "/rates/basis")?,
                of.period,
                of.starts_on,
            )),
            None => None,
        };
        let pool = Self {
            rule,
            caps: head.caps,
            carried_in: head.carried_in_cents,
            with_fairness: head.with_fairness,
            participants: Vec::new(),
            place,
        };
        Ok(Growing(pool, rates))
    }

    /// What the next settlement of a pool of the ledger would find.
    fn of_ledger(
        host: &dyn Host,
        call: &Call<Tontine>,
        pool_id: Uuid,
        given: PoolAtRisk,
    ) -> Result<Self, Problem> {
        require_operator(call)?;
        if !given.members.is_empty() || given.rates.is_some() {
            let detail = "a named pool has members and rates of its own";
            return Err(Problem::invalid_field("/pool_id", detail));
        }
        let next = next_settlement(host, pool_id, "/pool_id")?;
        let rules = rates::rules_of(&next.open)?;
        let term = Term {
            starts: next.period,
            cadence: rules.cadence,
        };
        let mut roll = Roll::new(term);
        store::candidates(&*next.database, pool_id, next.period, |id, candidate| {
            roll.add(id, &candidate);
        })?;
        if let Some(problem) = Problem::of_exceptions(&roll) {
            return Err(problem);
        }
        let rates = rates::of(&|id| rates::uploaded(host, id), &rules.basis, "/pool_id")?;
        let at_risk = settlement::participants(&rates, term, roll.standings())
            .map_err(|error| Problem::of_settlement(&error, &roll))?;
        let id = |standing: u32| roll.id(standing as usize).unwrap_or_default();
        let participants = at_risk
            .into_iter()
            .map(|p| Participant {
                id: id(p.id).to_string().into_boxed_str(),
                q: p.q,
                at_risk: p.at_risk,
                died: p.died,
            })
            .collect();
        let own_caps = given.rule.is_none() && given.caps == Caps::NONE;
        Ok(Self {
            rule: given.rule.unwrap_or(rules.sharing_rule),
            caps: if own_caps { rules.caps } else { given.caps },
            carried_in: next.open.carried_in,
            with_fairness: given.with_fairness,
            participants,
            place: Place::Ledger,
        })
    }

    /// The problem behind a refusal of the mathematics.
    pub fn problem(&self, error: &SharingError) -> Problem {
        let text = error.to_string();
        let whole = match self.place {
            Place::Document => "/members",
            Place::Lines => "",
            Place::Ledger => "/pool_id",
        };
        match error {
            SharingError::Pool(PoolError::NegativeBalance { index }) => {
                self.place.problem(*index, "/at_risk_cents", text)
            }
            SharingError::Pool(PoolError::DuplicateMember { index }) => {
                self.place.problem(*index, "/id", text)
            }
            SharingError::Pool(_) => Problem::invalid_field(whole, text),
            SharingError::Refused(
                Refusal::Infeasible { index } | Refusal::NotHomogeneous { index },
            ) => {
                let id = self.participants.get(*index).map_or("", |p| &p.id);
                Problem::new(Code::RuleNotApplicable)
                    .at("/rule")
                    .because(format!("member {id}: {text}"))
            }
        }
    }
}

/// A pool of the ledger can be named by operators alone: its members are not
/// everybody's business.
pub(crate) fn require_operator(call: &Call<Tontine>) -> Result<(), Problem> {
    if call.caller()?.has(Scope::Operator) {
        return Ok(());
    }
    Err(Problem::new(Code::InsufficientScope).because("only an operator can name a pool"))
}

/// The period that a pool settles next.
pub(crate) struct NextSettlement {
    /// The connection that has its members.
    pub database: Box<dyn Database>,
    /// The month with which it begins.
    pub period: Month,
    /// What its settlement needs.
    pub open: Box<OpenSettlement>,
}

/// The period to settle next. `pointer` leads to the pool's id in the body.
pub(crate) fn next_settlement(
    host: &dyn Host,
    pool_id: Uuid,
    pointer: &str,
) -> Result<NextSettlement, Problem> {
    let database = host.database()?;
    let period = store::next_period(&*database, pool_id)?
        .ok_or_else(|| Problem::new(Code::UnknownPool).at(pointer))?;
    match store::settlement_state(&*database, pool_id, period)? {
        SettlementState::Open(open) => Ok(NextSettlement {
            database,
            period,
            open,
        }),
        // Somebody settled the period between the two reads.
        SettlementState::Settled(_) => Err(Problem::new(Code::InputsChanged)),
    }
}

/// A pool to which members are added, and the rates for those without a `q`.
struct Growing(Pool, Option<(Rates, Period, Date)>);

impl Growing {
    fn add(&mut self, index: usize, member: MemberAtRisk) -> Result<(), Problem> {
        let Self(pool, rates) = self;
        let problem = |field, detail: String| pool.place.problem(index, field, detail);
        if !(1..=MAX_ID_LEN).contains(&member.id.len()) {
            let detail = format!("must have 1 to {MAX_ID_LEN} bytes");
            return Err(problem("/id", detail));
        }
        if member.at_risk_cents.is_negative() {
            return Err(problem("/at_risk_cents", "is negative".to_owned()));
        }
        let q = match (member.q, member.sex, member.birth_date, rates) {
            (Some(q), None, None, _) => q,
            (None, Some(sex), Some(birth_date), Some((rates, period, starts_on))) => {
                let age = ExactAge::on(*starts_on, birth_date)
                    .map_err(|error| problem("/birth_date", error.to_string()))?;
                rates
                    .dying(sex, age, *period, starts_on.year())
                    .map_err(|error| problem("/birth_date", error.to_string()))?
            }
            (None, Some(_), Some(_), None) => {
                let detail = "the pool has no rates".to_owned();
                return Err(problem("/birth_date", detail));
            }
            _ => {
                let detail = "must have either q, or sex and birth_date".to_owned();
                return Err(problem("/q", detail));
            }
        };
        pool.participants.push(Participant {
            id: member.id.into_boxed_str(),
            q,
            at_risk: member.at_risk_cents,
            died: member.died,
        });
        Ok(())
    }

    fn whole(self, pointer: &str) -> Result<Pool, Problem> {
        if self.0.participants.is_empty() {
            let detail = "must have at least one member";
            return Err(Problem::invalid_field(pointer, detail));
        }
        Ok(self.0)
    }
}
