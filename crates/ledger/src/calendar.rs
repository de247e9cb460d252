//! Calendar dates in JSON: exactly `2025-01-31`.

use serde::{Deserialize, Deserializer, Serializer, de};
use time::Date;

/// For `#[serde(with = "calendar")]` on a [`Date`].
///
/// # Errors
/// Text that is not a date in the form `2025-01-31`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    parse(&String::deserialize(deserializer)?)
        .ok_or_else(|| de::Error::custom("not a date such as 2025-01-31"))
}

/// For `#[serde(with = "calendar")]` on a [`Date`].
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

/// The date in `text`, if it is one of the years 1900 to 2199 and nothing else.
///
/// Three numbers at fixed places: a general parser would be 17 kB of each
/// component.
#[must_use]
pub fn parse(text: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| -> Option<u16> {
        let digits = text.get(range)?;
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok())?
    };
    let separated = text.len() == 10 && text.get(4..5)? == "-" && text.get(7..8)? == "-";
    let year = number(0..4).filter(|year| separated && (1900..=2199).contains(year))?;
    let month = u8::try_from(number(5..7)?).ok()?.try_into().ok()?;
    let day = u8::try_from(number(8..10)?).ok()?;
    Date::from_calendar_date(i32::from(year), month, day).ok()
}

/// A date that may be absent.
pub mod option {
    use super::{Date, Deserialize, Deserializer, Serializer, de, parse};

    /// For `#[serde(with = "calendar::option", default)]`.
    ///
    /// # Errors
    /// Text that is not a date in the form `2025-01-31`.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Date>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| {
                parse(&text).ok_or_else(|| de::Error::custom("not a date such as 2025-01-31"))
            })
            .transpose()
    }

    /// For `#[serde(with = "calendar::option")]`.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => serializer.collect_str(date),
            None => serializer.serialize_none(),
        }
    }
}

/// The schema of a date.
#[cfg(feature = "schema")]
pub struct CalendarDate;

#[cfg(feature = "schema")]
impl schemars::JsonSchema for CalendarDate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CalendarDate".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date",
            "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
            "description": "A date from 1900 to 2199.",
            "examples": ["2025-01-31"],
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::parse;

    #[test]
    fn exactly_a_date() {
        assert_eq!(parse("2024-02-29"), Some(date!(2024 - 02 - 29)));
        for bad in [
            "",
            "2025-02-29",
            "2025-13-01",
            "2025-00-10",
            "2025-1-1",
            "2025-01-010",
            "+025-01-01",
            "1899-12-31",
            "2200-01-01",
            "2025/01/01",
            "2025-01-01T00:00:00Z",
            "20250-1-01",
            "2025-0١-1",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
