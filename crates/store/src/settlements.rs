//! Settlements: what they are computed from, and their steps.

use ledger::Month;
use ledger::record::{RunState, SettlementProgress};
use ledger::settlement::{Candidate, Valuation};
use money::Cents;
use mortality::Sex;
use serde::Deserialize;
use serde_json::value::RawValue;
use time::UtcDateTime;
use uuid::Uuid;

use crate::commands::{rfc3339, run};
use crate::computed::Computed;
use crate::queries::{read, the};
use crate::{API_SCHEMA, CommandKey, Database, DatabaseError, Document, Parameter};

/// The candidates of a page: some megabytes of text.
pub const PAGE_MEMBERS: u32 = 20_000;

/// A period that can be settled now.
#[derive(Clone, Debug, Deserialize)]
pub struct OpenSettlement {
    /// The number of the rules that hold for it.
    pub rules_version: i64,
    /// The text of those rules, [`ledger::command::PoolRules`].
    pub rules: Box<RawValue>,
    /// Which settlement of the period it will be, from 1.
    pub revision: i64,
    /// The pot carried from the period before.
    #[serde(rename = "carried_in_cents")]
    pub carried_in: Cents,
    /// How many members take part.
    pub members: u64,
    /// A settlement that is on its way.
    pub run: Option<SettlementProgress>,
}

impl OpenSettlement {
    /// The id that the settlement will have: the same for whoever makes it.
    #[must_use]
    pub fn settlement_id(&self, pool_id: Uuid, month: Month) -> Uuid {
        let name = match self.revision {
            1 => month.to_string(),
            revision => format!("{month}/{revision}"),
        };
        Uuid::new_v5(&pool_id, name.as_bytes())
    }
}

/// Whether a period is settled.
#[derive(Clone, Debug)]
pub enum SettlementState {
    /// It is, and the settlement holds: a `Settlement`.
    Settled(Document),
    /// It is the next to be settled.
    Open(Box<OpenSettlement>),
}

#[derive(Deserialize)]
struct StateRow<'a> {
    #[serde(borrow)]
    settled: Option<&'a RawValue>,
    open: Option<Box<OpenSettlement>>,
}

/// Tells whether a period is settled, and if not, what its settlement needs.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `period-out-of-order`.
pub fn settlement_state(
    database: &dyn Database,
    pool_id: Uuid,
    period: Month,
) -> Result<SettlementState, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.settlement_state($1, $2::text::date)::text");
    let first_day = period.first_day().to_string();
    let parameters = [Parameter::Uuid(pool_id), Parameter::Text(&first_day)];
    let document = the(database, &statement, &parameters)?;
    let row: StateRow<'_> = serde_json::from_str(&document.0)
        .map_err(|error| DatabaseError::Failed(format!("a row is not as expected: {error}")))?;
    match (row.settled, row.open) {
        (Some(settled), None) => Ok(SettlementState::Settled(Document(settled.get().to_owned()))),
        (None, Some(open)) => Ok(SettlementState::Open(open)),
        _ => Err(DatabaseError::Failed(
            "no state of the settlement".to_owned(),
        )),
    }
}

#[derive(Deserialize)]
struct CandidatePage {
    sha256: String,
    candidates: Vec<CandidateRow>,
}

/// An array in the order of the fields.
#[derive(Deserialize)]
struct CandidateRow {
    member_id: Uuid,
    #[serde(with = "ledger::calendar::option")]
    birth_date: Option<time::Date>,
    sex: Sex,
    #[serde(with = "ledger::calendar")]
    enrolled_on: time::Date,
    #[serde(with = "ledger::calendar::option")]
    died_on: Option<time::Date>,
    death_confirmed: bool,
    cash_cents: Cents,
    securities: SecuritiesState,
    securities_cents: Option<Cents>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecuritiesState {
    Complete,
    Missing,
    QuantityDiffers,
}

impl CandidateRow {
    fn candidate(&self) -> Candidate {
        Candidate {
            birth_date: self.birth_date,
            sex: self.sex,
            enrolled_on: self.enrolled_on,
            died_on: self.died_on,
            death_confirmed: self.death_confirmed,
            cash: self.cash_cents,
            securities: match (&self.securities, self.securities_cents) {
                (SecuritiesState::Complete, Some(value)) => Valuation::Complete(value),
                (SecuritiesState::QuantityDiffers, _) => Valuation::QuantityDiffers,
                (SecuritiesState::Missing | SecuritiesState::Complete, _) => Valuation::Missing,
            },
        }
    }
}

/// Gives every member who takes part in the period to `each`, in the order of their
/// ids and page by page. The answer is the digest of the inputs if they fit one page.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `period-out-of-order`.
pub fn candidates(
    database: &dyn Database,
    pool_id: Uuid,
    period: Month,
    mut each: impl FnMut(Uuid, Candidate),
) -> Result<Option<String>, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.candidate_page($1, $2::text::date, $3, $4)::text");
    let first_day = period.first_day().to_string();
    let (mut after, mut first) = (Uuid::nil(), None);
    loop {
        let parameters = [
            Parameter::Uuid(pool_id),
            Parameter::Text(&first_day),
            Parameter::Uuid(after),
            Parameter::Integer(i64::from(PAGE_MEMBERS)),
        ];
        let page: CandidatePage = read(&the(database, &statement, &parameters)?)?;
        for row in &page.candidates {
            each(row.member_id, row.candidate());
            after = row.member_id;
        }
        let is_last = page.candidates.len() < PAGE_MEMBERS as usize;
        match (is_last, first) {
            (true, None) => return Ok(Some(page.sha256)),
            (true, Some(())) => return Ok(None),
            (false, _) => first = Some(()),
        }
    }
}

/// As [`candidates`], of the inputs that a settlement on its way has frozen.
///
/// # Errors
/// See [`DatabaseError`].
pub fn frozen_candidates(
    database: &dyn Database,
    run: &SettlementProgress,
    mut each: impl FnMut(Uuid, Candidate),
) -> Result<(), DatabaseError> {
    let statement = format!("select {API_SCHEMA}.frozen_page($1, $2, $3)::text");
    for after in (0..run.members).step_by(PAGE_MEMBERS as usize) {
        let parameters = [
            Parameter::Uuid(run.settlement_id),
            Parameter::Integer(after),
            Parameter::Integer(i64::from(PAGE_MEMBERS)),
        ];
        let page: CandidatePage = read(&the(database, &statement, &parameters)?)?;
        for row in &page.candidates {
            each(row.member_id, row.candidate());
        }
    }
    Ok(())
}

/// Records a settlement whose inputs had the digest `inputs_sha256`, with all its
/// entries, once per pool and period: a `Settlement`. If the period was settled
/// meanwhile, that one is the answer.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `period-out-of-order`,
/// `inputs-changed`.
pub fn settle_at_once(
    database: &dyn Database,
    key: CommandKey<'_>,
    (pool_id, period, settlement_id): (Uuid, Month, Uuid),
    inputs_sha256: &str,
    computed: &Computed,
) -> Result<Document, DatabaseError> {
    let first_day = period.first_day().to_string();
    let mut own = vec![
        Parameter::Uuid(pool_id),
        Parameter::Text(&first_day),
        Parameter::Uuid(settlement_id),
        Parameter::Text(inputs_sha256),
    ];
    own.extend(computed.parameters());
    let placeholders = "$5, $6::text::date, $7, $8, $9, $10, $11, $12, $13, $14";
    run(database, "settle_at_once", key, &own, placeholders)
}

/// Begins a settlement in steps; one that has begun is the answer.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `unknown-pool`, `period-out-of-order`.
pub fn start_settlement(
    database: &dyn Database,
    (pool_id, period, settlement_id): (Uuid, Month, Uuid),
    actor: &str,
    now: UtcDateTime,
) -> Result<Document, DatabaseError> {
    let statement = format!(
        "select {API_SCHEMA}.start_settlement($1, $2::text::date, $3, $4, $5::text::timestamptz)::text"
    );
    let (first_day, now) = (period.first_day().to_string(), rfc3339(now));
    let parameters = [
        Parameter::Uuid(pool_id),
        Parameter::Text(&first_day),
        Parameter::Uuid(settlement_id),
        Parameter::Text(actor),
        Parameter::Text(&now),
    ];
    the(database, &statement, &parameters)
}

/// How many members one step freezes: a few seconds of the database.
const STEP_MEMBERS: i64 = 100_000;

/// The next step of a settlement on its way that needs nothing computed: freezes
/// members.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `inputs-changed`.
pub fn freeze_members(
    database: &dyn Database,
    run: &SettlementProgress,
) -> Result<Document, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.freeze_members($1, $2)::text");
    let parameters = [
        Parameter::Uuid(run.settlement_id),
        Parameter::Integer(STEP_MEMBERS),
    ];
    the(database, &statement, &parameters)
}

/// Records the lines of a settlement on its way.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `inputs-changed`.
pub fn compute_settlement(
    database: &dyn Database,
    run: &SettlementProgress,
    computed: &Computed,
) -> Result<Document, DatabaseError> {
    let statement =
        format!("select {API_SCHEMA}.compute_settlement($1, $2, $3, $4, $5, $6, $7)::text");
    let mut parameters = vec![Parameter::Uuid(run.settlement_id)];
    parameters.extend(computed.parameters());
    the(database, &statement, &parameters)
}

/// Gives a settlement on its way up, so that its period can be booked again.
///
/// # Errors
/// See [`DatabaseError`].
pub fn give_up_settlement(
    database: &dyn Database,
    run: &SettlementProgress,
) -> Result<Document, DatabaseError> {
    let statement = format!("select {API_SCHEMA}.give_up_settlement($1)::text");
    the(database, &statement, &[Parameter::Uuid(run.settlement_id)])
}

/// Publishes a settlement whose lines are computed: a `Settlement`.
///
/// # Errors
/// See [`DatabaseError`]; refusals: `inputs-changed`.
pub fn publish_settlement(
    database: &dyn Database,
    key: CommandKey<'_>,
    run_of: &SettlementProgress,
) -> Result<Document, DatabaseError> {
    debug_assert_eq!(run_of.state, RunState::Computed);
    let own = [Parameter::Uuid(run_of.settlement_id)];
    run(database, "publish_settlement", key, &own, "$5")
}
