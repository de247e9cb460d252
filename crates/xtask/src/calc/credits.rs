//! `cargo xtask calc credits`

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use ledger::calendar;
use money::Cents;
use mortality::Period;
use tontine::{Caps, Fallback, Infeasible, Rule};
use tontine_calc::credits::share;
use tontine_calc::fairness::Equitable;
use tontine_calc::pool::{MemberAtRisk, PeriodRates, Pool, PoolAtRisk};

use super::basis::BasisArguments;
use super::{explained, table};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A CSV file with the columns id, at_risk_cents, died (true or false), and
    /// either q or sex and birth_date; - for standard input.
    members: PathBuf,
    /// How the pot is shared.
    #[arg(long, value_enum)]
    rule: RuleName,
    /// What a fair transfer plan does where none exists.
    #[arg(long, value_enum, default_value_t = InfeasibleName::Refuse)]
    infeasible: InfeasibleName,
    /// The rule where there are no equitable weights.
    #[arg(long, value_enum, default_value_t = FallbackName::OverlayFund)]
    fallback: FallbackName,
    /// The pot that was carried from the period before.
    #[arg(long, default_value_t = 0)]
    carried_in_cents: i64,
    /// The most of the pot that one member gets, in millionths.
    #[arg(long)]
    max_share_ppm: Option<u32>,
    /// The most that a credit is of the member's stake, in millionths.
    #[arg(long)]
    max_gain_ppm: Option<u64>,
    /// The most of a balance that stands at risk.
    #[arg(long)]
    max_stake_cents: Option<u64>,
    #[command(flatten)]
    basis: BasisArguments,
    /// How long the period is.
    #[arg(long, value_enum, default_value_t = PeriodName::Month)]
    period: PeriodName,
    /// Its first day, such as 2025-01-01.
    #[arg(long)]
    starts_on: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum RuleName {
    NominalGain,
    FinitePoolCorrection,
    OverlayFund,
    FairTransferPlan,
    GroupSelfAnnuitisation,
    EquitableWeights,
}

#[derive(Clone, Copy, ValueEnum)]
enum InfeasibleName {
    Refuse,
    CapStake,
}

#[derive(Clone, Copy, ValueEnum)]
enum FallbackName {
    NominalGain,
    FinitePoolCorrection,
    OverlayFund,
    CappedFairTransferPlan,
}

#[derive(Clone, Copy, ValueEnum)]
enum PeriodName {
    Month,
    Quarter,
    Year,
}

impl Arguments {
    fn rule(&self) -> Rule {
        match self.rule {
            RuleName::NominalGain => Rule::NominalGain,
            RuleName::FinitePoolCorrection => Rule::FinitePoolCorrection,
            RuleName::OverlayFund => Rule::OverlayFund,
            RuleName::GroupSelfAnnuitisation => Rule::GroupSelfAnnuitisation,
            RuleName::FairTransferPlan => Rule::FairTransferPlan {
                infeasible: match self.infeasible {
                    InfeasibleName::Refuse => Infeasible::Refuse,
                    InfeasibleName::CapStake => Infeasible::CapStake,
                },
            },
            RuleName::EquitableWeights => Rule::EquitableWeights {
                fallback: match self.fallback {
                    FallbackName::NominalGain => Fallback::NominalGain,
                    FallbackName::FinitePoolCorrection => Fallback::FinitePoolCorrection,
                    FallbackName::OverlayFund => Fallback::OverlayFund,
                    FallbackName::CappedFairTransferPlan => Fallback::CappedFairTransferPlan,
                },
            },
        }
    }

    fn rates(&self) -> Result<Option<PeriodRates>> {
        if !self.basis.is_given() {
            return Ok(None);
        }
        let starts_on = self.starts_on.as_deref().context("say --starts-on")?;
        Ok(Some(PeriodRates {
            basis: self.basis.basis()?,
            period: match self.period {
                PeriodName::Month => Period::Month,
                PeriodName::Quarter => Period::Quarter,
                PeriodName::Year => Period::Year,
            },
            starts_on: calendar::parse(starts_on).context("--starts-on is no date")?,
        }))
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let members = read(arguments)?;
    let balances: Vec<Cents> = members.iter().map(|m| m.at_risk_cents).collect();
    let ids: Vec<String> = members.iter().map(|m| m.id.clone()).collect();
    let pool = PoolAtRisk {
        rule: Some(arguments.rule()),
        caps: Caps {
            max_share_ppm: arguments.max_share_ppm,
            max_gain_ppm: arguments.max_gain_ppm,
            max_stake_cents: arguments.max_stake_cents,
        },
        carried_in_cents: Cents::new(arguments.carried_in_cents)?,
        rates: arguments.rates()?,
        with_fairness: true,
        pool_id: None,
        members,
    };
    let pool = Pool::of_any_size(&|_| Ok(None), pool).map_err(|p| explained(&p))?;
    let rates: Vec<String> = pool.participants.iter().map(|p| p.q.to_string()).collect();
    let (shared, credits) = share(pool).map_err(|problem| explained(&problem))?;

    let mut lines = table(&["id", "q", "at risk", "credit", "fairness", "remark"]);
    let mut rows = ids.iter().zip(rates).zip(balances);
    for credit in credits {
        // Credits are in the order of the members and leave some out.
        let row = rows.by_ref().find(|((id, _), _)| **id == credit.id);
        let ((_, q), at_risk) = row.context("a credit of no member")?;
        let mut remarks = Vec::new();
        if credit.died {
            remarks.push("to the estate".to_owned());
        }
        if let Some(cut) = credit.cut_cents {
            remarks.push(format!("capped by {cut}"));
        }
        if let Some(unshared) = credit.to_estate_cents {
            remarks.push(format!("unshared {unshared}"));
        }
        lines.add_row([
            credit.id,
            q,
            at_risk.to_string(),
            credit.credit_cents.to_string(),
            credit.fairness_ratio.unwrap_or_default(),
            remarks.join(", "),
        ]);
    }
    println!("{lines}");
    println!();
    println!(
        "pot {}, carried out {}",
        shared.pot_cents, shared.carried_out_cents
    );
    println!("group gain {}", shared.group_gain);
    match shared.equitable {
        Some(Equitable::None { reason }) => println!("{reason}: shared by the fallback"),
        Some(Equitable::Weights { rounds, spread }) => {
            println!("equitable weights after {rounds} rounds, members differ by {spread}");
        }
        None => {}
    }
    if let Some(fairness) = shared.fairness {
        println!(
            "fairness: worst {} ({}), root mean square {}, implied members {}",
            fairness.worst,
            fairness.worst_member.unwrap_or_default(),
            fairness.rms_from_one,
            fairness.implied_members
        );
    }
    Ok(())
}

fn read(arguments: &Arguments) -> Result<Vec<MemberAtRisk>> {
    if arguments.members.to_str() == Some("-") {
        return members(std::io::stdin());
    }
    let file = std::fs::File::open(&arguments.members);
    members(file.with_context(|| arguments.members.display().to_string())?)
}

fn members(file: impl std::io::Read) -> Result<Vec<MemberAtRisk>> {
    csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(file)
        .deserialize()
        .enumerate()
        .map(|(row, member)| member.with_context(|| format!("member {}", row + 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a spreadsheet saves: rates or birth dates, and empty cells.
    #[test]
    fn members_are_read_from_csv() {
        let file = "id, q, sex, birth_date, at_risk_cents, died\n\
                    A, 0.01, , , 100, true\n\
                    B, , female, 1950-03-14, 200, false\n";
        let members = members(file.as_bytes()).expect("members");
        assert_eq!(members[0].q, "0.01".parse().ok());
        assert!(members[0].died && !members[1].died);
        assert_eq!(members[1].birth_date, calendar::parse("1950-03-14"));
        for (bad, row) in [
            ("id,q,at_risk_cents\nA,0.1,1\nB,2,1\n", "member 2"),
            ("id,q,at_risk_cents\nA,0.1,1.5\n", "member 1"),
            ("id,rate,at_risk_cents\nA,0.1,1\n", "member 1"),
        ] {
            let error = super::members(bad.as_bytes()).expect_err(bad);
            assert_eq!(error.to_string(), row, "{bad}");
        }
    }
}
