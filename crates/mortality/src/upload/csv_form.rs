//! The form of an uploaded table in CSV.

use csv::{Reader, StringRecord};

use super::{
    BySex, Place, TableHead, UploadError, UploadProblem, UploadedTable, is_in_range, rate,
};
use crate::rate::Rate;

/// The largest file: 131 lines of a dozen columns are far below.
pub const MAX_CSV_BYTES: usize = 65_536;

/// The columns that are read. Others, such as lx and ex, may stand beside them.
const AGE: &str = "age";
const UNISEX: &str = "qx";
const FEMALE: &str = "qx_female";
const MALE: &str = "qx_male";

fn at(line: u64, column: &'static str, problem: UploadProblem) -> UploadError {
    UploadError {
        place: Place::Cell { line, column },
        problem,
    }
}

impl UploadedTable {
    /// The table of a CSV file in UTF-8 with commas and a header line: a column
    /// `age`, which rises by 1 from any first age, and either `qx_female` and
    /// `qx_male`, or `qx`. Other columns are not read.
    ///
    /// # Errors
    /// The first thing that is wrong, by its line and column; what is wrong in
    /// the head, by its JSON pointer.
    pub fn from_csv(head: TableHead, file: &[u8]) -> Result<Self, UploadError> {
        head.check()?;
        if file.len() > MAX_CSV_BYTES {
            return Err(at(1, AGE, UploadProblem::TooLarge));
        }
        let mut reader = Reader::from_reader(file);
        let header = reader.headers().map_err(|error| not_csv(&error))?.clone();
        let age = position(&header, AGE)?.ok_or(at(1, AGE, UploadProblem::Columns))?;
        let columns = (
            position(&header, FEMALE)?,
            position(&header, MALE)?,
            position(&header, UNISEX)?,
        );
        let lines: Vec<StringRecord> = reader
            .records()
            .collect::<Result<_, _>>()
            .map_err(|error| not_csv(&error))?;
        let first_age = first_age(&lines, age)?;
        let column = |position, name| column(&lines, position, name);
        let rates = match columns {
            (Some(female), Some(male), None) => BySex::Apart {
                female: column(female, FEMALE)?,
                male: column(male, MALE)?,
            },
            (None, None, Some(unisex)) => BySex::Unisex(column(unisex, UNISEX)?),
            (None, Some(_), _) => return Err(at(1, FEMALE, UploadProblem::Columns)),
            (Some(_), None, _) => return Err(at(1, MALE, UploadProblem::Columns)),
            (None, None, None) | (Some(_), Some(_), Some(_)) => {
                return Err(at(1, UNISEX, UploadProblem::Columns));
            }
        };
        Ok(Self::new(head, first_age, rates))
    }
}

fn not_csv(error: &csv::Error) -> UploadError {
    let line = error.position().map_or(1, csv::Position::line);
    at(line, AGE, UploadProblem::NotCsv)
}

/// Where the column `name` stands, if it does so once.
fn position(header: &StringRecord, name: &'static str) -> Result<Option<usize>, UploadError> {
    let mut found = (0..).zip(header).filter(|(_, cell)| *cell == name);
    let first = found.next().map(|(position, _)| position);
    match found.next() {
        Some(_) => Err(at(1, name, UploadProblem::Columns)),
        None => Ok(first),
    }
}

fn line_of(record: &StringRecord) -> u64 {
    record.position().map_or(1, csv::Position::line)
}

/// The first age, if the others follow it without a gap up to at most 130.
fn first_age(lines: &[StringRecord], position: usize) -> Result<u32, UploadError> {
    let age = |line: &StringRecord| {
        let text = &line[position];
        let plain = text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let first = lines.first().and_then(age).unwrap_or(0);
    for (line, expected) in lines.iter().zip(first..) {
        if age(line) != Some(expected) {
            return Err(at(line_of(line), AGE, UploadProblem::Gap));
        }
    }
    if is_in_range(first, lines.len()) {
        Ok(first)
    } else {
        let line = lines.last().map_or(1, line_of);
        Err(at(line, AGE, UploadProblem::Ages))
    }
}

fn column(
    lines: &[StringRecord],
    position: usize,
    name: &'static str,
) -> Result<Vec<Rate>, UploadError> {
    let last = lines.len().saturating_sub(1);
    let checked = lines.iter().enumerate().map(|(i, line)| {
        rate(&line[position], i == last).ok_or_else(|| at(line_of(line), name, UploadProblem::Rate))
    });
    checked.collect()
}
