//! What the model knows of a pool, and what everybody owns because of it.
//!
//! It keeps what happened outside and which settlements hold, and derives every
//! balance from that: a person owns what was booked for them and the credits of the
//! settlements that hold. How the ledger gets there, by entries, their reversals and
//! moves between accounts, the model does not know.

use std::collections::{BTreeMap, BTreeSet};

use ledger::command::PoolRules;
use ledger::settlement::{Draft, Fate, Line, Standing};
use ledger::{Month, Term};
use mortality::{Rates, Sex};
use time::Date;
use uuid::Uuid;

/// Cents by account; no zeros.
pub type Balances = BTreeMap<Account, i64>;

/// An account of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    Member(Uuid),
    Estate(Uuid),
    Payout(Uuid),
    Pool(Uuid),
    Pot,
    Fee,
    Broker,
}

/// A side of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Whoever holds what the person's account has on the day.
    Holder(Uuid),
    /// The same, but asked for as the estate's.
    Estate(Uuid),
    /// Set aside for a payout to the person.
    Payout(Uuid),
    Fee,
    Broker,
}

impl Party {
    /// Whose accounts it moves.
    pub const fn person(self) -> Option<Uuid> {
        match self {
            Self::Holder(person) | Self::Estate(person) | Self::Payout(person) => Some(person),
            Self::Fee | Self::Broker => None,
        }
    }
}

/// Money that moved outside of settlements.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    pub day: Date,
    pub from: Party,
    pub to: Party,
    pub cents: i64,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub user: Uuid,
    pub sex: Sex,
    pub born: Date,
    pub enrolled_on: Date,
    pub closed_on: Option<Date>,
}

#[derive(Clone, Copy, Debug)]
pub struct Report {
    pub member: Uuid,
    pub died_on: Date,
    pub confirmed: bool,
    pub withdrawn: bool,
}

/// A contribution or a fee that can be taken back.
#[derive(Clone, Copy, Debug)]
pub struct Booking {
    pub flow: Flow,
    pub reversed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutState {
    Requested,
    Confirmed,
    Voided,
}

#[derive(Clone, Copy, Debug)]
pub struct Payout {
    pub flow: Flow,
    pub state: PayoutState,
}

/// What a transaction of the broker did: to whom, to which of their accounts.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    pub account: Account,
    pub cents: i64,
}

/// A settlement, whether it still holds or not.
#[derive(Clone, Debug)]
pub struct Settled {
    pub settlement_id: Uuid,
    pub term: Term,
    pub revision: i64,
    pub rules_version: i64,
    pub ids: Vec<Uuid>,
    pub standings: Vec<Standing>,
    pub draft: Draft,
    pub holds: bool,
}

impl Settled {
    pub fn lines(&self) -> impl Iterator<Item = (Uuid, &Standing, &Line)> {
        let lines = self.standings.iter().zip(&self.draft.lines);
        self.ids
            .iter()
            .zip(lines)
            .map(|(id, (standing, line))| (*id, standing, line))
    }

    pub fn line(&self, member: Uuid) -> Option<(&Standing, &Line)> {
        let index = self.ids.binary_search(&member).ok()?;
        Some((&self.standings[index], &self.draft.lines[index]))
    }

    pub fn credits(&self) -> i64 {
        self.draft.lines.iter().map(|line| line.credit.get()).sum()
    }
}

/// A pool.
#[derive(Clone)]
pub struct Book {
    pub pool_id: Uuid,
    pub first_period: Month,
    /// The versions of the rules, from 1, with the period from which they hold.
    pub rules: Vec<(Month, PoolRules)>,
    pub rates: Rates,
    pub people: BTreeMap<Uuid, Person>,
    pub reports: BTreeMap<Uuid, Report>,
    pub flows: Vec<Flow>,
    pub bookings: BTreeMap<i64, Booking>,
    pub payouts: BTreeMap<Uuid, Payout>,
    pub transactions: BTreeMap<Uuid, Option<Moved>>,
    pub settlements: Vec<Settled>,
}

impl Book {
    pub fn new(pool_id: Uuid, first_period: Month, rules: PoolRules) -> Self {
        Self {
            pool_id,
            first_period,
            rates: rules.basis.rates().expect("rates"),
            rules: vec![(first_period, rules)],
            people: BTreeMap::new(),
            reports: BTreeMap::new(),
            flows: Vec::new(),
            bookings: BTreeMap::new(),
            payouts: BTreeMap::new(),
            transactions: BTreeMap::new(),
            settlements: Vec::new(),
        }
    }

    /// The settlements that hold.
    pub fn holding(&self) -> impl Iterator<Item = &Settled> {
        self.settlements.iter().filter(|settled| settled.holds)
    }

    /// The settlement in which the person died, and what became of them.
    pub fn settled_death(&self, person: Uuid) -> Option<(&Settled, Fate)> {
        self.holding().find_map(|settled| {
            let (_, line) = settled.line(person)?;
            (line.fate != Fate::Survived).then_some((settled, line.fate))
        })
    }

    /// The report of the person's death that was not withdrawn.
    pub fn report_of(&self, person: Uuid) -> Option<&Report> {
        let mut reports = self.reports.values();
        reports.find(|report| report.member == person && !report.withdrawn)
    }

    /// The account that a flow on a day goes to.
    pub fn account(&self, party: Party, day: Date) -> Account {
        let (person, as_estate) = match party {
            Party::Holder(person) => (person, false),
            Party::Estate(person) => (person, true),
            Party::Payout(person) => return Account::Payout(person),
            Party::Fee => return Account::Fee,
            Party::Broker => return Account::Broker,
        };
        match self.settled_death(person) {
            Some((settled, fate)) if day > settled.term.last_day() => {
                if as_estate || fate == Fate::LeftToEstate {
                    Account::Estate(person)
                } else {
                    Account::Pool(person)
                }
            }
            _ => Account::Member(person),
        }
    }

    /// All balances at the end of a day.
    pub fn balances(&self, as_of: Date) -> Balances {
        let mut sums = Balances::new();
        let mut add = |account, cents| *sums.entry(account).or_insert(0) += cents;
        for flow in self.flows.iter().filter(|flow| flow.day <= as_of) {
            add(self.account(flow.from, flow.day), -flow.cents);
            add(self.account(flow.to, flow.day), flow.cents);
        }
        let due = |settled: &&Settled| settled.term.last_day() <= as_of;
        for settled in self.holding().filter(due) {
            for (id, standing, line) in settled.lines() {
                let (cash, credit) = (standing.cash.get(), line.credit.get());
                let (estate, stake) = (line.estate.get(), cash - line.estate.get());
                add(Account::Pot, -credit);
                match line.fate {
                    Fate::Survived => add(Account::Member(id), credit),
                    Fate::LeftToPool => {
                        add(Account::Member(id), -cash);
                        add(Account::Estate(id), estate + credit);
                        add(Account::Pot, stake);
                    }
                    Fate::LeftToEstate => {
                        add(Account::Member(id), -cash);
                        add(Account::Estate(id), cash + credit);
                    }
                }
            }
        }
        sums.retain(|_, cents| *cents != 0);
        sums
    }

    /// What is in an account now.
    pub fn balance(&self, account: Account) -> i64 {
        self.balances(Date::MAX).get(&account).copied().unwrap_or(0)
    }

    /// What can leave an account on a day without its falling below zero then or later.
    pub fn available(&self, account: Account, on: Date) -> i64 {
        let flows = self.flows.iter().map(|flow| flow.day);
        let ends = self.holding().map(|settled| settled.term.last_day());
        let days: BTreeSet<Date> = flows.chain(ends).filter(|day| *day > on).collect();
        let least = days.into_iter().chain([on]).map(|day| {
            let balances = self.balances(day);
            balances.get(&account).copied().unwrap_or(0)
        });
        least.min().unwrap_or(0)
    }

    /// What a person owns at the end of a day if of the settlements only those before
    /// `before` hold; none of them settled the person's death.
    pub fn cash(&self, person: Uuid, as_of: Date, before: Date) -> i64 {
        let is_theirs = |party| matches!(party, Party::Holder(p) | Party::Estate(p) if p == person);
        let booked = self.flows.iter().filter(|flow| flow.day <= as_of);
        let booked = booked.map(|flow| {
            let sign = i64::from(is_theirs(flow.to)) - i64::from(is_theirs(flow.from));
            sign * flow.cents
        });
        let credited = self
            .holding()
            .filter(|settled| settled.term.first_day() < before)
            .filter_map(|settled| settled.line(person))
            .map(|(_, line)| line.credit.get());
        booked.sum::<i64>() + credited.sum::<i64>()
    }
}
