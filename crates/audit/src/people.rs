//! The members and their deaths.

use std::collections::{HashMap, HashSet};

use mortality::Sex;
use time::Date;
use uuid::Uuid;

use crate::finding::{Finding, RowFinding};
use crate::rows::{BeneficiaryRow, DeathRow, MemberRow, PayoutRow, ValuationRow};

/// What the rows say of a member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub sex: Sex,
    /// Absent if only the broker knows it.
    pub birth_date: Option<Date>,
}

/// Everybody who is or was a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    members: HashMap<Uuid, Person>,
    /// The days of the deaths that were ever confirmed.
    deaths: HashMap<Uuid, Vec<Date>>,
    death_ids: HashSet<Uuid>,
    payout_ids: HashSet<Uuid>,
}

impl People {
    pub fn get(&self, member_id: Uuid) -> Option<Person> {
        self.members.get(&member_id).copied()
    }

    pub fn has(&self, member_id: Uuid) -> bool {
        self.members.contains_key(&member_id)
    }

    /// Whether a death of the member on one of these days was confirmed. It may have
    /// been withdrawn since.
    pub fn died(&self, member_id: Uuid, in_term: impl Fn(Date) -> bool) -> bool {
        let days = self.deaths.get(&member_id);
        days.is_some_and(|days| days.iter().any(|day| in_term(*day)))
    }

    pub fn member(&mut self, pool_id: Uuid, row: &MemberRow) -> Result<(), Finding> {
        require_pool("member", pool_id, row.pool_id)?;
        let person = Person {
            sex: row.sex,
            birth_date: row.birth_date,
        };
        let earlier = self.members.insert(row.member_id, person);
        once("member", row.member_id, earlier.is_none())
    }

    pub fn death(&mut self, row: &DeathRow) -> Result<(), Finding> {
        once("death", row.death_id, self.death_ids.insert(row.death_id))?;
        self.require("death", row.member_id)?;
        if row.confirmed_at.is_some() {
            self.deaths
                .entry(row.member_id)
                .or_default()
                .push(row.died_on);
        }
        Ok(())
    }

    pub fn payout(&mut self, pool_id: Uuid, row: &PayoutRow) -> Result<(), Finding> {
        require_pool("payout", pool_id, row.pool_id)?;
        once(
            "payout",
            row.payout_id,
            self.payout_ids.insert(row.payout_id),
        )?;
        self.require("payout", row.member_id)
    }

    pub fn beneficiary(&self, row: &BeneficiaryRow) -> Result<(), Finding> {
        self.require("beneficiary", row.member_id)
    }

    pub fn valuation(&self, row: &ValuationRow) -> Result<(), Finding> {
        self.require("valuation", row.member_id)
    }

    fn require(&self, kind: &'static str, member_id: Uuid) -> Result<(), Finding> {
        if self.has(member_id) {
            Ok(())
        } else {
            Err(RowFinding::UnknownMember { kind, member_id }.into())
        }
    }
}

/// Checks that a row is of the pool.
pub(crate) fn require_pool(kind: &'static str, pool_id: Uuid, found: Uuid) -> Result<(), Finding> {
    if found == pool_id {
        Ok(())
    } else {
        let other = RowFinding::OtherPool {
            kind,
            pool_id,
            found,
        };
        Err(other.into())
    }
}

fn once(kind: &'static str, id: Uuid, is_first: bool) -> Result<(), Finding> {
    let id = id.to_string();
    is_first
        .then_some(())
        .ok_or_else(|| RowFinding::Twice { kind, id }.into())
}
