//! `cargo xtask calc`: the engine natively, for actuaries.

mod basis;
mod credits;
mod payouts;

use anyhow::{Error, Result, anyhow};
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table as TextTable};
use web::Problem;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Share a death pot among the members of a CSV file, and state how fair it is
    Credits(credits::Arguments),
    /// Print what a member is paid year by year
    Payouts(payouts::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.what {
        What::Credits(arguments) => credits::run(arguments),
        What::Payouts(arguments) => payouts::run(arguments),
    }
}

/// A table of figures: the first column is text.
fn table(header: &[&str]) -> TextTable {
    let mut table = TextTable::new();
    table.load_style(ASCII_MARKDOWN).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A problem for somebody at a terminal.
fn explained(problem: &Problem) -> Error {
    let place = problem.pointer().unwrap_or_default();
    let detail = problem.detail().unwrap_or(problem.code().title());
    anyhow!("{place} {detail}")
}
