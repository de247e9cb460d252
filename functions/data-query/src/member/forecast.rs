//! The income that a member can expect.

use ledger::calendar;
use ledger::command::PoolRules;
use ledger::record::Holdings;
use money::Cents;
use mortality::{ExactAge, Parameter, Period, Sex};
use payout::{
    AnnuityTerms, Figure, Interest, PathTerms, PathYear, PayoutRule, annuity_due, cents,
    payout_path,
};
use serde::{Deserialize, Serialize};
use time::Date;
use web::routes::Data;
use web::{Call, Code, Host, Problem, Reply, rates};

use super::{Asked, last_month, read};

/// What a member is paid for life from next month on if all goes as the pool's life table
/// and the rate of interest say.
///
/// The path of an individual tontine account in a large pool: each year 1/ä of the balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExpectedIncome {
    /// The day of the first payment.
    #[serde(with = "calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "calendar::CalendarDate"))]
    pub starts_on: Date,
    /// What the account holds, securities at their last value.
    pub balance_cents: Cents,
    /// The days since the oldest of these values; absent without securities.
    pub valued_days_ago: Option<i64>,
    /// The version of the pool's rules whose basis was read.
    pub rules_version: i64,
    /// What the investments are taken to earn.
    pub interest: Interest,
    /// ä: the value of 1 a year for life, paid monthly in advance.
    pub annuity_due: Figure,
    /// The monthly payment in the first year.
    pub monthly_cents: Cents,
    /// Year by year.
    pub years: Vec<PathYear>,
}

/// What the database says.
#[derive(Deserialize)]
struct Inputs {
    sex: Sex,
    #[serde(with = "calendar::option")]
    birth_date: Option<Date>,
    active: bool,
    rules_version: i64,
    rules: PoolRules,
    held: Holdings,
}

pub(super) fn handle(host: &dyn Host, call: &Call<Data>, asked: Asked) -> Result<Reply, Problem> {
    let interest = call.query("interest", "must be a decimal from -0.5 to 1", |text| {
        let rate: Parameter = text.parse().ok()?;
        Interest::effective(rate).ok()
    })?;
    let found = store::forecast_inputs(&*host.database()?, asked.member_id, call.today())?;
    let inputs: Inputs = read(found)?;
    let interest = interest.unwrap_or(Interest::NONE);
    Reply::json(&expected(host, call.today(), inputs, interest)?)
}

fn expected(
    host: &dyn Host,
    today: Date,
    inputs: Inputs,
    interest: Interest,
) -> Result<ExpectedIncome, Problem> {
    let nothing = |why: String| Problem::new(Code::NotForecastable).because(why);
    if !inputs.active {
        return Err(nothing("the member does not take part any more".to_owned()));
    }
    let born = inputs.birth_date;
    let born = born.ok_or_else(|| nothing("the date of birth is not known".to_owned()))?;
    let values = inputs.held.positions.iter().map(|held| held.value_cents);
    let values: Option<Vec<Cents>> = values.collect();
    let values = values.ok_or_else(|| nothing("a position is not valued".to_owned()))?;
    let balance_cents = Cents::total(values.into_iter().chain([inputs.held.cash_cents]))
        .map_err(|error| nothing(error.to_string()))?;
    let now = last_month(today)?.next().and_then(|now| now.next());
    let starts_on = now
        .map_err(|error| Problem::internal(error.to_string()))?
        .first_day();
    let rates = rates::of(&|id| rates::uploaded(host, id), &inputs.rules.basis, "")
        .map_err(|problem| Problem::internal(format!("recorded rules: {problem:?}")))?;
    let age = ExactAge::on(starts_on, born).map_err(|error| nothing(error.to_string()))?;
    let life = rates
        .life(inputs.sex, age, starts_on.year())
        .map_err(|error| nothing(error.to_string()))?;
    let terms = PathTerms {
        rule: PayoutRule::Account { earned: interest },
        interest,
        period: Period::Month,
        balance_cents,
    };
    let annuity = AnnuityTerms {
        interest,
        period: Period::Month,
        deferred_years: 0,
    };
    let at_once = annuity_due(&life, 0.0, &annuity).map_err(|error| nothing(error.to_string()))?;
    let years = payout_path(&life, &terms).map_err(|error| nothing(error.to_string()))?;
    Ok(ExpectedIncome {
        starts_on,
        balance_cents,
        valued_days_ago: inputs
            .held
            .positions
            .iter()
            .filter_map(|p| p.age_days)
            .max(),
        rules_version: inputs.rules_version,
        interest,
        annuity_due: Figure::of(at_once, 10).map_err(|error| nothing(error.to_string()))?,
        monthly_cents: a_month(balance_cents, at_once)?,
        years,
    })
}

/// A twelfth of what an annuity factor makes of a balance.
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
fn a_month(balance: Cents, annuity_due: f64) -> Result<Cents, Problem> {
    cents(balance.get() as f64 / annuity_due / 12.0)
        .map_err(|error| Problem::internal(error.to_string()))
}
