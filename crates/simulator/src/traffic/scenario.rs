//! The scenario file.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use time::Date;
use time::format_description::well_known::Iso8601;

/// The most accounts.
const MAX_ACCOUNTS: u32 = 1_000_000;

/// What happens at the broker and on the way from it: TOML, see `scenarios/day.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrafficScenario {
    /// The first day, such as 2025-06-02.
    pub first_day: String,
    /// Each a user with an account group and an account.
    pub accounts: u32,
    /// How often on a day, over all accounts.
    pub per_day: PerDay,
    /// Of a thousand.
    pub per_mille: PerMille,
    /// Sizes.
    pub sizes: Sizes,
    /// What is repeated by the schedule. Any other answer ends the delivery.
    pub tolerated: ToleratedFailures,
}

/// How often on a day, over all accounts.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerDay {
    /// Transfers from outside.
    pub topups: u32,
    /// Debits of the owner's bank account.
    pub direct_debits: u32,
    /// Transfers to the owner.
    pub withdrawals: u32,
    /// Securities bought or sold.
    pub orders: u32,
    /// Dividends paid.
    pub dividends: u32,
    /// Fees collected.
    pub fees: u32,
    /// Events that are stored and have no effect.
    pub reports: u32,
    /// Events of a category that no release has yet.
    pub unknown: u32,
}

/// Of a thousand.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerMille {
    /// Movements that are taken back.
    pub cancellations: u32,
    /// Events that cannot be applied.
    pub poison: u32,
    /// Events with a long text.
    pub oversize: u32,
    /// Events that are delivered twice.
    pub duplicates: u32,
    /// Events that arrive later than their turn.
    pub shuffles: u32,
    /// Packages that end before they are full.
    pub splits: u32,
    /// Packages whose first attempt has a signature that does not fit.
    pub forgeries: u32,
}

/// Sizes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// The length of a long text.
    pub oversize_octets: u32,
}

/// What is repeated by the schedule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToleratedFailures {
    /// Statuses besides 200.
    pub statuses: Vec<u16>,
    /// There may be no answer.
    pub unanswered: bool,
}

impl TrafficScenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// It is no TOML of this form, or a number is out of its range.
    pub fn read(text: &str) -> Result<Self> {
        let scenario: Self = toml::from_str(text).context("the scenario file")?;
        scenario.first_day()?;
        ensure!(
            scenario.accounts <= MAX_ACCOUNTS,
            "accounts: at most {MAX_ACCOUNTS}"
        );
        let PerMille {
            cancellations,
            poison,
            oversize,
            duplicates,
            shuffles,
            splits,
            forgeries,
        } = scenario.per_mille;
        let rates = [
            ("cancellations", cancellations),
            ("poison", poison),
            ("oversize", oversize),
            ("duplicates", duplicates),
            ("shuffles", shuffles),
            ("splits", splits),
            ("forgeries", forgeries),
        ];
        for (name, rate) in rates {
            ensure!(rate <= 1_000, "per_mille.{name}: at most 1000");
        }
        Ok(scenario)
    }

    pub(super) fn first_day(&self) -> Result<Date> {
        Date::parse(&self.first_day, &Iso8601::DATE)
            .with_context(|| format!("first_day: {:?} is no day", self.first_day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::traffic::EXAMPLE as DAY;

    #[test]
    fn what_a_scenario_cannot_say_is_refused() {
        TrafficScenario::read(DAY).expect("the example is right");
        let wrong = [
            (r#""2025-06-02""#, r#""2025-06-31""#, "first_day"),
            ("splits = 100", "splits = 1001", "per_mille.splits"),
            ("accounts = 100", "accounts = 1000001", "accounts"),
        ];
        for (right, wrong, named) in wrong {
            let error = TrafficScenario::read(&DAY.replace(right, wrong)).expect_err(wrong);
            assert!(error.to_string().contains(named), "{error:#}");
        }
        let unknown = DAY.replace("[sizes]", "[sizes]\nlargest = 1");
        assert!(TrafficScenario::read(&unknown).is_err());
    }
}
