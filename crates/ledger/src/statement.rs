//! A member's monthly statement.

use money::Cents;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Month;
use crate::settlement::Fate;

/// One month of a member's account, in cents. Amounts that leave the account are
/// positive numbers on their line.
///
/// closing = opening + contributions + return + credits − fees − taxes − payouts −
/// forfeited: see [`Statement::closes`]. Without a valuation of every position at
/// the month's end there is no closing balance and no return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Statement {
    /// Whose.
    pub member_id: Uuid,
    /// Which month.
    pub period: Month,
    /// Cash and valued securities at the end of the month before.
    pub opening_cents: Option<Cents>,
    /// Paid in.
    pub contributions_cents: Cents,
    /// What the investments gained or lost: the change in the value of the
    /// securities with the cash of trades and income.
    pub return_cents: Option<Cents>,
    /// Longevity credits.
    pub credits_cents: Cents,
    /// Fees.
    pub fees_cents: Cents,
    /// Taxes that the broker collected.
    pub taxes_cents: Cents,
    /// Paid out.
    pub payouts_cents: Cents,
    /// Left to the pool or the estate by a death.
    pub forfeited_cents: Cents,
    /// Cash and valued securities at the end of the month.
    pub closing_cents: Option<Cents>,
    /// What was at risk in the period that was settled with the month; absent if nothing
    /// was settled or the member was not at risk.
    pub at_risk_cents: Option<Cents>,
    /// The credits in per cent of what was at risk, with six decimals.
    #[cfg_attr(feature = "schema", schemars(example = "0.104167"))]
    pub credit_percent: Option<String>,
    /// Whether the month has been settled.
    pub settled: bool,
    /// What earlier settlements of the month's period had brought, and why they were
    /// replaced; the lines above are those of the settlement that stands.
    pub corrections: Vec<Correction>,
}

/// A settlement that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Correction {
    /// The revision that was replaced, from 1.
    pub revision: i64,
    /// What it had done to the member.
    pub fate: Fate,
    /// The longevity credit that it had brought.
    pub credit_cents: Cents,
    /// When it was replaced.
    pub corrected_at: String,
    /// Why.
    pub reason: CorrectionReason,
}

/// Why a settlement was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CorrectionReason {
    /// A death of the period, or of one before it, was reported late or withdrawn.
    DeathsChanged,
}

impl Statement {
    /// Whether the closing balance is what the lines say. A month that is not
    /// valued does not close.
    #[must_use]
    pub fn closes(&self) -> bool {
        let (Some(opening), Some(gain), Some(closing)) =
            (self.opening_cents, self.return_cents, self.closing_cents)
        else {
            return false;
        };
        let out = [
            self.fees_cents,
            self.taxes_cents,
            self.payouts_cents,
            self.forfeited_cents,
        ];
        let into = [opening, self.contributions_cents, gain, self.credits_cents];
        let wide = |amounts: &[Cents]| amounts.iter().copied().sum::<i128>();
        wide(&into) - wide(&out) == i128::from(closing.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(n: i64) -> Cents {
        Cents::new(n).expect("in range")
    }

    fn statement() -> Statement {
        Statement {
            member_id: Uuid::nil(),
            period: "2025-01".parse().expect("a month"),
            opening_cents: Some(cents(10_000)),
            contributions_cents: cents(500),
            return_cents: Some(cents(-120)),
            credits_cents: cents(33),
            fees_cents: cents(5),
            taxes_cents: cents(2),
            payouts_cents: cents(200),
            forfeited_cents: Cents::ZERO,
            closing_cents: Some(cents(10_206)),
            at_risk_cents: Some(cents(10_173)),
            credit_percent: Some("0.324388".to_owned()),
            settled: true,
            corrections: Vec::new(),
        }
    }

    #[test]
    fn it_closes_or_it_does_not() {
        assert!(statement().closes());
        let mut off = statement();
        off.fees_cents = cents(8);
        assert!(!off.closes());
        let mut unvalued = statement();
        unvalued.return_cents = None;
        assert!(!unvalued.closes());
    }
}
