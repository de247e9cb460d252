//! The mortality basis of a command line.

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use mortality::{
    Basis, Blend, Closing, FractionalAge, Improvement, ImprovementBand, Mortality, Parameter,
    YearlyImprovement,
};

/// Everything that has to be said before a rate is a rate.
#[derive(clap::Args)]
pub(super) struct BasisArguments {
    /// A life table that is shipped, such as destatis-2022-2024.
    #[arg(long)]
    table: Option<String>,
    /// What holds beyond its last age: last_rate, last_age or such as
    /// log_quadratic_130.
    #[arg(long)]
    closing: Option<Closing>,
    /// How deaths spread over a year of age.
    #[arg(long, value_enum)]
    fractional_age: Option<Assumption>,
    /// Unisex rates: the share of men.
    #[arg(long)]
    male_share: Option<Parameter>,
    /// Unisex rates by the survivors of a group: the age at which it has that share.
    #[arg(long, requires = "male_share")]
    start_age: Option<u32>,
    /// Rates fall by this every year.
    #[arg(long, requires = "base_year")]
    yearly_factor: Option<Parameter>,
    /// The year from which they fall.
    #[arg(long)]
    base_year: Option<i32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Assumption {
    Uniform,
    ConstantForce,
    Balducci,
}

impl BasisArguments {
    /// Whether a table is named.
    pub(super) fn is_given(&self) -> bool {
        self.table.is_some()
    }

    pub(super) fn basis(&self) -> Result<Basis> {
        let blend = match (self.male_share, self.start_age) {
            (None, _) => Blend::BySex,
            (Some(share), None) => Blend::ByShare {
                male_share: share.try_into()?,
            },
            (Some(share), Some(start_age)) => Blend::ByLx {
                start_age,
                male_share: share.try_into()?,
            },
        };
        let improvement = match (self.yearly_factor, self.base_year) {
            (Some(yearly_factor), Some(base_year)) => {
                let band = ImprovementBand {
                    from_age: 0,
                    yearly_factor,
                };
                Improvement::Yearly(YearlyImprovement::new(base_year, vec![band])?)
            }
            _ => Improvement::None,
        };
        Ok(Basis {
            mortality: Mortality::Table {
                id: self.table.clone().context("say --table")?,
                closing: self.closing.context("say --closing: it has no default")?,
            },
            blend,
            improvement,
            fractional_age: match self.fractional_age {
                Some(Assumption::Uniform) => FractionalAge::Uniform,
                Some(Assumption::ConstantForce) => FractionalAge::ConstantForce,
                Some(Assumption::Balducci) => FractionalAge::Balducci,
                None => bail!("say --fractional-age: it has no default"),
            },
        })
    }
}
