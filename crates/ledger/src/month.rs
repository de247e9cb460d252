//! The period of a settlement.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Date, util::days_in_month};

/// A calendar month between 1900-01 and 2199-12, as text `2025-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(Date);

/// The text is not a month such as `2025-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a month such as 2025-01, from 1900-01 to 2199-12")]
pub struct InvalidMonth;

impl Month {
    /// The first year of which there are months.
    pub const FIRST_YEAR: i32 = 1900;

    /// The month with this number, 1 to 12.
    ///
    /// # Errors
    /// [`InvalidMonth`].
    pub fn new(year: i32, month: u8) -> Result<Self, InvalidMonth> {
        if !(Self::FIRST_YEAR..=2199).contains(&year) {
            return Err(InvalidMonth);
        }
        let month = month.try_into().map_err(|_| InvalidMonth)?;
        Date::from_calendar_date(year, month, 1)
            .map(Self)
            .map_err(|_| InvalidMonth)
    }

    /// The month in which `date` lies.
    ///
    /// # Errors
    /// [`InvalidMonth`] outside of 1900 to 2199.
    pub fn of(date: Date) -> Result<Self, InvalidMonth> {
        Self::new(date.year(), date.month().into())
    }

    /// Its first day.
    #[must_use]
    pub const fn first_day(self) -> Date {
        self.0
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        let days = days_in_month(self.0.month(), self.0.year());
        // A month has the day that the calendar says it has.
        self.0.replace_day(days).unwrap_or(self.0)
    }

    /// The month after.
    ///
    /// # Errors
    /// [`InvalidMonth`] after 2199-12.
    pub fn next(self) -> Result<Self, InvalidMonth> {
        let (year, month) = (self.0.year(), u8::from(self.0.month()));
        if month == 12 {
            Self::new(year + 1, 1)
        } else {
            Self::new(year, month + 1)
        }
    }

    /// Whether `date` lies in it.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        (self.first_day()..=self.last_day()).contains(&date)
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        match text.split_once('-') {
            Some((year, month))
                if year.len() == 4 && month.len() == 2 && digits(year) && digits(month) =>
            {
                let year = year.parse().map_err(|_| InvalidMonth)?;
                let month = month.parse().map_err(|_| InvalidMonth)?;
                Self::new(year, month)
            }
            _ => Err(InvalidMonth),
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = u8::from(self.0.month());
        f.pad(&format!("{:04}-{month:02}", self.0.year()))
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidMonth;
    fn try_from(text: String) -> Result<Self, InvalidMonth> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Month {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Month".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$",
            "description": "A calendar month.",
            "examples": ["2025-01"],
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_month_knows_its_days() {
        let february: Month = "2024-02".parse().expect("a month");
        assert_eq!(february.first_day(), date!(2024 - 02 - 01));
        assert_eq!(february.last_day(), date!(2024 - 02 - 29));
        assert!(february.contains(date!(2024 - 02 - 29)));
        assert!(!february.contains(date!(2024 - 03 - 01)));
        assert_eq!(
            february.next().map(|m| m.to_string()),
            Ok("2024-03".to_owned())
        );
        let december: Month = "2199-12".parse().expect("a month");
        assert_eq!(december.next(), Err(InvalidMonth));
    }

    #[test]
    fn only_plain_months() {
        for bad in [
            "",
            "2025",
            "2025-1",
            "2025-13",
            "2025-00",
            "1899-12",
            "2200-01",
            "+025-01",
            "2025-01-01",
            "٢٠٢٥-01",
        ] {
            assert_eq!(bad.parse::<Month>(), Err(InvalidMonth), "{bad}");
        }
    }
}
