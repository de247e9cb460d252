//! `POST /v1/tontine/payouts`.

use ledger::calendar;
use mortality::{Basis, ExactAge, Life, Sex};
use payout::{
    AnnuityTerms, Comparison, ComparisonTerms, Figure, GsaTerms, GsaYear, Interest, PathTerms,
    PathYear, PayoutError, WithdrawalRule, annuity_due, compare, gsa_path, payout_path,
};
use serde::{Deserialize, Serialize};
use time::Date;
use web::routes::Tontine;
use web::{Call, Host, Problem, Reply, parse_json, rates};

/// A member, and how the member is to be paid.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComputePayouts {
    /// Where rates of dying come from.
    pub basis: Basis,
    /// The sex by which the basis is read.
    pub sex: Sex,
    /// The date of birth.
    #[serde(with = "calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "calendar::CalendarDate"))]
    pub birth_date: Date,
    /// The day of the first payment. The member's age is the exact age on it.
    #[serde(with = "calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "calendar::CalendarDate"))]
    pub starts_on: Date,
    /// The rule of the payouts.
    pub terms: PathTerms,
    /// What to compare them with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<CompareWith>,
    /// What a group self-annuitisation saw: gives its incomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_self_annuitisation: Option<GsaTerms>,
}

/// Withdrawing from the same balance without a pool.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompareWith {
    /// How much is withdrawn in a year.
    pub withdrawal: WithdrawalRule,
    /// What that balance earns.
    pub earned: Interest,
}

/// What a member is paid.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Payouts {
    /// ä: the value of 1 a year for life, paid as the terms say, at their interest.
    pub annuity_due: Figure,
    /// Year by year.
    pub years: Vec<PathYear>,
    /// Beside a plain annuity and self-managed withdrawal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The incomes of the group that was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_self_annuitisation: Option<Vec<GsaYear>>,
}

/// Answers a request.
pub(crate) fn handle(host: &dyn Host, call: &Call<Tontine>) -> Result<Reply, Problem> {
    let request: ComputePayouts = parse_json(&call.body)?;
    let life = life(host, &request)?;
    let annuity = AnnuityTerms {
        interest: request.terms.interest,
        period: request.terms.period,
        deferred_years: 0,
    };
    let at = |pointer| move |error: PayoutError| Problem::invalid_field(pointer, error.to_string());
    let comparison = request.comparison.map(|with| {
        let terms = ComparisonTerms {
            tontine: request.terms,
            withdrawal: with.withdrawal,
            earned: with.earned,
        };
        compare(&life, &terms).map_err(at("/comparison"))
    });
    let observed = request
        .group_self_annuitisation
        .as_ref()
        .map(|terms| gsa_path(&life, terms).map_err(at("/group_self_annuitisation")));
    let annuity_due = annuity_due(&life, 0.0, &annuity).map_err(at("/birth_date"))?;
    Reply::json(&Payouts {
        annuity_due: Figure::of(annuity_due, 10).map_err(at("/terms"))?,
        years: payout_path(&life, &request.terms).map_err(at("/terms"))?,
        comparison: comparison.transpose()?,
        group_self_annuitisation: observed.transpose()?,
    })
}

fn life(host: &dyn Host, request: &ComputePayouts) -> Result<Life, Problem> {
    let rates = rates::of(&|id| rates::uploaded(host, id), &request.basis, "/basis")?;
    let age = ExactAge::on(request.starts_on, request.birth_date)
        .map_err(|error| Problem::invalid_field("/birth_date", error.to_string()))?;
    rates
        .life(request.sex, age, request.starts_on.year())
        .map_err(|error| Problem::invalid_field("/birth_date", error.to_string()))
}
