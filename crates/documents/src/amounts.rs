//! Numbers and days as each language writes them.

use ledger::Month;
use money::{Cents, round_half_even};
use time::Date;

use crate::Language;

/// A space at which no line is broken.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// An integer number of 10^−`places` with thousands apart: `1.234,56` or `1,234.56`.
#[must_use]
pub fn decimal(units: i64, places: u32, language: Language) -> String {
    let (thousands, point) = match language {
        Language::De => ('.', ','),
        Language::En => (',', '.'),
    };
    let places = places as usize;
    let digits = format!("{:0width$}", units.unsigned_abs(), width = places + 1);
    let (whole, decimals) = digits.split_at(digits.len() - places);
    let mut text = String::new();
    if units < 0 {
        text.push('-');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(thousands);
        }
        text.push(digit);
    }
    if places > 0 {
        text.push(point);
        text.push_str(decimals);
    }
    text
}

/// An amount without its currency.
#[must_use]
pub fn amount(cents: Cents, language: Language) -> String {
    decimal(cents.get(), 2, language)
}

/// An amount in euro: `1.234,56 €` or `€1,234.56`.
#[must_use]
pub fn euro(cents: Cents, language: Language) -> String {
    let amount = amount(cents, language);
    match (language, amount.strip_prefix('-')) {
        (Language::De, _) => format!("{amount}{NO_BREAK}€"),
        (Language::En, None) => format!("€{amount}"),
        (Language::En, Some(amount)) => format!("-€{amount}"),
    }
}

/// A part of one as per cent with four decimals: `0.000912` is `0,0912 %` or `0.0912%`.
/// The text itself if it is no number.
#[must_use]
pub fn percent_of_part(text: &str, language: Language) -> String {
    round_half_even(text, 6).map_or_else(|_| text.to_owned(), |units| percent(units, 4, language))
}

/// Decimal text that is per cent already, with four decimals.
#[must_use]
pub fn percent_of_text(text: &str, language: Language) -> String {
    round_half_even(text, 4).map_or_else(|_| text.to_owned(), |units| percent(units, 4, language))
}

/// A part of one as per cent with two decimals, for rates of return.
#[must_use]
pub fn rate(text: &str, language: Language) -> String {
    round_half_even(text, 4).map_or_else(|_| text.to_owned(), |units| percent(units, 2, language))
}

fn percent(units: i64, places: u32, language: Language) -> String {
    let number = decimal(units, places, language);
    match language {
        Language::De => format!("{number}{NO_BREAK}%"),
        Language::En => format!("{number}%"),
    }
}

/// Decimal text with four decimals.
#[must_use]
pub fn factor(text: &str, language: Language) -> String {
    round_half_even(text, 4).map_or_else(|_| text.to_owned(), |units| decimal(units, 4, language))
}

const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month, without the year.
#[must_use]
pub fn month_name(month: Month, language: Language) -> &'static str {
    let names = match language {
        Language::De => MONTHS_DE,
        Language::En => MONTHS_EN,
    };
    let number = u8::from(month.first_day().month());
    names[usize::from(number - 1)]
}

/// `März 2025` or `March 2025`.
#[must_use]
pub fn month(month: Month, language: Language) -> String {
    format!(
        "{}{NO_BREAK}{}",
        month_name(month, language),
        month.first_day().year()
    )
}

/// `31. Dezember 2025` or `31 December 2025`.
#[must_use]
pub fn day(date: Date, language: Language) -> String {
    let name = Month::of(date).map_or("", |month| month_name(month, language));
    let point = match language {
        Language::De => ".",
        Language::En => "",
    };
    format!(
        "{}{point}{NO_BREAK}{name}{NO_BREAK}{}",
        date.day(),
        date.year()
    )
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn amounts_are_written_as_the_language_does() {
        for (cents, de, en) in [
            (0, "0,00\u{a0}€", "€0.00"),
            (5, "0,05\u{a0}€", "€0.05"),
            (-5, "-0,05\u{a0}€", "-€0.05"),
            (99_999, "999,99\u{a0}€", "€999.99"),
            (123_456, "1.234,56\u{a0}€", "€1,234.56"),
            (100_000_000, "1.000.000,00\u{a0}€", "€1,000,000.00"),
            (-123_456_789, "-1.234.567,89\u{a0}€", "-€1,234,567.89"),
        ] {
            let cents = Cents::new(cents).expect("in range");
            assert_eq!(euro(cents, Language::De), de);
            assert_eq!(euro(cents, Language::En), en);
        }
    }

    #[test]
    fn rates_are_per_cents() {
        assert_eq!(
            percent_of_part("0.000912345678", Language::De),
            "0,0912\u{a0}%"
        );
        assert_eq!(percent_of_part("1", Language::En), "100.0000%");
        assert_eq!(percent_of_text("0.104167", Language::En), "0.1042%");
        assert_eq!(rate("-0.0123456", Language::De), "-1,23\u{a0}%");
        assert_eq!(factor("2.564373808032", Language::De), "2,5644");
        assert_eq!(rate("nothing", Language::En), "nothing");
    }

    #[test]
    fn days_have_names() {
        let march: Month = "2025-03".parse().expect("a month");
        assert_eq!(month(march, Language::De), "März\u{a0}2025");
        assert_eq!(
            day(date!(2025 - 12 - 31), Language::De),
            "31.\u{a0}Dezember\u{a0}2025"
        );
        assert_eq!(
            day(date!(2025 - 12 - 31), Language::En),
            "31\u{a0}December\u{a0}2025"
        );
    }
}
