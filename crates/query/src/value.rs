//! Values, checked before the database reads them.

use catalogue::Kind;
use time::Date;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// The digits of a number at most.
const MAX_DIGITS: usize = 40;

/// Why a value is not of a type.
pub(crate) fn check(kind: Kind, value: &str) -> Result<(), &'static str> {
    let fits = |fits: bool, expected: &'static str| if fits { Ok(()) } else { Err(expected) };
    match kind {
        Kind::Uuid => fits(
            value.len() == 36 && uuid::Uuid::parse_str(value).is_ok(),
            "is not an id",
        ),
        Kind::Integer => fits(
            value.len() <= 20 && value.parse::<i64>().is_ok() && !value.starts_with('+'),
            "is not a whole number of 64 bits",
        ),
        Kind::Ratio => fits(
            is_decimal(value),
            "is not a decimal number of at most 40 digits",
        ),
        Kind::Date => fits(is_day(value), "is not a day such as 2025-06-30"),
        Kind::Month => fits(
            value.len() == 7 && is_day(&format!("{value}-01")),
            "is not a month such as 2025-06",
        ),
        Kind::Time => fits(
            value.len() <= 40 && is_time(value),
            "is not a time such as 2025-06-30T20:00:00Z",
        ),
        Kind::Boolean => fits(
            matches!(value, "true" | "false"),
            "is neither `true` nor `false`",
        ),
        Kind::Text => fits(!value.contains('\0'), "holds a character that no text has"),
        Kind::Json => Err("is a document, which is compared with nothing"),
    }
}

/// Whether a text is a pattern: what escapes escapes something.
pub(crate) fn is_pattern(value: &str) -> bool {
    let escapes = value.chars().rev().take_while(|c| *c == '\\').count();
    escapes % 2 == 0
}

/// Whether the text is a day of the calendar of four-digit years.
pub(crate) fn is_day(value: &str) -> bool {
    let form = format_description!("[year]-[month]-[day]");
    value.len() == 10
        && value.bytes().next().is_some_and(|b| b.is_ascii_digit())
        && Date::parse(value, form).is_ok_and(|day| day.year() > 0)
}

/// Whether the text is a time (RFC 3339).
pub(crate) fn is_time(value: &str) -> bool {
    time::OffsetDateTime::parse(value, &Rfc3339).is_ok_and(|time| time.year() > 0)
}

fn is_decimal(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    value.len() <= MAX_DIGITS && all_digits(whole) && all_digits(fraction)
}
