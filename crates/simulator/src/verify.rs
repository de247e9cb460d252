//! Checks that fail loudly.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use ledger::record::{Account, Page, Settlement, TrialBalanceLine};
use ledger::settlement::Fate;
use ledger::{Month, Statement};
use money::Cents;
use serde_json::Value;
use uuid::Uuid;

use crate::{Client, MonthReport, ScenarioMonth};

/// The most items of a page.
const PAGE_LEN: usize = 500;

pub(crate) struct Verifier<'a> {
    pub client: &'a Client,
    pub pool_id: Uuid,
    /// The members by the number of the person.
    pub members: &'a HashMap<usize, Uuid>,
}

impl Verifier<'_> {
    /// Checks a settled month against the scenario: the pot, the credits, and each
    /// member's statement. `credits` sums up each member's credits of all months.
    pub(crate) fn month(
        &self,
        month: &ScenarioMonth,
        settlement: Settlement,
        credits: &mut HashMap<Uuid, i128>,
    ) -> Result<MonthReport> {
        let period = month.period;
        let statements = self.statements(period)?;
        ensure!(
            statements.len() == self.members.len(),
            "{period}: {} statements for {} members",
            statements.len(),
            self.members.len()
        );
        for statement in &statements {
            ensure!(
                statement.closes(),
                "{period}: a statement does not close: {statement:?}"
            );
            ensure!(statement.settled, "{period}: a statement is not settled");
        }
        self.check_pot(month, &settlement, &statements)?;
        for statement in &statements {
            *credits.entry(statement.member_id).or_insert(0) +=
                i128::from(statement.credits_cents.get());
        }
        self.check_closings(month, &statements, credits)?;
        let sum =
            |value: fn(&Statement) -> Option<Cents>| statements.iter().filter_map(value).sum();
        Ok(MonthReport {
            contributions_cents: sum(|s| Some(s.contributions_cents)),
            return_cents: sum(|s| s.return_cents),
            fees_cents: sum(|s| Some(s.fees_cents)),
            payouts_cents: sum(|s| Some(s.payouts_cents)),
            closing_cents: sum(|s| s.closing_cents),
            settlement,
        })
    }

    /// Σ credits + carried out = pot = carried in + Σ left by the dead, to the cent.
    fn check_pot(
        &self,
        month: &ScenarioMonth,
        settlement: &Settlement,
        statements: &[Statement],
    ) -> Result<()> {
        let period = month.period;
        let credited: i128 = statements.iter().map(|s| s.credits_cents).sum();
        let cents = |amount: Cents| i128::from(amount.get());
        ensure!(
            credited == cents(settlement.credits_cents),
            "{period}: the statements' credits are not the settlement's"
        );
        ensure!(
            credited + cents(settlement.carried_out_cents) == cents(settlement.pot_cents),
            "{period}: credits and what is carried are not the pot"
        );
        let mut left = cents(settlement.carried_in_cents);
        for death in &month.deaths {
            let member_id = self.members[&death.number];
            let account: Account = self.client.get(&format!("/v1/data/members/{member_id}"))?;
            let line = account
                .settlements
                .first()
                .context("the dead were settled")?;
            ensure!(
                line.fate == Fate::LeftToPool,
                "{period}: {member_id} left nothing to the pool"
            );
            left += cents(line.at_risk_cents);
        }
        ensure!(
            left == cents(settlement.pot_cents),
            "{period}: what the dead left is not the pot"
        );
        let dead = i64::try_from(month.deaths.len())?;
        ensure!(
            settlement.deaths == dead,
            "{period}: {} deaths settled",
            settlement.deaths
        );
        Ok(())
    }

    /// What the scenario computed apart, plus all credits so far, is what the
    /// statements say.
    fn check_closings(
        &self,
        month: &ScenarioMonth,
        statements: &[Statement],
        credits: &HashMap<Uuid, i128>,
    ) -> Result<()> {
        let by_member: HashMap<Uuid, &Statement> =
            statements.iter().map(|s| (s.member_id, s)).collect();
        for closing in &month.closings {
            let member_id = self.members[&closing.number];
            let statement = by_member.get(&member_id).context("a statement")?;
            let credited = credits.get(&member_id).copied().unwrap_or(0);
            let expected = i128::from(closing.cents) + credited;
            let actual = statement.closing_cents.map(|c| i128::from(c.get()));
            ensure!(
                actual == Some(expected),
                "{}: {member_id} closes with {actual:?}, expected {expected}",
                month.period
            );
        }
        Ok(())
    }

    fn statements(&self, period: Month) -> Result<Vec<Statement>> {
        let path = format!("/v1/data/pools/{}/statements?period={period}", self.pool_id);
        self.all(&path, '&')
    }

    /// Every page of a list.
    fn all<T: serde::de::DeserializeOwned>(&self, path: &str, separator: char) -> Result<Vec<T>> {
        let mut items = Vec::new();
        let mut after = String::new();
        loop {
            let page: Page<T> = self
                .client
                .get(&format!("{path}{separator}limit={PAGE_LEN}{after}"))?;
            items.extend(page.items);
            match page.next {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(items),
            }
        }
    }

    /// The sums of the journal, which are zero.
    pub(crate) fn trial_balance(&self) -> Result<Vec<TrialBalanceLine>> {
        let path = format!("/v1/data/pools/{}/trial-balance", self.pool_id);
        let page: Page<TrialBalanceLine> = self.client.get(&path)?;
        ensure!(!page.items.is_empty(), "the journal is empty");
        for line in &page.items {
            ensure!(
                line.sum_minor == "0",
                "the journal does not sum to zero: {line:?}"
            );
        }
        Ok(page.items)
    }

    /// Everything that can be read of the pool, to be compared later.
    pub(crate) fn everything(&self, months: &[Month]) -> Result<Vec<Value>> {
        self.trial_balance()?;
        let mut all = Vec::new();
        for path in ["settlements", "trial-balance"] {
            all.push(
                self.client
                    .get(&format!("/v1/data/pools/{}/{path}", self.pool_id))?,
            );
        }
        let members = format!("/v1/data/pools/{}/members", self.pool_id);
        all.extend(self.all::<Value>(&members, '?')?);
        for period in months {
            let path = format!("/v1/data/pools/{}/statements?period={period}", self.pool_id);
            all.extend(self.all::<Value>(&path, '&')?);
        }
        all.push(self.client.get("/v1/data/webhook-events/counts")?);
        Ok(all)
    }
}
