//! Payouts through WIT.

use money::Cents;
use mortality::InvalidParameter;
use payout::{AnnuityTerms, Design, Figure, PathTerms, PayoutRule, annuity_due, payout_path};

use super::basis::{interest, invalid, life, parameter, period};
use super::wit;
use super::wit::PayoutError;

pub(super) fn annuity_factor(
    given: &wit::Life,
    rate: &wit::Interest,
    each: wit::Period,
    deferred_years: u32,
) -> Result<String, PayoutError> {
    let terms = AnnuityTerms {
        interest: interest(rate, "interest")?,
        period: period(each),
        deferred_years,
    };
    annuity_due(&life(given)?, 0.0, &terms)
        .and_then(|factor| Figure::of(factor, 10))
        .map(|factor| factor.to_string())
        .map_err(refused)
}

pub(super) fn path(
    given: &wit::Life,
    rule: &wit::PayoutRule,
    rate: &wit::Interest,
    each: wit::Period,
    balance_cents: i64,
) -> Result<Vec<wit::PathYear>, PayoutError> {
    let terms = PathTerms {
        rule: payout_rule(rule)?,
        interest: interest(rate, "interest")?,
        period: period(each),
        balance_cents: Cents::new(balance_cents).map_err(invalid("balance-cents"))?,
    };
    let years = payout_path(&life(given)?, &terms).map_err(refused)?;
    Ok(years
        .iter()
        .map(|year| wit::PathYear {
            age_years: year.age_years,
            alive: year.alive.to_string(),
            income_cents: year.income_cents.get(),
            expected_cents: year.expected_cents.get(),
        })
        .collect())
}

fn payout_rule(given: &wit::PayoutRule) -> Result<PayoutRule, PayoutError> {
    Ok(match given {
        wit::PayoutRule::Account(earned) => PayoutRule::Account {
            earned: interest(earned, "earned")?,
        },
        wit::PayoutRule::Tontine(tontine) => {
            PayoutRule::Tontine {
                design: match &tontine.design {
                    wit::Design::Natural => Design::Natural,
                    wit::Design::Level(years) => Design::Level { years: *years },
                    wit::Design::Optimal(gamma) => Design::Optimal {
                        risk_aversion: parameter(gamma, "optimal")?
                            .try_into()
                            .map_err(invalid::<InvalidParameter>("optimal"))?,
                    },
                },
                members: tontine.members,
            }
        }
    })
}

fn refused(error: payout::PayoutError) -> PayoutError {
    PayoutError::Refused(error.to_string())
}
