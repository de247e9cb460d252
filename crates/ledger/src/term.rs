//! A settlement period on the calendar.

use mortality::Period;
use time::Date;

use crate::Month;

/// The months of one settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The first month.
    pub starts: Month,
    /// How long it is.
    pub cadence: Period,
}

impl Term {
    /// Its first day.
    #[must_use]
    pub const fn first_day(self) -> Date {
        self.starts.first_day()
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        let last = (1..self.cadence.months()).try_fold(self.starts, |month, _| month.next());
        // A period that runs beyond the calendar ends with it.
        last.unwrap_or(self.starts).last_day()
    }

    /// Whether `date` lies in it.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        (self.first_day()..=self.last_day()).contains(&date)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn months_quarters_and_years() {
        let term = |cadence| Term {
            starts: "2023-11".parse().expect("a month"),
            cadence,
        };
        for (cadence, last) in [
            (Period::Month, date!(2023 - 11 - 30)),
            (Period::Quarter, date!(2024 - 01 - 31)),
            (Period::Year, date!(2024 - 10 - 31)),
        ] {
            assert_eq!(term(cadence).last_day(), last);
            assert!(term(cadence).contains(last) && !term(cadence).contains(date!(2023 - 10 - 31)));
        }
    }
}
