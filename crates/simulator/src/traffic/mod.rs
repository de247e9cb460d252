//! What the broker reports of many accounts, over all categories that Retire knows, with
//! the disorder of a network: drawn from a scenario file and a seed.

mod accounts;
mod day;
mod disorder;
mod movements;
mod objects;
mod poison;
mod scenario;

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::BrokerEvent;
use day::Draw;

pub use scenario::{PerDay, PerMille, Sizes, ToleratedFailures, TrafficScenario};

/// The example of a scenario file.
pub const EXAMPLE: &str = include_str!("../../scenarios/day.toml");

/// The broker's events of a scenario.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// The users whose accounts these are.
    pub users: Vec<Uuid>,
    /// Every event once, as they were created.
    pub events: Vec<BrokerEvent>,
    /// The ids of those that cannot be applied.
    pub poison: HashSet<Uuid>,
}

impl Traffic {
    /// Draws so many events. The same scenario and seed give the same, byte for byte.
    ///
    /// # Errors
    /// The scenario makes no event on a day, or ends after the calendar.
    pub fn draw(scenario: &TrafficScenario, events: usize, seed: u64) -> Result<Self> {
        let mut draw = Draw::new(scenario, seed)?;
        draw.open_accounts();
        while draw.events().len() < events {
            let before = draw.events().len();
            draw.day()?;
            anyhow::ensure!(draw.events().len() > before, "nothing happens on a day");
        }
        Ok(draw.finish(events))
    }

    /// The order in which they arrive: some late, some twice.
    #[must_use]
    pub fn arrivals(&self, rates: &PerMille, seed: u64) -> Vec<BrokerEvent> {
        disorder::arrivals(&self.events, rates, &mut ChaCha8Rng::seed_from_u64(seed))
    }
}

/// The day after.
fn next_day(day: time::Date) -> Result<time::Date> {
    day.next_day().context("a day of the calendar")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn scenario() -> TrafficScenario {
        TrafficScenario::read(EXAMPLE).expect("the example is right")
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let texts = |seed| -> Vec<String> {
            let traffic = Traffic::draw(&scenario(), 1_500, seed).expect("drawn");
            let arrivals = traffic.arrivals(&scenario().per_mille, seed);
            arrivals.into_iter().map(|event| event.json).collect()
        };
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn every_event_is_there_in_the_order_of_creation_with_an_id_of_its_own() {
        let traffic = Traffic::draw(&scenario(), 3_000, 7).expect("drawn");
        assert_eq!(traffic.events.len(), 3_000);
        assert!(traffic.events.is_sorted_by_key(|event| event.created_at));
        let mut ids = HashSet::new();
        let mut categories = BTreeSet::new();
        for event in &traffic.events {
            let json: Value = serde_json::from_str(&event.json).expect("JSON");
            assert!(ids.insert(json["id"].to_string()), "{json}");
            let kind = json["type"].as_str().expect("a type");
            categories.insert(kind.split('.').next().expect("a category").to_owned());
        }
        let known = [
            "USER",
            "ACCOUNT_GROUP",
            "ACCOUNT",
            "ORDER",
            "EXECUTION",
            "CASH_TRANSACTION",
            "SECURITY_TRANSACTION",
            "ACCOUNT_VALUATION",
            "POSITION",
            "CASH_BALANCE",
            "TOPUP",
            "DIRECT_DEBIT",
            "WITHDRAWAL",
            "FEE_COLLECTION",
            "REPORT",
        ];
        for category in known {
            assert!(
                categories.contains(category),
                "{category} in {categories:?}"
            );
        }
        assert!(!traffic.poison.is_empty());
    }

    #[test]
    fn nothing_is_lost_on_the_way_and_some_comes_twice() {
        let traffic = Traffic::draw(&scenario(), 1_000, 3).expect("drawn");
        let arrivals = traffic.arrivals(&scenario().per_mille, 3);
        let sent: HashSet<&str> = arrivals.iter().map(|event| event.json.as_str()).collect();
        assert_eq!(sent.len(), 1_000);
        assert!(
            (1_020..1_090).contains(&arrivals.len()),
            "{}",
            arrivals.len()
        );
        assert!(!arrivals.is_sorted_by_key(|event| event.created_at));
    }

    #[test]
    fn a_day_on_which_nothing_happens_is_refused() {
        let mut scenario = scenario();
        scenario.accounts = 0;
        assert!(Traffic::draw(&scenario, 1, 1).is_err());
    }
}
