//! `cargo xtask calc payouts`

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use ledger::calendar;
use money::Cents;
use mortality::{ExactAge, Parameter, Period, Sex};
use payout::{
    AnnuityTerms, Design, Figure, Interest, PathTerms, PayoutRule, annuity_due, payout_path,
};
use time::Date;

use super::basis::BasisArguments;
use super::table;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    basis: BasisArguments,
    /// By which the basis is read.
    #[arg(long, value_enum)]
    sex: SexName,
    /// The date of birth, such as 1960-05-15.
    #[arg(long)]
    birth_date: String,
    /// The day of the first payment.
    #[arg(long)]
    starts_on: String,
    /// What the member brings.
    #[arg(long)]
    balance_cents: i64,
    /// The effective rate at which payouts are discounted.
    #[arg(long)]
    interest: Parameter,
    /// What the balance earns, for an individual account.
    #[arg(long)]
    earned: Option<Parameter>,
    /// The members of a natural tontine, in place of an individual account.
    #[arg(long, conflicts_with = "earned")]
    natural_tontine_of: Option<u32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum SexName {
    Female,
    Male,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let sex = match arguments.sex {
        SexName::Female => Sex::Female,
        SexName::Male => Sex::Male,
    };
    let starts_on = date(&arguments.starts_on)?;
    let age = ExactAge::on(starts_on, date(&arguments.birth_date)?)?;
    let life = arguments
        .basis
        .basis()?
        .rates()?
        .life(sex, age, starts_on.year())?;
    let interest = Interest::effective(arguments.interest)?;
    let rule = match arguments.natural_tontine_of {
        Some(members) => PayoutRule::Tontine {
            design: Design::Natural,
            members,
        },
        None => PayoutRule::Account {
            earned: Interest::effective(arguments.earned.unwrap_or(arguments.interest))?,
        },
    };
    let terms = PathTerms {
        rule,
        interest,
        period: Period::Month,
        balance_cents: Cents::new(arguments.balance_cents)?,
    };
    let annuity = AnnuityTerms {
        interest,
        period: Period::Month,
        deferred_years: 0,
    };
    let mut lines = table(&["age", "alive", "paid in the year", "expected"]);
    for year in payout_path(&life, &terms)? {
        lines.add_row([
            year.age_years.to_string(),
            year.alive.to_string(),
            year.income_cents.to_string(),
            year.expected_cents.to_string(),
        ]);
    }
    println!("{lines}");
    println!();
    let factor = Figure::of(annuity_due(&life, 0.0, &annuity)?, 10)?;
    println!("annuity factor, monthly in advance: {factor}");
    Ok(())
}

fn date(text: &str) -> Result<Date> {
    calendar::parse(text).with_context(|| format!("{text} is no date such as 1960-05-15"))
}
