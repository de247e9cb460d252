//! The broker's events, as Upvest writes them.

use serde_json::{Value, json};
use time::{Date, OffsetDateTime, Time, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::market::FUNDS;
use crate::population::Person;

/// An event of the broker.
#[derive(Clone, Debug)]
pub struct BrokerEvent {
    /// When the broker made it; events of one delivery are in this order.
    pub created_at: OffsetDateTime,
    /// The event as JSON text.
    pub json: String,
}

/// Writes events with ids that follow from the scenario.
pub(crate) struct Broker {
    namespace: Uuid,
    webhook_id: Uuid,
    events: u64,
}

impl Broker {
    pub(crate) fn new(seed: u64) -> Self {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("broker/{seed}").as_bytes());
        Self {
            namespace,
            webhook_id: Uuid::new_v5(&namespace, b"webhook"),
            events: 0,
        }
    }

    fn id(&self, kind: &str) -> Uuid {
        Uuid::new_v5(
            &self.namespace,
            format!("{kind}/{}", self.events).as_bytes(),
        )
    }

    fn event(&mut self, on: Date, event_type: &str, object: &Value) -> BrokerEvent {
        self.events += 1;
        // A thousand different instants of an evening.
        let millisecond = u16::try_from(self.events % 1_000).unwrap_or(0);
        let time = Time::from_hms_milli(20, 15, 0, millisecond).unwrap_or(Time::MIDNIGHT);
        let created_at = OffsetDateTime::new_utc(on, time);
        let json = json!({
            "id": self.id("event"),
            "created_at": rfc3339(created_at),
            "type": event_type,
            "object": object,
            "webhook_id": self.webhook_id,
        });
        BrokerEvent {
            created_at,
            json: json.to_string(),
        }
    }

    /// The user, the account group and the account of a person who joins.
    pub(crate) fn onboarding(&mut self, on: Date, person: &Person) -> Vec<BrokerEvent> {
        let (created_at, name) = (midnight(on), format!("Member {}", person.number));
        let user = json!({
            "id": person.user_id, "created_at": created_at, "updated_at": created_at,
            "first_name": "Test", "last_name": name, "birth_date": person.birth_date.to_string(),
            "nationalities": ["DE"], "status": "ACTIVE",
            "address": {"address_line1": "Unter den Linden 1", "postcode": "10117", "city": "Berlin", "country": "DE"},
        });
        let owner = json!([{"id": person.user_id, "type": "OWNER"}]);
        let group = json!({
            "id": person.account_group_id, "created_at": created_at, "updated_at": created_at,
            "users": owner, "status": "ACTIVE", "type": "PERSONAL",
            "securities_account_number": format!("{:09}", person.number),
        });
        let account = json!({
            "id": person.account_id, "created_at": created_at, "updated_at": created_at,
            "account_group_id": person.account_group_id, "type": "TRADING", "users": owner,
            "account_number": person.number, "name": name, "status": "ACTIVE",
        });
        vec![
            self.event(on, "USER.CREATED", &user),
            self.event(on, "USER.ACTIVATED", &user),
            self.event(on, "ACCOUNT_GROUP.CREATED", &group),
            self.event(on, "ACCOUNT_GROUP.ACTIVATED", &group),
            self.event(on, "ACCOUNT.CREATED", &account),
            self.event(on, "ACCOUNT.ACTIVATED", &account),
        ]
    }

    /// A movement of money.
    pub(crate) fn cash(
        &mut self,
        on: Date,
        person: &Person,
        kind: &str,
        cents: i64,
    ) -> BrokerEvent {
        let object = json!({
            "id": self.id("cash"), "account_group_id": person.account_group_id,
            "booking_date": midnight(on), "created_at": midnight(on), "updated_at": midnight(on),
            "value_date": midnight(on), "type": kind, "taxes": [], "references": [],
            "delta": {"amount": decimal(cents, 2), "currency": "EUR"},
        });
        self.event(on, "CASH_TRANSACTION.EXECUTED", &object)
    }

    /// A movement of securities.
    pub(crate) fn units(
        &mut self,
        on: Date,
        person: &Person,
        fund: usize,
        units: i64,
    ) -> BrokerEvent {
        let object = json!({
            "id": self.id("units"), "account_group_id": person.account_group_id,
            "account_id": person.account_id, "booking_date": midnight(on),
            "created_at": midnight(on), "updated_at": midnight(on), "value_date": midnight(on),
            "type": "ORDER_EXECUTION", "references": [], "instrument": instrument(fund),
            "delta": {"amount": decimal(units, 9)},
        });
        self.event(on, "SECURITY_TRANSACTION.EXECUTED", &object)
    }

    /// The value of an account's positions: (fund, units, value in cents).
    pub(crate) fn valuation(
        &mut self,
        on: Date,
        person: &Person,
        positions: &[(usize, i64, i64)],
    ) -> BrokerEvent {
        let total: i64 = positions.iter().map(|(_, _, cents)| cents).sum();
        let listed: Vec<Value> = positions
            .iter()
            .map(|(fund, units, cents)| {
                json!({
                    "instrument": instrument(*fund), "quantity": decimal(*units, 9), "weight": "50",
                    "value": {"amount": decimal(*cents, 2), "currency": "EUR", "price_time": midnight(on)},
                })
            })
            .collect();
        let object = json!({
            "id": self.id("valuation"), "created_at": midnight(on), "updated_at": midnight(on),
            "account_id": person.account_id, "price_quality": "EOD",
            "total_security_value": {"amount": decimal(total, 2), "currency": "EUR"},
            "security_positions": listed, "valuation_time": midnight(on),
        });
        self.event(on, "ACCOUNT_VALUATION.CREATED", &object)
    }
}

pub(crate) fn instrument(fund: usize) -> Value {
    let uuid = Uuid::new_v5(&Uuid::NAMESPACE_OID, FUNDS[fund].as_bytes());
    json!({"uuid": uuid, "isin": FUNDS[fund]})
}

fn midnight(date: Date) -> String {
    rfc3339(OffsetDateTime::new_utc(date, Time::MIDNIGHT))
}

fn rfc3339(time: OffsetDateTime) -> String {
    // Every time of the calendar has such a form.
    time.format(&Rfc3339).unwrap_or_default()
}

/// An integer in units of 10^−`scale` as decimal text.
pub(crate) fn decimal(minor: i64, scale: usize) -> String {
    let (sign, digits) = (
        if minor < 0 { "-" } else { "" },
        minor.unsigned_abs().to_string(),
    );
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals() {
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(123_456, 2), "1234.56");
        assert_eq!(decimal(1_500_000_000, 9), "1.500000000");
    }
}
