//! The money-weighted return.

use money::Cents;
use payout::{CashFlow, Figure, ReturnError, xirr};

use crate::history::{DayValue, Flow};
use crate::{History, NoReturn};

/// The yearly money-weighted rate from the first to the last valuation of a history,
/// longevity credits earned.
///
/// # Errors
/// [`NoReturn::NotValued`], or why no rate fits ([`ReturnError`]).
pub fn money_weighted(history: &History) -> Result<Result<Figure, ReturnError>, NoReturn> {
    rate(&history.valuations, &history.flows(true))
}

pub(crate) fn rate(
    valuations: &[DayValue],
    flows: &[Flow],
) -> Result<Result<Figure, ReturnError>, NoReturn> {
    let (first, last) = match (valuations.first(), valuations.last()) {
        (Some(first), Some(last)) if first.on < last.on => (*first, *last),
        _ => return Err(NoReturn::NotValued),
    };
    let between = flows
        .iter()
        .filter(|flow| first.on < flow.on && flow.on <= last.on);
    // What the member pays is negative.
    let payments = std::iter::once((first.on, -first.value_cents.get()))
        .chain(between.map(|flow| (flow.on, -flow.cents)))
        .chain(std::iter::once((last.on, last.value_cents.get())))
        .filter(|(_, cents)| *cents != 0);
    let payments: Option<Vec<CashFlow>> = payments
        .map(|(date, cents)| {
            let amount_cents = Cents::new(cents).ok()?;
            Some(CashFlow { date, amount_cents })
        })
        .collect();
    Ok(payments
        .ok_or(ReturnError::NoRate)
        .and_then(|payments| xirr(&payments)))
}

#[cfg(test)]
mod tests {
    use time::Date;
    use time::macros::date;

    use super::*;

    fn value(on: Date, cents: i64) -> DayValue {
        let value_cents = Cents::new(cents).expect("in range");
        DayValue { on, value_cents }
    }

    /// Microsoft's example of the function XIRR: 10,000 paid in on 1 January 2008; 2,750,
    /// 4,250, 3,250 and 2,750 come back: 37.3362535 %.
    #[test]
    fn the_example_of_the_spreadsheet() {
        let flows = [
            (date!(2008 - 03 - 01), -275_000),
            (date!(2008 - 10 - 30), -425_000),
            (date!(2009 - 02 - 15), -325_000),
            (date!(2009 - 04 - 01), -275_000),
        ]
        .map(|(on, cents)| Flow { on, cents });
        let valuations = [
            value(date!(2008 - 01 - 01), 1_000_000),
            value(date!(2009 - 04 - 01), 0),
        ];
        let rate = rate(&valuations, &flows).expect("valued").expect("a rate");
        assert_eq!(&rate.to_string()[..9], "0.3733625");
    }

    /// The two shares of the textbook (see `time_weighted`): 9.39 % a year. 2021 and 2022
    /// are no leap years: two years of 365 days.
    #[test]
    fn the_two_shares_of_the_textbook_by_money() {
        let flows = [Flow {
            on: date!(2022 - 01 - 01),
            cents: 22_000,
        }];
        let valuations = [
            value(date!(2021 - 01 - 01), 20_000),
            value(date!(2023 - 01 - 01), 48_000),
        ];
        let rate = rate(&valuations, &flows).expect("valued").expect("a rate");
        assert_eq!(&rate.to_string()[..6], "0.0939");
    }

    #[test]
    fn one_direction_has_no_rate() {
        let valuations = [
            value(date!(2024 - 01 - 01), 0),
            value(date!(2024 - 12 - 31), 5),
        ];
        assert_eq!(rate(&valuations, &[]), Ok(Err(ReturnError::OneDirection)));
        assert_eq!(rate(&valuations[..1], &[]), Err(NoReturn::NotValued));
    }
}
