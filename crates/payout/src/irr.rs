//! The internal rate of return.

use money::Cents;
use time::Date;

use crate::Figure;

/// A payment on a day: negative if the member pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CashFlow {
    /// When.
    pub date: Date,
    /// How much.
    pub amount_cents: Cents,
}

/// The most payments of one return.
pub const MAX_FLOWS: usize = 100_000;

/// Why payments have no rate of return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReturnError {
    /// There are more than [`MAX_FLOWS`] payments.
    #[error("more than 100000 payments")]
    TooMany,
    /// All payments go one way.
    #[error("there must be payments in both directions")]
    OneDirection,
    /// No rate from −99.99 % to 1,000,000 % makes the payments worth nothing.
    #[error("no rate makes the payments worth nothing")]
    NoRate,
    /// Several rates do: none of them is the return.
    #[error("several rates make the payments worth nothing")]
    Ambiguous,
}

/// The yearly rate r with Σ aᵢ (1 + r)^(−dᵢ/365) = 0, dᵢ the days since the first
/// payment (actual/365, as the XIRR of spreadsheets), with 12 decimals.
///
/// # Errors
/// See [`ReturnError`].
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub fn xirr(flows: &[CashFlow]) -> Result<Figure, ReturnError> {
    let first = flows.iter().map(|flow| flow.date).min();
    let first = first.ok_or(ReturnError::OneDirection)?;
    let timed: Vec<(f64, f64)> = flows
        .iter()
        .map(|flow| {
            let days = (flow.date - first).whole_days();
            (days as f64 / 365.0, flow.amount_cents.get() as f64)
        })
        .collect();
    let rate = rate_of_return(&timed)?;
    Figure::of(rate, 12).map_err(|_| ReturnError::NoRate)
}

/// The same for pairs of a time in years and an amount, as a float.
///
/// The range of rates is searched in 400 steps of the force ln(1 + r), then the
/// one change of sign is bisected to the last bit. It cannot run away, as
/// Newton's method can. Where payments change direction more than once there may
/// be several rates; two that lie within one step (6 % of 1 + r) are not seen.
///
/// # Errors
/// See [`ReturnError`].
#[allow(
    clippy::float_arithmetic,
    reason = "an actuarial function, through libm"
)]
pub fn rate_of_return(flows: &[(f64, f64)]) -> Result<f64, ReturnError> {
    if flows.len() > MAX_FLOWS {
        return Err(ReturnError::TooMany);
    }
    let both = flows.iter().any(|(_, a)| *a > 0.0) && flows.iter().any(|(_, a)| *a < 0.0);
    if !both {
        return Err(ReturnError::OneDirection);
    }
    let first = flows.iter().fold(f64::INFINITY, |t, flow| t.min(flow.0));
    let last = flows
        .iter()
        .fold(f64::NEG_INFINITY, |t, flow| t.max(flow.0));
    // Valued where nothing overflows: at the first payment for a positive force,
    // at the last for a negative one.
    let is_positive = |force: f64| {
        let at = if force > 0.0 { first } else { last };
        let mut value = 0.0;
        for (time, amount) in flows {
            value += amount * libm::exp(force * (at - time));
        }
        value > 0.0
    };
    let force_at = |step: u32| LOWEST_FORCE + f64::from(step) * FORCE_STEP;
    let mut crossing = None;
    let mut before = is_positive(force_at(0));
    for step in 1..=FORCE_STEPS {
        let after = is_positive(force_at(step));
        if after != before && crossing.replace((step, before)).is_some() {
            return Err(ReturnError::Ambiguous);
        }
        before = after;
    }
    let (step, low_is_positive) = crossing.ok_or(ReturnError::NoRate)?;
    let (mut low, mut high) = (force_at(step - 1), force_at(step));
    loop {
        let middle = low + (high - low) * 0.5;
        if middle <= low || middle >= high {
            return Ok(libm::expm1(high));
        }
        if is_positive(middle) == low_is_positive {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// ln(0.0001).
const LOWEST_FORCE: f64 = -9.21;
/// From there to ln(10,000).
const FORCE_STEP: f64 = 0.0575;
const FORCE_STEPS: u32 = 320;
