//! A member's yearly statement.

use money::Cents;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Month, Statement};

/// The months of a member's account, added up, in cents. Amounts that leave the account
/// are positive numbers on their line.
///
/// closing = opening + contributions + return + credits − fees − taxes − payouts −
/// forfeited, whatever months between are not valued: see [`YearStatement::of`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct YearStatement {
    /// Whose.
    pub member_id: Uuid,
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// Cash and valued securities at the end of the month before the first.
    pub opening_cents: Option<Cents>,
    /// Paid in.
    pub contributions_cents: Cents,
    /// What the investments gained or lost.
    pub return_cents: Option<Cents>,
    /// Longevity credits.
    pub credits_cents: Cents,
    /// The credits in per cent of what was at risk, period after period on top of each
    /// other, with six decimals: 100 · (Π (1 + credit / at risk) − 1). Absent if the
    /// member was not at risk.
    #[cfg_attr(feature = "schema", schemars(example = "1.257043"))]
    pub credit_percent: Option<String>,
    /// Fees.
    pub fees_cents: Cents,
    /// Taxes that the broker collected.
    pub taxes_cents: Cents,
    /// Paid out.
    pub payouts_cents: Cents,
    /// Left to the pool or the estate by a death.
    pub forfeited_cents: Cents,
    /// Cash and valued securities at the end of the last month.
    pub closing_cents: Option<Cents>,
    /// The months.
    pub months: Vec<Statement>,
}

/// The months are none, not of one member, not one after the other, out of range, or do
/// not begin with what the month before ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the months are not those of one account, one after the other")]
pub struct InvalidYear;

impl YearStatement {
    /// Adds up months that follow each other.
    ///
    /// The return is what is left of the change of the balance. Where all months are
    /// valued it is the sum of theirs: anything else is an error.
    ///
    /// # Errors
    /// [`InvalidYear`].
    pub fn of(months: Vec<Statement>) -> Result<Self, InvalidYear> {
        let (first, last) = match (months.first(), months.last()) {
            (Some(first), Some(last)) => (first, last),
            _ => return Err(InvalidYear),
        };
        let follow = months.windows(2).all(|pair| {
            pair[0].member_id == pair[1].member_id
                && pair[0].period.next() == Ok(pair[1].period)
                && pair[0].closing_cents == pair[1].opening_cents
        });
        let close = |month: &Statement| {
            let valued = month.opening_cents.is_some() && month.closing_cents.is_some();
            !valued || month.closes()
        };
        if !follow || !months.iter().all(close) {
            return Err(InvalidYear);
        }
        let sum = |line: fn(&Statement) -> Cents| {
            Cents::total(months.iter().map(line)).map_err(|_| InvalidYear)
        };
        let (contributions_cents, credits_cents) = (
            sum(|month| month.contributions_cents)?,
            sum(|month| month.credits_cents)?,
        );
        let (fees_cents, taxes_cents) = (sum(|m| m.fees_cents)?, sum(|m| m.taxes_cents)?);
        let (payouts_cents, forfeited_cents) =
            (sum(|m| m.payouts_cents)?, sum(|m| m.forfeited_cents)?);
        let return_cents = match (first.opening_cents, last.closing_cents) {
            (Some(opening), Some(closing)) => {
                let wide = |amounts: &[Cents]| amounts.iter().copied().sum::<i128>();
                let out = [fees_cents, taxes_cents, payouts_cents, forfeited_cents];
                let left = wide(&[closing]) - wide(&[opening, contributions_cents, credits_cents])
                    + wide(&out);
                let left = i64::try_from(left).map_err(|_| InvalidYear)?;
                Some(Cents::new(left).map_err(|_| InvalidYear)?)
            }
            _ => None,
        };
        Ok(Self {
            member_id: first.member_id,
            from: first.period,
            to: last.period,
            opening_cents: first.opening_cents,
            contributions_cents,
            return_cents,
            credits_cents,
            credit_percent: compounded(&months),
            fees_cents,
            taxes_cents,
            payouts_cents,
            forfeited_cents,
            closing_cents: last.closing_cents,
            months,
        })
    }
}

/// One, in the unit of growth: 10^-18.
const ONE: i128 = 1_000_000_000_000_000_000;

/// The credits of months on top of each other, in per cent with six decimals, rounded
/// half up. `None` if nothing was at risk, or the growth is beyond 10,000-fold.
fn compounded(months: &[Statement]) -> Option<String> {
    let mut growth = None;
    for month in months {
        let at_risk = month.at_risk_cents.map_or(0, Cents::get);
        if at_risk <= 0 {
            continue;
        }
        let (stake, credit) = (i128::from(at_risk), i128::from(month.credits_cents.get()));
        growth = Some(growth.unwrap_or(ONE).checked_mul(stake + credit)? / stake);
    }
    let gain = growth? - ONE;
    // 10^-6 per cent are 10^-8.
    let unit = ONE / 100_000_000;
    let rounded = (gain + unit / 2).div_euclid(unit);
    let (sign, digits) = (if rounded < 0 { "-" } else { "" }, rounded.unsigned_abs());
    Some(format!(
        "{sign}{}.{:06}",
        digits / 1_000_000,
        digits % 1_000_000
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cents(n: i64) -> Cents {
        Cents::new(n).expect("in range")
    }

    /// A month that closes, from its lines: contributions, return, credits, fees, taxes,
    /// payouts, forfeited.
    fn month(period: Month, opening: i64, lines: [i64; 7]) -> Statement {
        let [paid, gain, credits, fees, taxes, payouts, forfeited] = lines;
        let closing = opening + paid + gain + credits - fees - taxes - payouts - forfeited;
        Statement {
            member_id: Uuid::nil(),
            period,
            opening_cents: Some(cents(opening)),
            contributions_cents: cents(paid),
            return_cents: Some(cents(gain)),
            credits_cents: cents(credits),
            fees_cents: cents(fees),
            taxes_cents: cents(taxes),
            payouts_cents: cents(payouts),
            forfeited_cents: cents(forfeited),
            closing_cents: Some(cents(closing)),
            at_risk_cents: (opening > 0).then(|| cents(opening)),
            credit_percent: None,
            settled: true,
            corrections: Vec::new(),
        }
    }

    fn months(opening: i64, lines: &[[i64; 7]]) -> Vec<Statement> {
        let mut period: Month = "2025-01".parse().expect("a month");
        let mut opening = opening;
        let mut all = Vec::new();
        for lines in lines {
            let next = month(period, opening, *lines);
            opening = next.closing_cents.expect("valued").get();
            period = period.next().expect("a month");
            all.push(next);
        }
        all
    }

    /// 1.01 · 1.02 − 1 = 3.02 %.
    #[test]
    fn credits_are_put_on_top_of_each_other() {
        let lines = [
            [0, 0, 1_000, 0, 0, 1_000, 0],
            [0, 0, 2_000, 0, 0, 2_000, 0],
            [0; 7],
        ];
        let year = YearStatement::of(months(100_000, &lines)).expect("a year");
        assert_eq!(year.credit_percent.as_deref(), Some("3.020000"));
        let none = YearStatement::of(months(0, &[[0; 7]])).expect("a year");
        assert_eq!(none.credit_percent, None);
        let lost = months(300, &[[0, 0, -1, 0, 0, 0, 0]]);
        let lost = YearStatement::of(lost).expect("a year");
        assert_eq!(lost.credit_percent.as_deref(), Some("-0.333333"));
    }

    #[test]
    fn months_that_do_not_follow_make_no_year() {
        let good = months(5, &[[1; 7], [2; 7], [3; 7]]);
        assert_eq!(YearStatement::of(Vec::new()), Err(InvalidYear));
        let mut gap = good.clone();
        gap.remove(1);
        assert_eq!(YearStatement::of(gap), Err(InvalidYear));
        let mut other = good.clone();
        other[1].member_id = Uuid::max();
        assert_eq!(YearStatement::of(other), Err(InvalidYear));
        let mut off = good.clone();
        off[2].opening_cents = Some(cents(1));
        assert_eq!(YearStatement::of(off), Err(InvalidYear));
        let mut open = good;
        open[1].fees_cents = cents(77);
        assert_eq!(YearStatement::of(open), Err(InvalidYear));
    }

    proptest! {
        /// The year closes, and its return is the sum of the months'; also where a month
        /// between is not valued.
        #[test]
        fn a_year_closes_whatever_its_months(
            opening in 0_i64..1_000_000_000,
            lines in prop::collection::vec(prop::array::uniform7(-1_000_000_i64..1_000_000), 1..13),
            unvalued in 0_usize..12,
        ) {
            let all = months(opening, &lines);
            let year = YearStatement::of(all.clone()).expect("a year");
            let gains: i64 = lines.iter().map(|lines| lines[1]).sum();
            prop_assert_eq!(year.return_cents, Some(cents(gains)));
            let whole = Statement {
                closing_cents: year.closing_cents,
                ..month(year.from, opening, [
                    year.contributions_cents.get(), gains, year.credits_cents.get(),
                    year.fees_cents.get(), year.taxes_cents.get(), year.payouts_cents.get(),
                    year.forfeited_cents.get(),
                ])
            };
            prop_assert!(whole.closes());

            let mut holed = all;
            if unvalued + 1 < holed.len() {
                holed[unvalued].closing_cents = None;
                holed[unvalued].return_cents = None;
                holed[unvalued + 1].opening_cents = None;
                holed[unvalued + 1].return_cents = None;
                let holed = YearStatement::of(holed).expect("a year");
                prop_assert_eq!(holed.return_cents, year.return_cents);
            }
        }
    }
}
