//! Tables: a header that is repeated on each page, figures under each other.

use crate::page::{Font, LEFT, Length, Pages, RIGHT, Style};

/// A column.
pub(crate) struct Column {
    /// Its header, in up to two lines.
    pub(crate) title: &'static str,
    /// Its part of the width.
    pub(crate) part: i32,
    /// Whether its cells end under each other.
    pub(crate) figures: bool,
    /// Whether its cells are digests.
    pub(crate) mono: bool,
}

impl Column {
    pub(crate) const fn words(title: &'static str, part: i32) -> Self {
        Self {
            title,
            part,
            figures: false,
            mono: false,
        }
    }

    pub(crate) const fn figures(title: &'static str, part: i32) -> Self {
        Self {
            title,
            part,
            figures: true,
            mono: false,
        }
    }
}

/// A row; a sum is set apart.
pub(crate) struct Row {
    pub(crate) cells: Vec<String>,
    pub(crate) sum: bool,
}

/// The smallest size of a table's letters.
const SMALLEST: Length = 300;
/// Between columns.
const GAP: Length = 500;

/// Writes a table over the whole width, in letters of `size` or as much smaller as its
/// cells need.
pub(crate) fn table(pages: &mut Pages, size: Length, columns: &[Column], rows: &[Row]) {
    let parts: i32 = columns.iter().map(|column| column.part).sum();
    let width = |column: &Column| (RIGHT - LEFT) / parts.max(1) * column.part;
    let fits = |size: Length| {
        rows.iter().all(|row| {
            row.cells.iter().zip(columns).all(|(cell, column)| {
                style(column, size, row.sum).font.width(size, cell) <= width(column) - GAP
            })
        })
    };
    let mut size = size;
    while size > SMALLEST && !fits(size) {
        size -= 25;
    }
    let (leading, mut first) = (size * 17 / 10, true);
    for row in rows {
        if pages.need(leading * 2) || first {
            header(pages, size, columns, width);
            first = false;
        }
        if row.sum {
            pages.skip(leading / 3);
            pages.rule(60, 0);
        }
        pages.skip(leading);
        line(pages, columns, width, &row.cells, |column| {
            style(column, size, row.sum)
        });
        pages.skip(size / 3);
        if !row.sum {
            pages.rule(25, 820);
        }
    }
}

fn style(column: &Column, size: Length, sum: bool) -> Style {
    let font = match (column.mono, sum) {
        (true, _) => Font::Mono,
        (false, true) => Font::Bold,
        (false, false) => Font::Regular,
    };
    Style {
        font,
        size,
        gray: 0,
    }
}

/// How high a table is at most.
pub(crate) fn height(size: Length, rows: usize) -> Length {
    let rows = i32::try_from(rows).unwrap_or(i32::MAX / 1_000_000);
    size * 22 / 10 * (rows + 2)
}

fn header(pages: &mut Pages, size: Length, columns: &[Column], width: impl Fn(&Column) -> Length) {
    if columns.iter().all(|column| column.title.is_empty()) {
        pages.skip(size / 2);
        pages.rule(75, 0);
        return;
    }
    let of = |_: &Column| Style {
        font: Font::Bold,
        size,
        gray: 350,
    };
    let part = |place: usize| {
        let cells: Vec<String> = columns
            .iter()
            .map(|column| {
                let mut lines = column.title.split('\n');
                // A title of one line stands in the second.
                match (column.title.contains('\n'), place) {
                    (false, 0) => String::new(),
                    (false, _) => column.title.to_owned(),
                    (true, place) => lines.nth(place).unwrap_or_default().to_owned(),
                }
            })
            .collect();
        cells
    };
    let two = columns.iter().any(|column| column.title.contains('\n'));
    for place in if two { 0..2 } else { 1..2 } {
        pages.skip(size * 13 / 10);
        line(pages, columns, &width, &part(place), of);
    }
    pages.skip(size / 2);
    pages.rule(75, 0);
}

fn line(
    pages: &mut Pages,
    columns: &[Column],
    width: impl Fn(&Column) -> Length,
    cells: &[String],
    style: impl Fn(&Column) -> Style,
) {
    let mut x = LEFT;
    for (column, cell) in columns.iter().zip(cells) {
        let next = x + width(column);
        match column.figures {
            true => pages.text_until(next, style(column), cell),
            false => pages.text(x, style(column), cell),
        }
        x = next;
    }
}
