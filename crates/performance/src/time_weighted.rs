//! The time-weighted return.

use time::Date;

use crate::history::{DayValue, Flow, History};

/// Returns of sub-periods, linked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linked {
    /// What one euro became.
    pub growth: f64,
    /// The sub-periods that had a return.
    pub sub_periods: u32,
    /// Whether each flow was on a day on which the account was valued: the return is the
    /// true one. If not, the flows of a sub-period are weighted by its days (Modified
    /// Dietz).
    pub exact: bool,
}

/// Why there is no return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReturn {
    /// The account is not valued twice.
    #[error("the account was not valued at the beginning and at the end")]
    NotValued,
    /// Nothing was invested, or more was taken out than there was.
    #[error("nothing was invested from {from} to {to}")]
    NoCapital {
        /// The day after which the sub-period begins.
        from: Date,
        /// Its last day.
        to: Date,
    },
}

/// The time-weighted return from the first to the last valuation of a history.
///
/// Each two valuations that follow each other are a sub-period with the return
/// (V₁ − V₀ − Σ F) / (V₀ + Σ w F), w the part of the sub-period's days that is left after
/// the flow F: Modified Dietz (Dietz 1966). A flow on the day of the second valuation has
/// w = 0, so that where every flow is on a day with a valuation this is the true
/// time-weighted return. While the account is empty no time passes.
///
/// # Errors
/// See [`NoReturn`].
pub fn time_weighted(history: &History, with_credits: bool) -> Result<Linked, NoReturn> {
    link(&history.valuations, &history.flows(with_credits))
}

/// The same for flows that are known.
#[allow(clippy::float_arithmetic, reason = "a rate of return")]
pub(crate) fn link(valuations: &[DayValue], flows: &[Flow]) -> Result<Linked, NoReturn> {
    if valuations.len() < 2 {
        return Err(NoReturn::NotValued);
    }
    let mut linked = Linked {
        growth: 1.0,
        sub_periods: 0,
        exact: true,
    };
    for pair in valuations.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let between: Vec<Flow> = flows
            .iter()
            .copied()
            .filter(|flow| start.on < flow.on && flow.on <= end.on)
            .collect();
        let opening = start.value_cents.get();
        // An empty account begins with its first flow.
        let begins = match (opening, between.first()) {
            (0, Some(first)) => first.on,
            (0, None) if end.value_cents.get() == 0 => continue,
            _ => start.on,
        };
        let days = (end.on - begins).whole_days();
        let (mut paid, mut invested) = (0.0, opening as f64);
        for flow in &between {
            let left = (end.on - flow.on).whole_days();
            // What comes on the only day is there from its beginning.
            let weight = match (days, flow.on == begins) {
                (0, _) | (_, true) if opening == 0 => 1.0,
                _ => left as f64 / days as f64,
            };
            paid += flow.cents as f64;
            invested += weight * flow.cents as f64;
            linked.exact &= flow.on == end.on || (opening == 0 && flow.on == begins);
        }
        let gain = end.value_cents.get() as f64 - opening as f64 - paid;
        if invested <= 0.0 {
            if gain == 0.0 {
                continue;
            }
            return Err(NoReturn::NoCapital {
                from: start.on,
                to: end.on,
            });
        }
        linked.growth *= 1.0 + gain / invested;
        linked.sub_periods += 1;
    }
    Ok(linked)
}

#[cfg(test)]
#[allow(clippy::float_arithmetic, reason = "what is tested is a float")]
mod tests {
    use money::Cents;
    use proptest::prelude::*;
    use time::macros::date;
    use time::{Date, Duration};

    use super::*;

    fn value(on: Date, cents: i64) -> DayValue {
        let value_cents = Cents::new(cents).expect("in range");
        DayValue { on, value_cents }
    }

    fn flow(on: Date, cents: i64) -> Flow {
        Flow { on, cents }
    }

    /// DeFusco, McLeavey, Pinto & Runkle, *Quantitative Investment Analysis*, 2nd ed.,
    /// chapter 2, section 3.2: a share bought for 200, a second for 225 a year later, both
    /// sold for 235 each after two years; a dividend of 5 each year and share. The
    /// dividends are not reinvested. The returns of the years are 15 % and 6.67 %, in two
    /// years 22.67 %, 10.84 % a year.
    #[test]
    fn the_two_shares_of_the_textbook() {
        let (start, middle, end) = (
            date!(2023 - 01 - 01),
            date!(2024 - 01 - 01),
            date!(2024 - 12 - 31),
        );
        // At the end of the first year 225 + 5, of which 5 leave, and 225 come.
        let valuations = [
            value(start, 20_000),
            value(middle, 45_000),
            value(end, 48_000),
        ];
        let flows = [flow(middle, 22_500 - 500)];
        let linked = link(&valuations, &flows).expect("a return");
        assert!((linked.growth - 1.15 * (480.0 / 450.0)).abs() < 1e-12);
        assert!((libm::sqrt(linked.growth) - 1.1075).abs() < 5e-5);
        assert_eq!((linked.sub_periods, linked.exact), (2, true));
    }

    /// The example of the article "Modified Dietz method" of the English Wikipedia: 100 at
    /// the start, 50 more after half of the time, 300 at the end: 120 %.
    #[test]
    fn modified_dietz_where_the_flow_is_not_valued() {
        let (start, middle, end) = (
            date!(2023 - 01 - 01),
            date!(2023 - 01 - 11),
            date!(2023 - 01 - 21),
        );
        let valuations = [value(start, 10_000), value(end, 30_000)];
        let linked = link(&valuations, &[flow(middle, 5_000)]).expect("a return");
        assert!((linked.growth - 2.2).abs() < 1e-12);
        assert!(!linked.exact);
    }

    #[test]
    fn an_empty_account_has_no_time() {
        let day = |n: i64| date!(2025 - 01 - 01) + Duration::days(n);
        // It begins with the first flow, though the month began before.
        let begun = [value(day(0), 0), value(day(30), 101_000)];
        let linked = link(&begun, &[flow(day(20), 100_000)]).expect("a return");
        assert!((linked.growth - 1.01).abs() < 1e-12 && linked.exact);
        // It is emptied and begins anew.
        let anew = [
            value(day(0), 100),
            value(day(1), 0),
            value(day(9), 0),
            value(day(10), 300),
        ];
        let flows = [flow(day(1), -110), flow(day(10), 300)];
        let linked = link(&anew, &flows).expect("a return");
        assert!((linked.growth - 1.1).abs() < 1e-12);
        assert_eq!(link(&anew[..1], &[]), Err(NoReturn::NotValued));
        let from_nothing = [value(day(0), 0), value(day(1), 5)];
        let (from, to) = (day(0), day(1));
        assert_eq!(
            link(&from_nothing, &[]),
            Err(NoReturn::NoCapital { from, to })
        );
    }

    proptest! {
        /// With a valuation on the day of each flow, the return is that of the market,
        /// whatever is paid in and out and when.
        #[test]
        fn flows_do_not_change_the_return(
            factors in prop::collection::vec(0.8_f64..1.25, 1..40),
            flows in prop::collection::vec(-100_000_i64..200_000, 40),
        ) {
            let day = |n: usize| date!(2020 - 01 - 01) + Duration::days(n as i64 * 7);
            let mut worth = 1e12_f64;
            let mut valuations = vec![value(day(0), worth as i64)];
            let mut paid = Vec::new();
            let mut market = 1.0;
            for (n, (factor, cents)) in factors.iter().zip(&flows).enumerate() {
                worth = worth * factor + *cents as f64;
                market *= factor;
                valuations.push(value(day(n + 1), worth as i64));
                paid.push(flow(day(n + 1), *cents));
            }
            let linked = link(&valuations, &paid).expect("a return");
            prop_assert!(linked.exact);
            prop_assert!((linked.growth / market - 1.0).abs() < 1e-8);
        }
    }
}
