//! Both returns, in sum and by month.

use ledger::Month;
#[cfg(feature = "schema")]
use ledger::calendar::CalendarDate;
use money::Cents;
use payout::Figure;
use serde::Serialize;
use time::Date;

use crate::history::{DayValue, Flow};
use crate::money_weighted::rate;
use crate::time_weighted::link;
use crate::{History, Linked};

/// A rate of return, as a part of one: 0.05 is 5 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rate {
    /// In the whole time.
    pub total: Figure,
    /// By year; absent below a year (GIPS 2020, provision 2.A.17: no return of less is
    /// annualised).
    pub yearly: Option<Figure>,
}

/// What was earned, by one way of counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Returns {
    /// The time-weighted rate; absent if an amount is not valued.
    pub time_weighted: Option<Rate>,
    /// Whether each flow was valued on its day. If not, the flows of a month are weighted
    /// by its days (Modified Dietz).
    pub exact: bool,
}

/// A month's time-weighted returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MonthReturn {
    /// The month.
    pub period: Month,
    /// With longevity credits.
    pub with_credits: Option<Figure>,
    /// Without.
    pub without_credits: Option<Figure>,
}

/// What a member's account earned, after fees and taxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Performance {
    /// The day at whose end the time begins.
    #[serde(with = "ledger::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub from: Date,
    /// The last day: the last that is valued.
    #[serde(with = "ledger::calendar")]
    #[cfg_attr(feature = "schema", schemars(with = "CalendarDate"))]
    pub to: Date,
    /// What the account was worth at the beginning.
    pub opening_cents: Cents,
    /// Paid in, less what was paid out.
    pub flows_cents: Cents,
    /// Longevity credits.
    pub credits_cents: Cents,
    /// What the account was worth at the end.
    pub closing_cents: Cents,
    /// The money-weighted rate, with credits; absent if none fits, or several do.
    pub money_weighted: Option<Rate>,
    /// With longevity credits as earned.
    pub with_credits: Returns,
    /// The investments alone: credits come from outside.
    pub without_credits: Returns,
    /// Month by month.
    pub months: Vec<MonthReturn>,
}

/// The decimals of a rate.
const PLACES: u32 = 10;
/// The days of the shortest time of which a yearly rate is told.
const YEAR_DAYS: i64 = 365;

/// What a history says; `None` if the account was not valued at two days at least, the
/// second of them with or after money.
#[must_use]
pub fn report(history: &History) -> Option<Performance> {
    let valuations = invested(history);
    let (first, last) = (*valuations.first()?, *valuations.last()?);
    let days = (last.on - first.on).whole_days();
    if days < 1 {
        return None;
    }
    let within = |on: Date| first.on < on && on <= last.on;
    let sum = |part: fn(&crate::DayFlow) -> Cents| {
        let parts = history.flows.iter().filter(|flow| within(flow.on));
        Cents::total(parts.map(part)).ok()
    };
    let (with, without) = (history.flows(true), history.flows(false));
    Some(Performance {
        from: first.on,
        to: last.on,
        opening_cents: first.value_cents,
        flows_cents: sum(|flow| flow.external_cents)?,
        credits_cents: sum(|flow| flow.credit_cents)?,
        closing_cents: last.value_cents,
        money_weighted: by_money(valuations, &with, days),
        with_credits: returns(valuations, &with, days),
        without_credits: returns(valuations, &without, days),
        months: months(valuations, &with, &without),
    })
}

/// The valuations from the last on before the first money.
fn invested(history: &History) -> &[DayValue] {
    let all = &history.valuations;
    let begun = all.iter().position(|value| value.value_cents.get() != 0);
    &all[begun.map_or(all.len(), |at| at.saturating_sub(1))..]
}

fn returns(valuations: &[DayValue], flows: &[Flow], days: i64) -> Returns {
    let linked = link(valuations, flows).ok();
    Returns {
        time_weighted: linked.and_then(|linked| of_growth(linked, days)),
        exact: linked.is_some_and(|linked| linked.exact),
    }
}

#[allow(clippy::float_arithmetic, reason = "a rate of return, through libm")]
fn of_growth(linked: Linked, days: i64) -> Option<Rate> {
    let yearly = match days >= YEAR_DAYS && linked.growth > 0.0 {
        true => {
            let years = days as f64 / 365.0;
            let rate = libm::expm1(libm::log(linked.growth) / years);
            Some(Figure::of(rate, PLACES).ok()?)
        }
        false => None,
    };
    let total = Figure::of(linked.growth - 1.0, PLACES).ok()?;
    Some(Rate { total, yearly })
}

#[allow(clippy::float_arithmetic, reason = "a rate of return, through libm")]
fn by_money(valuations: &[DayValue], flows: &[Flow], days: i64) -> Option<Rate> {
    let yearly = rate(valuations, flows).ok()?.ok()?;
    // From the figure that is told: the two agree.
    let force = libm::log1p(yearly.mantissa() as f64 / 10_u64.pow(yearly.places()) as f64);
    let total = Figure::of(libm::expm1(force * (days as f64 / 365.0)), PLACES).ok()?;
    let yearly = (days >= YEAR_DAYS).then_some(yearly);
    Some(Rate { total, yearly })
}

/// The months that begin and end with a valuation.
fn months(valuations: &[DayValue], with: &[Flow], without: &[Flow]) -> Vec<MonthReturn> {
    let ends: Vec<usize> = valuations
        .iter()
        .enumerate()
        .filter(|(_, value)| Month::of(value.on).is_ok_and(|month| month.last_day() == value.on))
        .map(|(place, _)| place)
        .collect();
    let month = |pair: &[usize]| {
        let (start, end) = (pair[0], pair[1]);
        let period = Month::of(valuations[end].on).ok()?;
        let before = Month::of(valuations[start].on).ok()?;
        if before.next() != Ok(period) {
            return None;
        }
        let earned = |flows| {
            let linked = link(&valuations[start..=end], flows).ok()?;
            of_growth(linked, 0).map(|rate| rate.total)
        };
        Some(MonthReturn {
            period,
            with_credits: earned(with),
            without_credits: earned(without),
        })
    };
    ends.windows(2).filter_map(month).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::DayFlow;

    fn cents(n: i64) -> Cents {
        Cents::new(n).expect("in range")
    }

    fn value(on: Date, n: i64) -> DayValue {
        let value_cents = cents(n);
        DayValue { on, value_cents }
    }

    /// 1,000 come in January; nothing is earned but a credit of 10 in February.
    #[test]
    fn credits_are_earned_or_come_from_outside() {
        let history = History {
            flows: vec![
                DayFlow {
                    on: date!(2025 - 01 - 15),
                    external_cents: cents(100_000),
                    credit_cents: Cents::ZERO,
                },
                DayFlow {
                    on: date!(2025 - 02 - 28),
                    external_cents: Cents::ZERO,
                    credit_cents: cents(1_000),
                },
            ],
            valuations: vec![
                value(date!(2024 - 11 - 30), 0),
                value(date!(2024 - 12 - 31), 0),
                value(date!(2025 - 01 - 31), 100_000),
                value(date!(2025 - 02 - 28), 101_000),
            ],
        };
        let report = report(&history).expect("a report");
        assert_eq!(
            (report.from, report.to),
            (date!(2024 - 12 - 31), date!(2025 - 02 - 28))
        );
        assert_eq!(report.credits_cents, cents(1_000));
        let total = |returns: Returns| returns.time_weighted.expect("a rate").total.to_string();
        assert_eq!(total(report.with_credits), "0.0100000000");
        assert_eq!(total(report.without_credits), "0.0000000000");
        let periods: Vec<String> = report.months.iter().map(|m| m.period.to_string()).collect();
        assert_eq!(periods, ["2025-01", "2025-02"]);
        assert_eq!(
            report.months[1].with_credits.map(|rate| rate.to_string()),
            Some("0.0100000000".to_owned())
        );
        let money = report.money_weighted.expect("a rate");
        assert_eq!(money.yearly, None, "less than a year");
    }

    #[test]
    fn nothing_has_no_performance() {
        assert_eq!(report(&History::default()), None);
        let once = History {
            flows: Vec::new(),
            valuations: vec![value(date!(2025 - 01 - 31), 5)],
        };
        assert_eq!(report(&once), None);
    }

    /// A year that doubles: both rates are 1, and both are told by year.
    #[test]
    fn a_year_is_told_by_year() {
        let history = History {
            flows: Vec::new(),
            valuations: vec![
                value(date!(2022 - 12 - 31), 100),
                value(date!(2023 - 12 - 31), 200),
            ],
        };
        let report = report(&history).expect("a report");
        let rates = [report.money_weighted, report.with_credits.time_weighted];
        for rate in rates.map(|rate| rate.expect("a rate")) {
            let yearly = rate.yearly.expect("a year").to_string();
            assert_eq!(&yearly[..12], "1.0000000000");
            assert_eq!(rate.total.to_string(), "1.0000000000");
        }
    }
}
