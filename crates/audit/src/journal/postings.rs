//! Taking in postings, and closing an entry.

use std::collections::BTreeMap;

use merkle::Hash;
use uuid::Uuid;

use super::body::PostingBody;
use super::{Account, Entry, Journal, Posting};
use crate::finding::{Finding, FormFinding, JournalFinding};

impl Journal {
    /// Takes in a posting of the entry that is open. `is_member` knows the members.
    pub fn post(
        &mut self,
        leaf: Hash,
        body: &str,
        is_member: impl Fn(Uuid) -> bool,
    ) -> Result<(), Finding> {
        let body: PostingBody =
            serde_json::from_str(body).map_err(|error| FormFinding::Content {
                kind: "posting",
                problem: error.to_string(),
            })?;
        let (kind, after) = ("posting", "something else than an entry");
        let Some(Entry {
            id, first_posting, ..
        }) = self.entries.last().filter(|_| self.is_open)
        else {
            return Err(FormFinding::Order { kind, after }.into());
        };
        let (entry, found) = (*id, body.entry_id);
        if found != entry {
            return Err(JournalFinding::OtherEntry { entry, found }.into());
        }
        let account = Account::new(body.account, body.member_id, &body.asset_id);
        let named = || account.to_string();
        if !account.is_possible() {
            return Err(JournalFinding::Account {
                entry,
                account: named(),
            }
            .into());
        }
        let before = self.postings.get(*first_posting..).and_then(<[_]>::last);
        if before.is_some_and(|before| self.book.account(before.account) >= account) {
            return Err(JournalFinding::PostingOrder {
                entry,
                account: named(),
            }
            .into());
        }
        if body.amount_minor == 0 {
            return Err(JournalFinding::Nothing {
                entry,
                account: named(),
            }
            .into());
        }
        let number = match self.book.find(&account) {
            Some(number) => number,
            None => {
                if let Some(member_id) = account.member.filter(|id| !is_member(*id)) {
                    return Err(JournalFinding::UnknownMember { entry, member_id }.into());
                }
                self.book.open(&account)
            }
        };
        let expected = i128::from(self.book.minor(number)) + i128::from(body.amount_minor);
        let found = body.balance_after_minor;
        if expected != i128::from(found) {
            let account = named();
            return Err(JournalFinding::Balance {
                entry,
                account,
                expected,
                found,
            }
            .into());
        }
        self.book.set(number, found);
        let minor = body.amount_minor;
        self.postings.push(Posting {
            account: number,
            minor,
        });
        self.leaves.push(leaf);
        Ok(())
    }

    /// Ends the entry that is open: its postings are all there.
    pub fn close(&mut self) -> Result<(), JournalFinding> {
        let Some(index) = self.entries.len().checked_sub(1).filter(|_| self.is_open) else {
            return Ok(());
        };
        self.is_open = false;
        let (entry, postings) = (self.entries[index].id, self.postings(index));
        if postings.is_empty() {
            return Err(JournalFinding::NoPostings { entry });
        }
        let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
        for posting in postings {
            let asset = self.book.account(posting.account).asset;
            *sums.entry(asset).or_default() += i128::from(posting.minor);
        }
        if let Some((asset, sum)) = sums.into_iter().find(|(_, sum)| *sum != 0) {
            let asset = asset.to_owned();
            return Err(JournalFinding::Unbalanced { entry, asset, sum });
        }
        match self.entries[index].reverses {
            Some(reverses) => self.require_negation(index, reverses),
            None => Ok(()),
        }
    }

    /// The line of the entry that is open or was closed last.
    pub fn last_line(&self) -> u64 {
        self.line(self.entries.len().saturating_sub(1))
    }

    /// Both are sorted by account, so that they are compared one by one.
    fn require_negation(&self, index: usize, reverses: usize) -> Result<(), JournalFinding> {
        let (own, other) = (self.postings(index), self.postings(reverses));
        let account = |posting: &Posting| self.book.account(posting.account).to_string();
        let differs = |posting: &Posting| JournalFinding::NotNegation {
            entry: self.entries[index].id,
            reverses: self.entries[reverses].id,
            account: account(posting),
        };
        for (own, other) in own.iter().zip(other) {
            if own.account != other.account || Some(own.minor) != other.minor.checked_neg() {
                return Err(differs(own));
            }
        }
        let rest = own.get(other.len()..).and_then(<[_]>::first);
        match rest.or_else(|| other.get(own.len()..).and_then(<[_]>::first)) {
            Some(posting) => Err(differs(posting)),
            None => Ok(()),
        }
    }
}
