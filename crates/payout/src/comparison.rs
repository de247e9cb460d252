//! A tontine's path beside what else could be done with the money.

use money::Cents;
use mortality::Life;
use serde::{Deserialize, Serialize};

use crate::path::{PROBABILITY_PLACES, Payment, by_year, payments};
use crate::{
    AnnuityTerms, Figure, Interest, PathTerms, PayoutError, Ruin, Withdrawal, annuity_due, cents,
    rate_of_return, self_managed,
};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparisonTerms {
    /// The tontine. The plain annuity has the same balance, interest and period.
    pub tontine: PathTerms,
    /// What somebody withdraws who manages the same balance alone.
    pub withdrawal: WithdrawalRule,
    /// What that balance earns.
    pub earned: Interest,
}

/// How much is withdrawn in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum WithdrawalRule {
    /// As much as the plain annuity pays.
    AsTheAnnuity,
    /// A fixed amount.
    YearlyCents(Cents),
}

/// The result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// What the plain annuity pays in a year: the balance over ä, without a
    /// loading or costs.
    pub annuity_cents: Cents,
    /// When the self-managed money ends, if it does.
    pub ruin: Option<Ruin>,
    /// Year by year, as long as the tontine pays.
    pub years: Vec<ComparedYear>,
}

/// A year of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparedYear {
    /// From 0.
    pub year: u32,
    /// The completed age at the beginning of the year.
    pub age_years: u32,
    /// The probability of being alive then.
    pub alive: Figure,
    /// What the tontine is expected to pay in the year to a member who is alive.
    pub tontine_cents: Cents,
    /// What the annuity pays.
    pub annuity_cents: Cents,
    /// What is withdrawn without a pool.
    pub self_managed_cents: Cents,
    /// What is left of that money at the year's end.
    pub self_managed_balance_cents: Cents,
    /// The yearly return of a member of the tontine who dies at the year's end;
    /// absent if hardly anything came back.
    pub tontine_return: Option<Figure>,
    /// The same for the annuity.
    pub annuity_return: Option<Figure>,
}

/// Compares a tontine with a plain annuity on the same basis and with withdrawing
/// alone.
///
/// # Errors
/// [`PayoutError`]: those of [`crate::payout_path`], [`annuity_due`] and
/// [`self_managed`].
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub fn compare(life: &Life, terms: &ComparisonTerms) -> Result<Comparison, PayoutError> {
    let tontine = terms.tontine;
    let payments = payments(life, &tontine)?;
    let annuity_terms = AnnuityTerms {
        interest: tontine.interest,
        period: tontine.period,
        deferred_years: 0,
    };
    let balance = tontine.balance_cents.get() as f64;
    let yearly = balance / annuity_due(life, 0.0, &annuity_terms)?;
    let annuity_cents = cents(yearly)?;
    let part = yearly / f64::from(tontine.period.per_year());
    let level: Vec<Payment> = payments
        .iter()
        .map(|payment| Payment {
            amount: part,
            ..*payment
        })
        .collect();
    let alone = self_managed(
        life,
        &Withdrawal {
            balance_cents: tontine.balance_cents,
            yearly_cents: match terms.withdrawal {
                WithdrawalRule::AsTheAnnuity => annuity_cents,
                WithdrawalRule::YearlyCents(yearly) => yearly,
            },
            period: tontine.period,
            earned: terms.earned,
        },
    )?;
    let mut until = 0;
    let years = by_year(life, tontine.period, &payments).zip(&alone.years);
    let years = years.map(|((year, of_year), alone)| {
        until += of_year.len();
        Ok(ComparedYear {
            year,
            age_years: life.age().years() + year,
            alive: Figure::of(life.survival(f64::from(year)), PROBABILITY_PLACES)?,
            tontine_cents: cents(of_year.iter().map(|payment| payment.amount).sum())?,
            annuity_cents,
            self_managed_cents: alone.paid_cents,
            self_managed_balance_cents: alone.balance_cents,
            tontine_return: return_of(balance, &payments[..until]),
            annuity_return: return_of(balance, &level[..until]),
        })
    });
    Ok(Comparison {
        annuity_cents,
        ruin: alone.ruin,
        years: years.collect::<Result<_, PayoutError>>()?,
    })
}

/// The return on `balance` of payments so far, with 6 decimals.
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
fn return_of(balance: f64, payments: &[Payment]) -> Option<Figure> {
    let flows = payments
        .iter()
        .map(|payment| (payment.time, payment.amount));
    let flows: Vec<(f64, f64)> = [(0.0, -balance)].into_iter().chain(flows).collect();
    let rate = rate_of_return(&flows).ok()?;
    Figure::of(rate, 6).ok()
}
