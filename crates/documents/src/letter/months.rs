//! The table of the months.

use ledger::Statement;
use money::Cents;

use super::{Letter, heading, less};
use crate::amounts::{amount, month_name};
use crate::page::Pages;
use crate::phrases::Phrases;
use crate::tables::{Column, Row, height, table};

/// The months from the first on in which there was something.
pub(super) fn write(pages: &mut Pages, letter: &Letter<'_>, phrases: &Phrases) {
    let (year, language) = (letter.year, letter.language);
    let begun = year.months.iter().position(|month| {
        month.opening_cents != Some(Cents::ZERO) || month.closing_cents != Some(Cents::ZERO)
    });
    let Some(begun) = begun else { return };
    let rows = year.months.len() - begun + 1;
    heading(pages, phrases.months, height(750, rows));
    let died = year.forfeited_cents != Cents::ZERO;
    let keep = |place: &usize| died || *place != 8;
    let columns: Vec<Column> = (0..10)
        .filter(keep)
        .map(|place| match place {
            0 => Column::words(phrases.month_columns[0], 11),
            _ => Column::figures(phrases.month_columns[place], 10),
        })
        .collect();
    let of = |cents: Option<Cents>| cents.map_or("–".to_owned(), |c| amount(c, language));
    let cells = |month: &Statement| {
        [
            month_name(month.period, language).to_owned(),
            of(month.opening_cents),
            of(Some(month.contributions_cents)),
            of(month.return_cents),
            of(Some(month.credits_cents)),
            of(Some(less(month.fees_cents))),
            of(Some(less(month.taxes_cents))),
            of(Some(less(month.payouts_cents))),
            of(Some(less(month.forfeited_cents))),
            of(month.closing_cents),
        ]
    };
    let row = |cells: [String; 10], sum| Row {
        cells: (0..10)
            .zip(cells)
            .filter(|(place, _)| keep(place))
            .map(|(_, cell)| cell)
            .collect(),
        sum,
    };
    let mut rows: Vec<Row> = year.months[begun..]
        .iter()
        .map(|month| row(cells(month), false))
        .collect();
    let sums = [
        phrases.sum.to_owned(),
        of(year.opening_cents),
        of(Some(year.contributions_cents)),
        of(year.return_cents),
        of(Some(year.credits_cents)),
        of(Some(less(year.fees_cents))),
        of(Some(less(year.taxes_cents))),
        of(Some(less(year.payouts_cents))),
        of(Some(less(year.forfeited_cents))),
        of(year.closing_cents),
    ];
    rows.push(row(sums, true));
    table(pages, 750, &columns, &rows);
}
