//! Settling a period: load, compute, record.
//!
//! A pool whose inputs fit one page is settled in one request. A larger one goes in
//! steps, each of them a request with one statement that writes: begin, freeze the
//! inputs (several times), compute, publish.

use ledger::command::{PoolRules, SettlePeriod};
use ledger::record::{
    OpenExceptions, RunState, Settlement, SettlementProgress, SettlementState as State,
};
use ledger::settlement::{Draft, Fate, Roll, settle as compute};
use ledger::{Month, Term};
use money::Cents;
use store::{Computed, Database, DatabaseError, OpenSettlement, PAGE_MEMBERS, SettlementState};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use web::routes::Ledger;
use web::{Call, Code, Host, Problem, Reply, parse_json, rates};

/// Settles a period, or takes the next step towards it. A period that is settled gives
/// its settlement with 200 to a key that did not settle it; a new settlement is a 201, a
/// step a 202.
pub(crate) fn settle(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, hash) = (call.id(0)?, call.request_hash());
    let key = call.command_key(&hash)?;
    let SettlePeriod { period, dry_run } = parse_json(&call.body)?;
    let database = host.database()?;
    // Before the state: what this key settled may be due again by now.
    if !dry_run && let Some(settled) = store::first_reply(&*database, key)? {
        return Ok(Reply::created(settled));
    }
    let open = match store::settlement_state(&*database, pool_id, period)? {
        SettlementState::Settled(document) => return Ok(Reply::ok(document)),
        SettlementState::Open(open) => open,
    };
    let rules = rates::rules_of(&open)?;
    let term = term(&rules, period);
    if term.last_day() >= call.today() {
        return Err(Problem::new(Code::PeriodNotOver)
            .at("/period")
            .because(format!("the period ends on {}", term.last_day())));
    }
    let settlement_id = open.settlement_id(pool_id, period);
    let names = (pool_id, period, settlement_id);
    let engine_sha256 = host.variable("engine_sha256").map_err(Problem::internal)?;

    if dry_run || (open.run.is_none() && open.members < u64::from(PAGE_MEMBERS)) {
        let mut roll = Roll::new(term);
        let read = store::candidates(&*database, pool_id, period, |id, candidate| {
            roll.add(id, &candidate);
        });
        let inputs = match read {
            // Somebody settled the period since its state was read.
            Err(refused @ DatabaseError::Refused(_)) => {
                return match store::settlement_state(&*database, pool_id, period)? {
                    SettlementState::Settled(document) => Ok(Reply::ok(document)),
                    SettlementState::Open(_) => Err(refused.into()),
                };
            }
            read => read?,
        };
        let draft = drafted(host, &open, &rules, term, &roll)?;
        if dry_run {
            return Reply::json(&dry(&open, names, term, &roll, &draft, call)?);
        }
        let computed = Computed::new(&draft, &roll, &engine_sha256)?;
        // More members than a page: they were enrolled since they were counted.
        let inputs = inputs.ok_or_else(|| Problem::new(Code::InputsChanged))?;
        let settled = store::settle_at_once(&*database, key, names, &inputs, &computed)?;
        return Ok(Reply::created(settled));
    }
    match &open.run {
        None => {
            let actor = &call.caller()?.subject;
            let begun = store::start_settlement(&*database, names, actor, call.now)?;
            Ok(Reply::accepted(begun))
        }
        Some(run) => {
            let due = Due {
                open: &open,
                rules: &rules,
                term,
                engine_sha256: &engine_sha256,
            };
            step(host, &*database, &due, run, key)
        }
    }
}

/// What is settled, and by whom.
struct Due<'a> {
    open: &'a OpenSettlement,
    rules: &'a PoolRules,
    term: Term,
    engine_sha256: &'a str,
}

/// The next step of a settlement on its way.
fn step(
    host: &dyn Host,
    database: &dyn Database,
    due: &Due<'_>,
    run: &SettlementProgress,
    key: store::CommandKey<'_>,
) -> Result<Reply, Problem> {
    match run.state {
        RunState::Freezing => Ok(Reply::accepted(store::freeze_members(database, run)?)),
        RunState::Frozen => {
            let mut roll = Roll::new(due.term);
            store::frozen_candidates(database, run, |id, candidate| roll.add(id, &candidate))?;
            let draft = match drafted(host, due.open, due.rules, due.term, &roll) {
                Ok(draft) => draft,
                Err(problem) => {
                    // The inputs have to be mended: the books are opened for that.
                    store::give_up_settlement(database, run)?;
                    return Err(problem);
                }
            };
            let computed = Computed::new(&draft, &roll, due.engine_sha256)?;
            drop(draft);
            let computed = store::compute_settlement(database, run, &computed)?;
            Ok(Reply::accepted(computed))
        }
        RunState::Computed => {
            let settled = store::publish_settlement(database, key, run)?;
            Ok(Reply::created(settled))
        }
    }
}

/// A period on the calendar.
const fn term(rules: &PoolRules, starts: Month) -> Term {
    Term {
        starts,
        cadence: rules.cadence,
    }
}

/// The settlement of a roll without exceptions.
fn drafted(
    host: &dyn Host,
    open: &OpenSettlement,
    rules: &PoolRules,
    term: Term,
    roll: &Roll,
) -> Result<Draft, Problem> {
    if let Some(problem) = Problem::of_exceptions(roll) {
        return Err(problem);
    }
    // Rules are recorded only with a basis that gives rates.
    let rates = rates::of(&|id| rates::uploaded(host, id), &rules.basis, "")
        .map_err(|problem| Problem::internal(format!("the pool's basis: {problem:?}")))?;
    compute(rules, &rates, term, roll.standings(), open.carried_in)
        .map_err(|error| Problem::of_settlement(&error, roll))
}

/// What a settlement would be.
fn dry(
    open: &OpenSettlement,
    (pool_id, period, settlement_id): (Uuid, Month, Uuid),
    term: Term,
    roll: &Roll,
    draft: &Draft,
    call: &Call<Ledger>,
) -> Result<Settlement, Problem> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let out_of_range = |error: money::OutOfRange| Problem::internal(error.to_string());
    Ok(Settlement {
        settlement_id,
        pool_id,
        period,
        last_day: term.last_day(),
        revision: open.revision,
        state: State::Computed,
        rules_version: open.rules_version,
        outcome: draft.outcome,
        applied_rule: Some(draft.applied_rule.to_owned()),
        members_at_risk: count(roll.standings().iter().filter(|s| s.age.is_some()).count()),
        deaths: count(
            draft
                .lines
                .iter()
                .filter(|l| l.fate != Fate::Survived)
                .count(),
        ),
        carried_in_cents: draft.carried_in,
        pot_cents: draft.pot,
        credits_cents: Cents::total(draft.lines.iter().map(|line| line.credit))
            .map_err(out_of_range)?,
        carried_out_cents: draft.carried_out,
        group_gain: draft.group_gain.clone(),
        seal_number: None,
        head: None,
        recorded_at: call.now.format(&Rfc3339).unwrap_or_default(),
        in_progress: None,
    })
}

/// What keeps a period from being settled.
pub(crate) fn exceptions(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, period) = (call.id(0)?, call.query_month("period")?);
    let database = host.database()?;
    let mut members = 0;
    let mut roll = match store::settlement_state(&*database, pool_id, period)? {
        SettlementState::Settled(_) => None,
        SettlementState::Open(open) => Some(Roll::new(term(&rates::rules_of(&open)?, period))),
    };
    if let Some(roll) = &mut roll {
        store::candidates(&*database, pool_id, period, |id, candidate| {
            roll.add(id, &candidate);
        })?;
        members = u64::from(roll.members());
    }
    let (open, exceptions) = roll.as_ref().map_or((0, &[][..]), Roll::exceptions);
    Reply::json(&OpenExceptions {
        period,
        members,
        open,
        exceptions: exceptions.to_vec(),
    })
}

/// Reads the settlement of a period, or how far it is.
pub(crate) fn get(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, period) = (call.id(0)?, call.month(1)?);
    let settlement = store::settlement(&*host.database()?, pool_id, period)?;
    Reply::found(settlement, Code::NotFound)
}
