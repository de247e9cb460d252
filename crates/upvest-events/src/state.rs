//! How far an order, a withdrawal, an account is.

use money::{CENT_SCALE, parse_minor};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::ids::ids;
use crate::{ObjectState, Quarantine};

/// The categories whose objects go through states, each with its states.
const LIFECYCLES: [(&str, &[&str]); 12] = [
    ("USER", &["INACTIVE", "ACTIVE", "OFFBOARDING", "OFFBOARDED"]),
    ("ACCOUNT_GROUP", ACCOUNT),
    ("ACCOUNT", ACCOUNT),
    ("ORDER", &["NEW", "PROCESSING", "FILLED", "CANCELLED"]),
    ("EXECUTION", &["FILLED", "SETTLED", "CANCELLED"]),
    ("PORTFOLIO_ORDER", SETTLED),
    ("SAVINGS_PLAN_EXECUTION", SETTLED),
    ("ACCOUNT_LIQUIDATION", SETTLED),
    ("SAVINGS_PLAN", &["CREATED", "CANCELLED"]),
    ("TOPUP", &["CONFIRMED", "SETTLED", "CANCELLED"]),
    ("DIRECT_DEBIT", MOVED),
    ("WITHDRAWAL", MOVED),
];
const ACCOUNT: &[&str] = &["PENDING_APPROVAL", "ACTIVE", "LOCKED", "CLOSING", "CLOSED"];
const SETTLED: &[&str] = &["NEW", "PROCESSING", "FILLED", "SETTLED", "CANCELLED"];
const MOVED: &[&str] = &["NEW", "PROCESSING", "CONFIRMED", "CANCELLED"];

/// The most octets of a text that is kept: the longest of the description, 140.
const MAX_TEXT_LEN: usize = 140;

#[derive(Deserialize)]
struct Object {
    id: Uuid,
    status: Option<String>,
    user_id: Option<Uuid>,
    account_id: Option<Uuid>,
    account_group_id: Option<Uuid>,
    order_id: Option<Uuid>,
    savings_plan_id: Option<Uuid>,
    // Text, or of a form that the description leaves open.
    cash_amount: Option<Value>,
    amount: Option<Value>,
    share_quantity: Option<Value>,
    quantity: Option<Value>,
    instrument_id: Option<Value>,
    side: Option<Value>,
    remittance_information: Option<Value>,
}

/// The state that an event of this type shows. `None` if its category has none, or
/// the event says nothing of it.
pub(crate) fn state_of(
    category: &str,
    value: &str,
    object: &str,
) -> Result<Option<ObjectState>, Quarantine> {
    let Some((category, states)) = LIFECYCLES.iter().find(|(name, _)| *name == category) else {
        return Ok(None);
    };
    let object: Object =
        serde_json::from_slice(object.as_bytes()).map_err(|_| Quarantine::MalformedObject)?;
    let said = match (object.status.as_deref(), *category) {
        // Upvest does not describe the object: the type says it.
        (_, "SAVINGS_PLAN") | (None, _) => match implied(category, value) {
            Some(status) => status,
            None => return Ok(None),
        },
        (Some(status), _) => status,
    };
    let status = states
        .iter()
        .find(|known| **known == said)
        .ok_or(Quarantine::UnknownStatus)?;
    let own = |of: &str| (*category == of).then_some(object.id);
    let amount = text(object.cash_amount).or_else(|| text(object.amount));
    let remittance = text(object.remittance_information);
    Ok(Some(ObjectState {
        category,
        object_id: object.id,
        status,
        user_id: own("USER").or(object.user_id),
        account_id: own("ACCOUNT").or(object.account_id),
        account_group_id: own("ACCOUNT_GROUP").or(object.account_group_id),
        parent_id: object.order_id.or(object.savings_plan_id),
        payout_id: match *category {
            "WITHDRAWAL" => remittance.and_then(|words| ids(&words).into_iter().next()),
            _ => None,
        },
        amount_cents: amount
            .as_deref()
            .and_then(|text| parse_minor(text, CENT_SCALE).ok()),
        amount,
        quantity: text(object.share_quantity).or_else(|| text(object.quantity)),
        instrument: text(object.instrument_id),
        side: text(object.side),
    }))
}

/// The state of an object that does not state it, by the type of the event.
fn implied<'a>(category: &str, value: &'a str) -> Option<&'a str> {
    match (category, value) {
        ("ACCOUNT" | "ACCOUNT_GROUP", "CREATED") => Some("PENDING_APPROVAL"),
        ("ACCOUNT" | "ACCOUNT_GROUP", "CLOSING_INITIATED") => Some("CLOSING"),
        ("USER" | "ACCOUNT" | "ACCOUNT_GROUP", "ACTIVATED") => Some("ACTIVE"),
        ("USER", "DEACTIVATED") => Some("INACTIVE"),
        ("USER", "OFFBOARDING_INITIATED") => Some("OFFBOARDING"),
        ("USER", "CREATED" | "DATA_CHANGED") | ("ACCOUNT" | "ACCOUNT_GROUP", "UPDATED") => None,
        _ => Some(value),
    }
}

/// A text that can be kept. Control characters have no place in any of them, and the
/// database takes no zero.
fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text))
            if (1..=MAX_TEXT_LEN).contains(&text.len()) && !text.contains(char::is_control) =>
        {
            Some(text)
        }
        _ => None,
    }
}
