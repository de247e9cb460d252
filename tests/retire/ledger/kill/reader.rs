//! Reads all the time, and never sees a part of a settlement.

use ledger::Statement;
use ledger::record::{Balance, JournalEntry, Page, Settlement, TrialBalanceLine};
use serde::de::DeserializeOwned;
use time::Date;
use time::macros::date;

use super::mishaps::Crew;
use super::script::Cast;
use crate::harness::text;
use crate::ledger::get;
use crate::ledger::model::book::{Account, Book};

/// Somebody who reads while others settle.
pub struct Reader<'a> {
    crew: &'a Crew,
    cast: &'a Cast,
    /// The pool before and after each settlement.
    states: &'a [Book],
}

/// What members own, in the form of the answer.
type Owned = Vec<(String, String, String)>;

fn owned(book: &Book, as_of: Date) -> Owned {
    let balances = book.balances(as_of).into_iter();
    let mut owned: Owned = balances
        .filter_map(|(account, cents)| {
            let (kind, member) = match account {
                Account::Member(member) => ("member", member),
                Account::Estate(member) => ("estate", member),
                Account::Payout(member) => ("payout", member),
                Account::Pool(member) => ("pool", member),
                Account::Pot | Account::Fee | Account::Broker => return None,
            };
            Some((member.to_string(), kind.to_owned(), cents.to_string()))
        })
        .collect();
    owned.sort();
    owned
}

impl<'a> Reader<'a> {
    pub const fn new(crew: &'a Crew, cast: &'a Cast, states: &'a [Book]) -> Self {
        Self { crew, cast, states }
    }

    /// Reads until the others have ended, and once more.
    pub fn read(&self) {
        let days = [date!(2025 - 06 - 30), date!(2025 - 07 - 31)];
        let known = days.map(|day| self.states.iter().map(|book| owned(book, day)).collect());
        let known: [Vec<Owned>; 2] = known;
        let mut reached = [0; 2];
        let mut is_over = false;
        while !is_over {
            is_over = self.crew.is_finished();
            for ((day, known), reached) in days.iter().zip(&known).zip(&mut reached) {
                if let Some(found) = self.owned_on(*day) {
                    // Never between two states, and never back.
                    let ahead = known[*reached..].iter().position(|owned| *owned == found);
                    *reached += ahead.unwrap_or_else(|| panic!("{day}: {found:?} of {known:?}"));
                }
            }
            self.settlement();
            self.entries();
            self.statement();
        }
        for (known, reached) in known.iter().zip(reached) {
            assert_eq!(
                known[reached],
                known[self.states.len() - 1],
                "all is settled"
            );
        }
    }

    /// An answer, unless the application or its database is away.
    fn ask<T: DeserializeOwned>(&self, path: &str) -> Option<T> {
        let Some(answer) = get(&self.crew.http(), path).filter(|answer| answer.status != 503)
        else {
            std::thread::sleep(std::time::Duration::from_millis(2));
            return None;
        };
        assert!(
            answer.status == 200 || answer.status == 404,
            "{path}: {}",
            text(&answer)
        );
        (answer.status == 200).then(|| answer.json().expect("a document"))
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/pools/{}/{rest}", self.cast.pool)
    }

    fn owned_on(&self, day: Date) -> Option<Owned> {
        let page: Page<Balance> = self.ask(&self.path(&format!("balances?as_of={day}")))?;
        let items = page.items.into_iter();
        let mut owned: Owned = items
            .map(|item| (item.member_id.to_string(), item.account, item.amount_minor))
            .collect();
        owned.sort();
        Some(owned)
    }

    /// A settlement that is there is one of those that there can be, in full.
    fn settlement(&self) {
        let Some(found) = self.ask::<Settlement>(&self.path("settlements/2025-06")) else {
            return;
        };
        let mut known = self.states.iter().flat_map(|book| &book.settlements);
        let known = known.find(|settled| settled.settlement_id == found.settlement_id);
        let known = known.expect("one of ours");
        assert_eq!(found.credits_cents.get(), known.credits());
    }

    /// The credits of a settlement are one entry, and it has all of them.
    fn entries(&self) {
        let Some(page) = self.ask::<Page<JournalEntry>>(&self.path("journal?limit=500")) else {
            return;
        };
        let last = self.states.last().expect("a last state");
        for entry in page.items {
            let sum: i64 = entry
                .postings
                .iter()
                .map(|posting| posting.amount_minor)
                .sum();
            assert_eq!(sum, 0, "{entry:?}");
            if entry.source.contains(":credit:") {
                let id = entry.settlement_id.expect("a settlement's entry");
                let mut known = last.settlements.iter();
                let known = known
                    .find(|settled| settled.settlement_id == id)
                    .expect("one of ours");
                let credits = entry
                    .postings
                    .iter()
                    .filter(|posting| posting.account != "pot");
                let credits: i64 = credits.map(|posting| posting.amount_minor).sum();
                assert_eq!(credits, known.credits(), "{entry:?}");
            }
        }
        let path = format!("/v1/data/pools/{}/trial-balance", self.cast.pool);
        if let Some(page) = self.ask::<Page<TrialBalanceLine>>(&path) {
            assert!(
                page.items.iter().all(|line| line.sum_minor == "0"),
                "{page:?}"
            );
        }
    }

    fn statement(&self) {
        let member = self.cast.members[5];
        let path = format!("/v1/data/members/{member}/statements?from=2025-06&to=2025-07");
        if let Some(page) = self.ask::<Page<Statement>>(&path) {
            assert!(page.items.iter().all(Statement::closes), "{page:?}");
        }
    }
}
