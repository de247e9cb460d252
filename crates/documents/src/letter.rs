//! The yearly statement as a letter.

mod months;

use ledger::YearStatement;
use ledger::record::ExplainedCredit;
use money::Cents;
use performance::{Performance, Rate};

use crate::amounts::{
    NO_BREAK, amount, euro, factor, month, month_name, percent_of_part, percent_of_text, rate,
};
use crate::page::{Font, LEFT, Length, Pages, Style};
use crate::phrases::Phrases;
use crate::tables::{Column, Row, height, table};
use crate::{Language, explain};

/// What a letter says.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// In which language.
    pub language: Language,
    /// The name of the pool.
    pub pool: &'a str,
    /// When the last of the member's entries was recorded, as in the journal.
    pub booked_until: Option<&'a str>,
    /// The figures.
    pub year: &'a YearStatement,
    /// The settlements, the newest first.
    pub credits: &'a [ExplainedCredit],
    /// The returns, if there are any.
    pub performance: Option<&'a Performance>,
}

const BODY: Style = Style {
    font: Font::Regular,
    size: 1_000,
    gray: 0,
};
const SMALL: Style = Style {
    size: 850,
    gray: 300,
    ..BODY
};
const HEADING: Style = Style {
    font: Font::Bold,
    size: 1_150,
    gray: 0,
};

/// The letter as a PDF (ISO 32000-1) of A4 pages in standard fonts. The same letter gives
/// the same bytes.
#[must_use]
pub fn yearly_statement(letter: &Letter<'_>) -> Vec<u8> {
    let phrases = Phrases::of(letter.language);
    let mut pages = Pages::new();
    head(&mut pages, letter, phrases);
    greeting(&mut pages, letter, phrases);
    summary(&mut pages, letter, phrases);
    returns(&mut pages, letter, phrases);
    months::write(&mut pages, letter, phrases);
    if !letter.credits.is_empty() {
        credits(&mut pages, letter, phrases);
        verification(&mut pages, letter, phrases);
    }
    pages.skip(1_400);
    pages.paragraph(SMALL, phrases.end);
    let title = title(letter, phrases);
    let left = format!("{title} · {}", letter.year.member_id);
    pages.finish(&title, letter.language.tag(), |number, count| {
        let right = format!("{} {number} {} {count}", phrases.page, phrases.of);
        (left.clone(), right)
    })
}

fn title(letter: &Letter<'_>, phrases: &Phrases) -> String {
    format!("{} {}", phrases.title, letter.year.to.first_day().year())
}

/// The name of the pool, to whom, about what.
fn head(pages: &mut Pages, letter: &Letter<'_>, phrases: &Phrases) {
    let (label, column) = (SMALL, 37_500);
    pages.skip(1_400);
    let name = Style {
        font: Font::Bold,
        size: 1_500,
        gray: 0,
    };
    // A name of a thousand letters does not leave the page.
    let name_of_pool: String = letter.pool.chars().take(60).collect();
    pages.text(LEFT, name, &name_of_pool);
    pages.skip(900);
    pages.rule(120, 0);
    // The window of an envelope begins 45 mm from the top.
    pages.skip(5_600);
    pages.text(LEFT, label, phrases.to_member);
    let period = match letter.year.from == letter.year.to {
        true => month(letter.year.to, letter.language),
        false => format!(
            "{} – {}",
            month_name(letter.year.from, letter.language),
            month(letter.year.to, letter.language)
        ),
    };
    let until = letter.booked_until.map(|time| {
        // The journal's text of a time: the day and the minute of it.
        let plain = time.get(..16).unwrap_or(time);
        format!("{} UTC", plain.replacen('T', " ", 1))
    });
    let shown = [
        Some((phrases.pool, name_of_pool.chars().take(34).collect())),
        Some((phrases.period, period)),
        until.map(|until| (phrases.booked_until, until)),
    ];
    let id = letter.year.member_id.to_string();
    for (place, row) in shown.into_iter().flatten().enumerate() {
        if place == 1 {
            pages.text(LEFT, Style { size: 950, ..BODY }, &id);
        }
        let (name, value): (&str, String) = row;
        pages.text(column, label, name);
        pages.text(column + 6_000, Style { size: 850, ..BODY }, &value);
        pages.skip(1_350);
    }
    pages.skip(3_200);
    let big = Style {
        font: Font::Bold,
        size: 1_800,
        gray: 0,
    };
    pages.text(LEFT, big, &title(letter, phrases));
    pages.skip(1_000);
}

fn greeting(pages: &mut Pages, letter: &Letter<'_>, phrases: &Phrases) {
    let (year, language) = (letter.year, letter.language);
    pages.skip(400);
    pages.paragraph(BODY, phrases.greeting);
    pages.skip(500);
    let Some((opening, closing)) = year.opening_cents.zip(year.closing_cents) else {
        pages.paragraph(BODY, phrases.unvalued);
        return;
    };
    let (opening, closing) = (euro(opening, language), euro(closing, language));
    let credits = euro(year.credits_cents, language);
    let mut text = match language {
        Language::De => format!(
            "Ihr Guthaben betrug zu Beginn des Zeitraums {opening} und an seinem Ende {closing}."
        ),
        Language::En => format!(
            "Your account held {opening} at the beginning of the period and {closing} at its end."
        ),
    };
    if let Some(percent) = &year.credit_percent {
        let percent = percent_of_text(percent, language);
        text += &match language {
            Language::De => format!(
                " Langlebigkeitsgutschriften haben {credits} dazu beigetragen: {percent} dessen, \
                 was im Risiko stand."
            ),
            Language::En => format!(
                " Longevity credits brought {credits} of it: {percent} of what was at risk."
            ),
        };
    }
    pages.paragraph(BODY, &text);
}

/// A heading, with room for what must stay with it.
fn heading(pages: &mut Pages, text: &str, room: Length) {
    pages.skip(1_400);
    pages.need(room.clamp(9_000, 55_000) + 3_300);
    pages.skip(1_400);
    pages.text(LEFT, HEADING, text);
    pages.skip(500);
}

/// An amount that leaves the account, as it changes the balance.
fn less(cents: Cents) -> Cents {
    Cents::ZERO.minus(cents).unwrap_or(cents)
}

fn summary(pages: &mut Pages, letter: &Letter<'_>, phrases: &Phrases) {
    let year = letter.year;
    heading(pages, phrases.summary, 0);
    let columns = [Column::words("", 3), Column::figures("", 1)];
    let absent = "–".to_owned();
    let of = |cents: Option<Cents>| cents.map_or(absent.clone(), |c| euro(c, letter.language));
    let row = |name: &str, cents: Option<Cents>| Row {
        cells: vec![name.to_owned(), of(cents)],
        sum: false,
    };
    let credits = match &year.credit_percent {
        Some(percent) => format!(
            "{} ({})",
            phrases.credits,
            percent_of_text(percent, letter.language)
        ),
        None => phrases.credits.to_owned(),
    };
    let mut rows = vec![
        row(phrases.opening, year.opening_cents),
        row(phrases.contributions, Some(year.contributions_cents)),
        row(phrases.gain, year.return_cents),
        row(&credits, Some(year.credits_cents)),
        row(phrases.fees, Some(less(year.fees_cents))),
        row(phrases.taxes, Some(less(year.taxes_cents))),
        row(phrases.payouts, Some(less(year.payouts_cents))),
    ];
    if year.forfeited_cents != Cents::ZERO {
        rows.push(row(phrases.forfeited, Some(less(year.forfeited_cents))));
    }
    rows.push(Row {
        cells: vec![phrases.closing.to_owned(), of(year.closing_cents)],
        sum: true,
    });
    table(pages, 1_000, &columns, &rows);
}

fn returns(pages: &mut Pages, letter: &Letter<'_>, phrases: &Phrases) {
    let Some(performance) = letter.performance else {
        return;
    };
    let lines = [
        (
            phrases.time_weighted,
            performance.with_credits.time_weighted,
        ),
        (
            phrases.without_credits,
            performance.without_credits.time_weighted,
        ),
        (phrases.money_weighted, performance.money_weighted),
    ];
    let rows: Vec<Row> = lines
        .into_iter()
        .filter_map(|(name, rate)| Some((name, rate?)))
        .map(|(name, found): (&str, Rate)| Row {
            cells: vec![
                name.to_owned(),
                rate(&found.total.to_string(), letter.language),
            ],
            sum: false,
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    heading(pages, phrases.performance, 0);
    let columns = [Column::words("", 3), Column::figures("", 1)];
    table(pages, 1_000, &columns, &rows);
}

/// The settlements, the oldest first.
fn credits(pages: &mut Pages, letter: &Letter<'_>, phrases: &Phrases) {
    let language = letter.language;
    let rows = letter.credits.len();
    heading(pages, phrases.credits_heading, height(800, rows));
    let titles = phrases.credit_columns;
    let columns: Vec<Column> = (0..7)
        .map(|place| match place {
            0 => Column::words(titles[0], 14),
            2 => Column::figures(titles[2], 16),
            _ => Column::figures(titles[place], 12),
        })
        .collect();
    let of =
        |text: Option<&str>, write: &dyn Fn(&str) -> String| text.map_or("–".to_owned(), write);
    let rows: Vec<Row> = letter
        .credits
        .iter()
        .rev()
        .map(|credit| {
            let cents = |text: &str| {
                let cents = money::round_half_even(text, 0).ok();
                let cents = cents.and_then(|cents| Cents::new(cents).ok());
                cents.map_or_else(|| text.to_owned(), |cents| amount(cents, language))
            };
            let cells = vec![
                month(credit.period, language).replace(NO_BREAK, " "),
                amount(credit.at_risk_cents, language),
                of(credit.q.as_deref(), &|q| percent_of_part(q, language)),
                of(credit.nominal_gain_cents.as_deref(), &cents),
                factor(&credit.group_gain, language),
                amount(credit.credit_cents, language),
                of(credit.credit_percent.as_deref(), &|p| {
                    percent_of_text(p, language)
                }),
            ];
            Row { cells, sum: false }
        })
        .collect();
    table(pages, 800, &columns, &rows);
    heading(pages, phrases.in_words, 0);
    for credit in letter.credits.iter().rev() {
        pages.skip(250);
        pages.paragraph(Style { size: 900, ..BODY }, &explain(credit, language));
    }
}

fn verification(pages: &mut Pages, letter: &Letter<'_>, phrases: &Phrases) {
    heading(pages, phrases.verify, 0);
    for text in phrases.verify_text {
        pages.skip(200);
        pages.paragraph(Style { size: 900, ..BODY }, text);
    }
    pages.skip(400);
    let mono = Style {
        font: Font::Mono,
        size: 700,
        gray: 0,
    };
    if let Some(credit) = letter.credits.last() {
        let period = credit.period.to_string();
        let path = credit.proof.replacen(&period, "JJJJ-MM", 1);
        let path = match letter.language {
            Language::De => path,
            Language::En => path.replacen("JJJJ-MM", "YYYY-MM", 1),
        };
        pages.paragraph(mono, &format!("GET {path}"));
    }
    pages.skip(500);
    let mut columns = [
        Column::words(phrases.seal_columns[0], 12),
        Column::words(phrases.seal_columns[1], 6),
        Column::words(phrases.seal_columns[2], 40),
    ];
    columns[2].mono = true;
    let rows: Vec<Row> = letter
        .credits
        .iter()
        .rev()
        .filter_map(|credit| {
            Some(Row {
                cells: vec![
                    month(credit.period, letter.language).replace(NO_BREAK, " "),
                    credit.seal_number?.to_string(),
                    credit.head.clone()?,
                ],
                sum: false,
            })
        })
        .collect();
    table(pages, 800, &columns, &rows);
}

#[cfg(test)]
mod tests;
