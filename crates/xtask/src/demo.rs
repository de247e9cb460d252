//! `cargo xtask demo`

use std::sync::Mutex;
use std::time::Instant;

use anyhow::Result;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table as TextTable};
use indicatif::{ProgressBar, ProgressStyle};
use mortality::{FractionalAge, Table};
use simulator::{Client, DevKeys, Progress, Scenario, YearReport, play};

use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address of a running application (`cargo xtask up`).
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: String,
    /// How many members.
    #[arg(long, default_value_t = 1000)]
    members: usize,
    /// The seed: the same seed plays the same year.
    #[arg(long, default_value_t = 2025)]
    seed: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let keys = DevKeys::load_or_create(&workspace::state()?.join("keys.json"))?;
    let client = Client::new(&arguments.url, &keys)?;
    let start = Instant::now();
    let scenario = Scenario::draw(
        arguments.members,
        12,
        "2025-01".parse()?,
        Table::by_id("destatis-2022-2024")?,
        FractionalAge::ConstantForce,
        arguments.seed,
    );
    let bar = Bar::new();
    let report = play(&client, &scenario, &bar)?;
    bar.0
        .lock()
        .unwrap_or_else(|e| e.into_inner())
        .finish_and_clear();
    println!("{}", table(&report));
    println!(
        "{} members, {} deliveries, {} of them first refused for their signature, with {} events, \
         every event three times: {:.1} s",
        arguments.members,
        report.deliveries,
        report.retries,
        report.events,
        start.elapsed().as_secs_f32()
    );
    println!();
    println!("Checked, to the cent:");
    println!("  each month, the credits of all members are the death pot");
    println!("  each month, the pot is what the dead left");
    println!("  every statement closes, with the balance that the simulation computed apart");
    for line in &report.trial_balance {
        println!(
            "  the journal sums to zero over {} postings of {}",
            line.postings, line.asset_id
        );
    }
    println!("  all webhooks again, shuffled anew, changed nothing");
    Ok(())
}

fn table(report: &YearReport) -> TextTable {
    let mut table = TextTable::new();
    table.load_style(ASCII_MARKDOWN).set_header([
        "month",
        "members",
        "died",
        "paid in",
        "return",
        "fees",
        "paid out",
        "death pot",
        "credits",
        "group gain",
        "closing",
    ]);
    for month in &report.months {
        let settlement = &month.settlement;
        table.add_row([
            settlement.period.to_string(),
            settlement.members_at_risk.to_string(),
            settlement.deaths.to_string(),
            euro(month.contributions_cents),
            euro(month.return_cents),
            euro(month.fees_cents),
            euro(month.payouts_cents),
            settlement.pot_cents.to_string(),
            settlement.credits_cents.to_string(),
            settlement.group_gain.chars().take(6).collect(),
            euro(month.closing_cents),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn euro(cents: i128) -> String {
    let (sign, abs) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    format!("{sign}{}.{:02}", abs / 100, abs % 100)
}

/// A progress bar.
pub(crate) struct Bar(Mutex<ProgressBar>);

impl Bar {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(ProgressBar::hidden()))
    }
}

impl Progress for Bar {
    fn phase(&self, name: &str, total: usize) {
        let style = ProgressStyle::with_template("{msg:28} {bar:40} {pos}/{len} {elapsed}");
        let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX))
            .with_message(name.to_owned());
        if let Ok(style) = style {
            bar.set_style(style);
        }
        let mut current = self.0.lock().unwrap_or_else(|e| e.into_inner());
        current.finish_and_clear();
        *current = bar;
    }

    fn step(&self) {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).inc(1);
    }
}
