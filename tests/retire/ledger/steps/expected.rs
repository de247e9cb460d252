//! What the settlement of the large pool is, computed here.

use ledger::record::Settlement;
use ledger::settlement::{Candidate, Fate, Roll, Valuation, settle};
use ledger::{Month, Term};
use money::Cents;
use mortality::Sex;
use time::macros::date;
use uuid::Uuid;

use super::large::{Large, MEMBERS, PERIOD, born, id, paid};
use crate::ledger::model::book::{Account, Book, Settled};
use crate::ledger::model::{compare, settled as records};

impl Large {
    /// What the settlement is, by what was paid in.
    fn expected(&self, revision: i64) -> (Book, Settled) {
        let starts: Month = PERIOD.parse().expect("a month");
        let rules = self.pool().rules;
        let book = Book::new(self.pool_id, starts, rules);
        let rules = &book.rules[0].1;
        let term = Term {
            starts,
            cadence: rules.cadence,
        };
        let mut people: Vec<(Uuid, i64)> = (1..=MEMBERS).map(|n| (id(n, "member"), n)).collect();
        people.sort_unstable();
        let mut roll = Roll::new(term);
        for (member, number) in people {
            let died_on = self
                .dead
                .iter()
                .find(|(dead, _)| *dead == member)
                .map(|(_, on)| *on);
            let more = self.within.get(&member).copied().unwrap_or(0);
            let candidate = Candidate {
                birth_date: Some(born(number)),
                sex: if number % 2 == 0 {
                    Sex::Female
                } else {
                    Sex::Male
                },
                enrolled_on: date!(2025 - 05 - 01),
                died_on,
                death_confirmed: died_on.is_some(),
                cash: Cents::new(paid(number) + more).expect("in range"),
                securities: Valuation::Complete(Cents::ZERO),
            };
            roll.add(member, &candidate);
        }
        let standings = roll.standings().to_vec();
        let draft = settle(rules, &book.rates, term, &standings, Cents::ZERO).expect("settled");
        let name = if revision == 1 {
            PERIOD.to_owned()
        } else {
            format!("{PERIOD}/{revision}")
        };
        let settled = Settled {
            settlement_id: Uuid::new_v5(&self.pool_id, name.as_bytes()),
            term,
            revision,
            rules_version: 1,
            ids: (0..standings.len())
                .map(|index| roll.id(index).expect("an id"))
                .collect(),
            standings,
            draft,
            holds: true,
        };
        (book, settled)
    }

    /// The settlement is the expected one: in sum, in its lines, and on the accounts.
    pub fn require(&self, record: &Settlement, revision: i64) {
        let (book, settled) = self.expected(revision);
        let seal = usize::try_from(revision - 1).expect("small");
        records::settlement(record, &settled, Some(seal));
        records::lines(&self.http, &book, &settled);
        let mut admin = self.database.admin();
        let found = compare::accounts(&mut admin, self.pool_id);
        for (member, standing, line) in settled.lines() {
            let after = self.after.get(&member).copied().unwrap_or(0);
            let owned = match line.fate {
                Fate::Survived => standing.cash.get() + line.credit.get() + after,
                Fate::LeftToPool | Fate::LeftToEstate => 0,
            };
            assert_eq!(
                found.get(&Account::Member(member)).copied().unwrap_or(0),
                owned
            );
        }
        assert_eq!(found.values().sum::<i64>(), 0);
    }
}
