//! Days at the broker.

use std::collections::HashSet;

use anyhow::Result;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, OffsetDateTime, Time};
use uuid::Uuid;

use super::accounts::Account;
use super::{Traffic, TrafficScenario, next_day};
use crate::BrokerEvent;
use crate::market::Market;

/// When the broker opens, in seconds of the day, and for how long.
const OPENS_S: u32 = 8 * 3_600;
const OPEN_S: u32 = 10 * 3_600;
/// When accounts are valued.
const VALUED_S: u32 = 20 * 3_600;

/// What can happen in a day.
#[derive(Clone, Copy)]
enum Happening {
    Topup,
    DirectDebit,
    Withdrawal,
    Order,
    Dividend,
    Fee,
    Report,
    Unknown,
}

/// A draw of events.
pub(super) struct Draw<'a> {
    pub(super) scenario: &'a TrafficScenario,
    pub(super) accounts: Vec<Account>,
    pub(super) market: Market,
    pub(super) rng: ChaCha8Rng,
    namespace: Uuid,
    webhook_id: Uuid,
    today: Date,
    now: OffsetDateTime,
    ids: u64,
    events: Vec<BrokerEvent>,
    poison: HashSet<Uuid>,
}

impl<'a> Draw<'a> {
    pub(super) fn new(scenario: &'a TrafficScenario, seed: u64) -> Result<Self> {
        let name = format!("traffic/{seed}/{}", scenario.accounts);
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        let today = scenario.first_day()?;
        let numbers = 0..scenario.accounts;
        Ok(Self {
            scenario,
            accounts: numbers.map(|n| Account::new(&namespace, n)).collect(),
            market: Market::start(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            webhook_id: Uuid::new_v5(&namespace, b"webhook"),
            namespace,
            today,
            now: OffsetDateTime::new_utc(today, Time::MIDNIGHT),
            ids: 0,
            events: Vec::new(),
            poison: HashSet::new(),
        })
    }

    pub(super) fn events(&self) -> &[BrokerEvent] {
        &self.events
    }

    /// The first so many events, as they were created.
    pub(super) fn finish(mut self, events: usize) -> Traffic {
        self.events.sort_by_key(|event| event.created_at);
        self.events.truncate(events);
        let kept: HashSet<String> = self.poison.iter().map(Uuid::to_string).collect();
        let poison = self.events.iter().filter_map(|event| {
            // The id is the first field.
            let id = event.json.get(7..43)?;
            kept.contains(id).then(|| id.parse().ok()).flatten()
        });
        Traffic {
            users: self.accounts.iter().map(|a| a.user_id).collect(),
            poison: poison.collect(),
            events: self.events,
        }
    }

    /// A day with all its happenings, and a valuation of every account.
    pub(super) fn day(&mut self) -> Result<()> {
        let per_day = self.scenario.per_day;
        let mut happenings = Vec::new();
        for (happening, count) in [
            (Happening::Topup, per_day.topups),
            (Happening::DirectDebit, per_day.direct_debits),
            (Happening::Withdrawal, per_day.withdrawals),
            (Happening::Order, per_day.orders),
            (Happening::Dividend, per_day.dividends),
            (Happening::Fee, per_day.fees),
            (Happening::Report, per_day.reports),
            (Happening::Unknown, per_day.unknown),
        ] {
            happenings.extend((0..count).map(|_| happening));
        }
        happenings.shuffle(&mut self.rng);
        for happening in happenings {
            if self.accounts.is_empty() {
                break;
            }
            let index = self.rng.random_range(0..self.accounts.len());
            let second = OPENS_S + self.rng.random_range(0..OPEN_S);
            self.at_second(second);
            match happening {
                Happening::Topup => self.topup(index),
                Happening::DirectDebit => self.direct_debit(index),
                Happening::Withdrawal => self.withdrawal(index),
                Happening::Order => self.order(index),
                Happening::Dividend => self.dividend(index),
                Happening::Fee => self.fee(index),
                Happening::Report => self.report(),
                Happening::Unknown => self.unknown(),
            }
        }
        for index in 0..self.accounts.len() {
            let second = VALUED_S + self.rng.random_range(0..3_600);
            self.at_second(second);
            self.valuation(index);
        }
        self.today = next_day(self.today)?;
        self.now = OffsetDateTime::new_utc(self.today, Time::MIDNIGHT);
        Ok(())
    }

    /// Sets the clock to a second of the day.
    pub(super) fn at_second(&mut self, second: u32) {
        let midnight = OffsetDateTime::new_utc(self.today, Time::MIDNIGHT);
        self.now = midnight + Duration::seconds(i64::from(second));
    }

    /// A new id.
    pub(super) fn id(&mut self, kind: &str) -> Uuid {
        self.ids += 1;
        let name = format!("{kind}/{}", self.ids);
        Uuid::new_v5(&self.namespace, name.as_bytes())
    }

    /// Whether something happens that does so `per_mille` times of a thousand.
    pub(super) fn happens(&mut self, per_mille: u32) -> bool {
        self.rng.random_range(0..1_000) < per_mille
    }

    pub(super) fn now_text(&self) -> String {
        // Every time of the calendar has such a form.
        self.now.format(&Rfc3339).unwrap_or_default()
    }

    /// Midnight of today, at which a movement counts.
    pub(super) fn value_date(&self) -> String {
        format!("{}T00:00:00Z", self.today)
    }

    /// Reports something; what follows is a moment later. One of many is followed by a
    /// poisonous one.
    pub(super) fn event(&mut self, event_type: &str, object: Value) {
        self.write(event_type, object);
        if self.happens(self.scenario.per_mille.poison) {
            let (event_type, object) = self.poisonous();
            let id = self.write(event_type, object);
            self.poison.insert(id);
        }
    }

    fn write(&mut self, event_type: &str, object: Value) -> Uuid {
        let is_oversize = self.happens(self.scenario.per_mille.oversize);
        let mut object = object;
        if let (true, Some(fields)) = (is_oversize, object.as_object_mut()) {
            let octets = self.scenario.sizes.oversize_octets;
            let text = "x".repeat(usize::try_from(octets).unwrap_or(0));
            fields.insert("note".to_owned(), json!(text));
        }
        self.now += Duration::nanoseconds(self.rng.random_range(1..3_000_000_000));
        let id = self.id("event");
        // Upvest's order of fields.
        let json = format!(
            r#"{{"id":"{id}","created_at":"{}","type":"{event_type}","object":{object},"webhook_id":"{}"}}"#,
            self.now_text(),
            self.webhook_id
        );
        self.events.push(BrokerEvent {
            created_at: self.now,
            json,
        });
        id
    }
}
