//! A pool and its months, drawn with a seed.

use ledger::Month;
use mortality::{FractionalAge, Table};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use time::{Date, Duration};

use crate::broker::{Broker, BrokerEvent};
use crate::market::{FUNDS, Market};
use crate::population::Person;

/// The months of a pool, as the broker and the operator will tell them.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The seed: the same seed gives the same events, byte for byte.
    pub seed: u64,
    /// Who becomes a member.
    pub people: Vec<Person>,
    /// The months in their order.
    pub months: Vec<ScenarioMonth>,
}

/// What happens in a month.
#[derive(Clone, Debug)]
pub struct ScenarioMonth {
    /// Which month.
    pub period: Month,
    /// What the broker reports, in the order of creation.
    pub events: Vec<BrokerEvent>,
    /// Who dies.
    pub deaths: Vec<Death>,
    /// What the people's accounts are worth at the end without any credit, by
    /// their number; nothing for those who died.
    pub closings: Vec<Closing>,
}

/// A death.
#[derive(Clone, Copy, Debug)]
pub struct Death {
    /// The number of the person.
    pub number: usize,
    /// The day.
    pub died_on: Date,
}

/// An account at a month's end.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    /// The number of the person.
    pub number: usize,
    /// Cash and securities, without longevity credits.
    pub cents: i64,
}

/// A person's account, kept apart from the application under test.
#[derive(Clone, Copy, Default)]
struct Holdings {
    cash_cents: i64,
    units: [i64; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    Alive,
    DiedLastMonth,
    Gone,
}

impl Scenario {
    /// Draws `members` people and `months` months from `first` on. Rates are those
    /// of `table` under `assumption`.
    #[must_use]
    pub fn draw(
        members: usize,
        months: usize,
        first: Month,
        table: &Table,
        assumption: FractionalAge,
        seed: u64,
    ) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let people: Vec<Person> = (0..members)
            .map(|number| Person::draw(number, first.first_day(), table, seed, &mut rng))
            .collect();
        let mut world = World {
            broker: Broker::new(seed),
            market: Market::start(),
            holdings: vec![Holdings::default(); members],
            lives: vec![Life::Alive; members],
            people: &people,
            rng,
        };
        let mut period = first;
        let mut drawn = Vec::with_capacity(months);
        for index in 0..months {
            drawn.push(world.month(period, index, table, assumption));
            match period.next() {
                Ok(next) => period = next,
                Err(_) => break,
            }
        }
        Self {
            seed,
            people,
            months: drawn,
        }
    }
}

struct World<'a> {
    broker: Broker,
    market: Market,
    holdings: Vec<Holdings>,
    lives: Vec<Life>,
    people: &'a [Person],
    rng: ChaCha8Rng,
}

impl World<'_> {
    fn month(
        &mut self,
        period: Month,
        index: usize,
        table: &Table,
        assumption: FractionalAge,
    ) -> ScenarioMonth {
        let people = self.people;
        let (mut events, mut deaths, mut closings) = (Vec::new(), Vec::new(), Vec::new());
        let next_market = self.market.month_later(&mut self.rng);
        for person in people {
            match self.lives[person.number] {
                Life::Gone => continue,
                Life::DiedLastMonth => {
                    self.liquidate(period, person, &mut events);
                    self.lives[person.number] = Life::Gone;
                    continue;
                }
                Life::Alive => {}
            }
            if index == 0 {
                self.join(period, person, &mut events);
            } else {
                self.live(period, index, person, &mut events);
            }
            if person.dies(period.first_day(), table, assumption, &mut self.rng) {
                let days = i64::from(period.last_day().day()) - 1;
                let died_on = period.first_day() + Duration::days(self.rng.random_range(0..=days));
                deaths.push(Death {
                    number: person.number,
                    died_on,
                });
                self.lives[person.number] = Life::DiedLastMonth;
            }
        }
        self.market = next_market;
        for person in people {
            if self.lives[person.number] == Life::Gone {
                continue;
            }
            let value = self.value(period, person, &mut events);
            if self.lives[person.number] == Life::Alive {
                closings.push(Closing {
                    number: person.number,
                    cents: self.holdings[person.number].cash_cents + value,
                });
            }
        }
        events.sort_by_key(|event| event.created_at);
        ScenarioMonth {
            period,
            events,
            deaths,
            closings,
        }
    }

    /// Pays in, and buys both funds for nine tenths of it.
    fn join(&mut self, period: Month, person: &Person, events: &mut Vec<BrokerEvent>) {
        let day = period.first_day();
        events.extend(self.broker.onboarding(day, person));
        self.cash(day, person, "TOPUP", person.savings_cents, events);
        for fund in 0..FUNDS.len() {
            let cents = person.savings_cents * 45 / 100;
            self.trade(day + Duration::days(2), person, fund, cents, events);
        }
    }

    /// A month of an account: a payout for two of three, a further payment for one
    /// of ten, a quarterly fee, a dividend in summer.
    fn live(
        &mut self,
        period: Month,
        index: usize,
        person: &Person,
        events: &mut Vec<BrokerEvent>,
    ) {
        let day = |n: i64| period.first_day() + Duration::days(n);
        if !person.number.is_multiple_of(3) {
            let payout = person.savings_cents / 300;
            if self.holdings[person.number].cash_cents < payout * 2 {
                self.trade(day(3), person, index % 2, -payout * 3, events);
            }
            self.cash(day(9), person, "WITHDRAWAL", -payout, events);
        }
        if self.rng.random_ratio(1, 10) {
            let cents = self.rng.random_range(100..50_000) * 100;
            self.cash(day(11), person, "SEPA_DIRECT_DEBIT", cents, events);
        }
        if index % 3 == 2 {
            let fee = person.savings_cents / 2_000 + 1;
            self.cash(day(14), person, "FEE_COLLECTION", -fee, events);
        }
        if index == 5 {
            let dividend = self.holdings[person.number].units[0] / 1_000_000_000 * 73;
            self.cash(day(19), person, "CASH_DIVIDEND", dividend, events);
        }
    }

    /// The estate's account is closed: everything is sold and the cash stays.
    fn liquidate(&mut self, period: Month, person: &Person, events: &mut Vec<BrokerEvent>) {
        for fund in 0..FUNDS.len() {
            let units = self.holdings[person.number].units[fund];
            let cents = self.market.value_cents(fund, units);
            let day = period.first_day() + Duration::days(6);
            self.move_both(day, person, fund, -units, cents, events);
        }
    }

    /// Buys for `cents`, or sells for −`cents`.
    fn trade(
        &mut self,
        on: Date,
        person: &Person,
        fund: usize,
        cents: i64,
        events: &mut Vec<BrokerEvent>,
    ) {
        let wanted = self.market.units_for(fund, cents);
        let units = wanted.max(-self.holdings[person.number].units[fund]);
        let price = self.market.value_cents(fund, units);
        self.move_both(on, person, fund, units, -price, events);
    }

    fn move_both(
        &mut self,
        on: Date,
        person: &Person,
        fund: usize,
        units: i64,
        cents: i64,
        events: &mut Vec<BrokerEvent>,
    ) {
        if units != 0 {
            self.holdings[person.number].units[fund] += units;
            events.push(self.broker.units(on, person, fund, units));
        }
        self.cash(on, person, "ORDER_EXECUTION", cents, events);
    }

    fn cash(
        &mut self,
        on: Date,
        person: &Person,
        kind: &str,
        cents: i64,
        events: &mut Vec<BrokerEvent>,
    ) {
        if cents != 0 {
            self.holdings[person.number].cash_cents += cents;
            events.push(self.broker.cash(on, person, kind, cents));
        }
    }

    /// Values the account at the month's end and gives its securities' worth.
    fn value(&mut self, period: Month, person: &Person, events: &mut Vec<BrokerEvent>) -> i64 {
        let units = self.holdings[person.number].units;
        let positions: Vec<(usize, i64, i64)> = (0..FUNDS.len())
            .filter(|fund| units[*fund] != 0)
            .map(|fund| {
                (
                    fund,
                    units[fund],
                    self.market.value_cents(fund, units[fund]),
                )
            })
            .collect();
        events.push(self.broker.valuation(period.last_day(), person, &positions));
        positions.iter().map(|(_, _, cents)| cents).sum()
    }
}
