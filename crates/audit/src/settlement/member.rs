//! A line of a settlement, and whether its member can have it.

use ledger::settlement::{Fate, Leaf};
use merkle::Hash;
use mortality::ExactAge;

use super::Open;
use crate::chain::Chain;
use crate::finding::{Finding, FormFinding, SettlementFinding};
use crate::people::People;

impl Open {
    /// Takes in the next line.
    pub fn push(
        &mut self,
        hash: Hash,
        body: &str,
        people: &People,
        chain: &Chain,
    ) -> Result<(), Finding> {
        let leaf: Leaf = serde_json::from_str(body).map_err(|error| FormFinding::Content {
            kind: "line",
            problem: error.to_string(),
        })?;
        let (settlement_id, member_id) = (self.link.settlement_id, leaf.member_id);
        if self
            .lines
            .members
            .last()
            .is_some_and(|last| *last >= member_id)
        {
            return Err(SettlementFinding::LineOrder {
                settlement_id,
                member_id,
            }
            .into());
        }
        let wrong = |problem| SettlementFinding::Member {
            settlement_id,
            member_id,
            problem,
        };
        let standing = leaf.standing().map_err(|_| wrong("there is no such age"))?;
        let person = people
            .get(member_id)
            .ok_or_else(|| wrong("the pool has no such member"))?;
        if person.sex != leaf.sex {
            return Err(wrong("the member has another sex").into());
        }
        if chain.is_dead(member_id, &self.replaced) {
            return Err(wrong("the member died in an earlier settlement").into());
        }
        if leaf.fate == Fate::Survived && leaf.age_months.is_none() {
            return Err(wrong("who was not at risk and lives has none").into());
        }
        if leaf.fate != Fate::Survived && !people.died(member_id, |day| self.term.contains(day)) {
            return Err(wrong("no death in the period was confirmed").into());
        }
        if let (Some(_), Some(born)) = (standing.age, person.birth_date)
            && ExactAge::on(self.term.first_day(), born).ok() != standing.age
        {
            return Err(wrong("the member has another age").into());
        }
        self.lines.push(hash, &leaf, standing);
        Ok(())
    }
}
