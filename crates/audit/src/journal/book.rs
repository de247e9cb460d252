//! The accounts and what they hold.

use std::collections::HashMap;

use uuid::Uuid;

use super::body::{Account, AccountKind};

/// Euro.
pub(crate) const EUR: &str = "EUR";

/// The accounts of a pool, numbered as they occur.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    assets: Vec<String>,
    asset_numbers: HashMap<String, u32>,
    accounts: Vec<Held>,
    numbers: HashMap<Key, u32>,
}

type Key = (AccountKind, Option<Uuid>, u32);

#[derive(Clone, Copy, Debug)]
struct Held {
    key: Key,
    minor: i64,
}

impl Book {
    /// The number of an account, if it has one.
    pub fn find(&self, account: &Account<'_>) -> Option<u32> {
        let asset = *self.asset_numbers.get(account.asset)?;
        self.numbers
            .get(&(account.kind, account.member, asset))
            .copied()
    }

    /// Gives a number to an account that has none.
    pub fn open(&mut self, account: &Account<'_>) -> u32 {
        let asset = match self.asset_numbers.get(account.asset) {
            Some(asset) => *asset,
            None => {
                let asset = number(self.assets.len());
                self.assets.push(account.asset.to_owned());
                self.asset_numbers.insert(account.asset.to_owned(), asset);
                asset
            }
        };
        let key = (account.kind, account.member, asset);
        let number = number(self.accounts.len());
        self.accounts.push(Held { key, minor: 0 });
        self.numbers.insert(key, number);
        number
    }

    pub fn account(&self, number: u32) -> Account<'_> {
        let (kind, member, asset) = self.accounts[number as usize].key;
        Account::new(kind, member, &self.assets[asset as usize])
    }

    /// All accounts, in the order of their numbers.
    pub fn accounts(&self) -> impl Iterator<Item = Account<'_>> {
        (0..number(self.accounts.len())).map(|at| self.account(at))
    }

    /// What an account holds, in minor units.
    pub fn minor(&self, number: u32) -> i64 {
        self.accounts[number as usize].minor
    }

    pub fn set(&mut self, number: u32, minor: i64) {
        self.accounts[number as usize].minor = minor;
    }
}

/// Accounts and assets are counted in 32 bits: four billion lines of an export.
fn number(at: usize) -> u32 {
    u32::try_from(at).expect("fewer than 2^32 accounts")
}
