//! How far an object is, and what a transaction takes back.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use upvest_events::{Effect, ObjectState, Quarantine, read_event, read_package};
use uuid::Uuid;

const ID: &str = "8962b496-8d42-4560-bfab-10490dd1a721";
const OTHER: &str = "eb5ba93f-5dfe-4bf1-8571-4da0caacc80c";

fn uuid(text: &str) -> Uuid {
    text.parse().expect("an id")
}

fn effect(event_type: &str, object: &str) -> Result<Effect, Quarantine> {
    let event = format!(r#"{{"id":"{ID}","type":"{event_type}","object":{object}}}"#);
    read_event(&event).effect
}

fn state(event_type: &str, object: &str) -> ObjectState {
    match effect(event_type, object) {
        Ok(Effect::Object { state }) => state,
        other => panic!("{event_type}: {other:?}"),
    }
}

#[test]
fn the_state_is_the_one_that_the_object_says() {
    for (event_type, status) in [
        ("ORDER.NEW", "PROCESSING"),
        ("EXECUTION.FILLED", "SETTLED"),
        ("PORTFOLIO_ORDER.NEW", "SETTLED"),
        ("SAVINGS_PLAN_EXECUTION.NEW", "CANCELLED"),
        ("ACCOUNT_LIQUIDATION.FILLED", "FILLED"),
        ("TOPUP.CONFIRMED", "SETTLED"),
        ("DIRECT_DEBIT.NEW", "CONFIRMED"),
        ("WITHDRAWAL.CONFIRMED", "CANCELLED"),
    ] {
        let said = state(
            event_type,
            &format!(r#"{{"id":"{OTHER}","status":"{status}"}}"#),
        );
        let category = event_type.split('.').next();
        assert_eq!((Some(said.category), said.status), (category, status));
        assert_eq!(said.object_id, uuid(OTHER));
        let object = format!(r#"{{"id":"{OTHER}"}}"#);
        let implied = state(event_type, &object).status;
        assert_eq!(Some(implied), event_type.split('.').nth(1));
        let unknown = format!(r#"{{"id":"{OTHER}","status":"HALF_FILLED"}}"#);
        assert_eq!(effect(event_type, &unknown), Err(Quarantine::UnknownStatus));
        for broken in ["{}", "null", "[]", r#"{"id":7}"#] {
            assert_eq!(
                effect(event_type, broken),
                Err(Quarantine::MalformedObject),
                "{broken}"
            );
        }
    }
    // The description has no status of a plan.
    let plan = format!(r#"{{"id":"{OTHER}","status":"WHATEVER"}}"#);
    assert_eq!(state("SAVINGS_PLAN.CANCELLED", &plan).status, "CANCELLED");
}

#[test]
fn accounts_have_states_beside_their_links() {
    let of = |event_type: &str, status: &str| {
        let object = format!(
            r#"{{"id":"{ID}","account_group_id":"{OTHER}","users":[{{"id":"{OTHER}"}}]{status}}}"#
        );
        match effect(event_type, &object) {
            Ok(
                Effect::User { state, .. }
                | Effect::AccountGroup { state, .. }
                | Effect::Account { state, .. },
            ) => state.map(|state| state.status),
            other => panic!("{event_type}: {other:?}"),
        }
    };
    for (event_type, implied) in [
        ("USER.CREATED", None),
        ("USER.DATA_CHANGED", None),
        ("USER.ACTIVATED", Some("ACTIVE")),
        ("USER.DEACTIVATED", Some("INACTIVE")),
        ("USER.OFFBOARDING_INITIATED", Some("OFFBOARDING")),
        ("USER.OFFBOARDED", Some("OFFBOARDED")),
        ("ACCOUNT.UPDATED", None),
        ("ACCOUNT.CREATED", Some("PENDING_APPROVAL")),
        ("ACCOUNT_GROUP.ACTIVATED", Some("ACTIVE")),
        ("ACCOUNT_GROUP.LOCKED", Some("LOCKED")),
        ("ACCOUNT.CLOSING_INITIATED", Some("CLOSING")),
        ("ACCOUNT.CLOSED", Some("CLOSED")),
    ] {
        assert_eq!(of(event_type, ""), implied, "{event_type}");
        assert_eq!(of(event_type, r#","status":"ACTIVE""#), Some("ACTIVE"));
    }
}

#[test]
fn a_withdrawal_names_its_payout() {
    let of = |event_type: &str, remittance: &str| {
        let object = format!(
            r#"{{"id":"{ID}","account_group_id":"{ID}","amount":"1234.50","status":"NEW","remittance_information":{remittance}}}"#
        );
        state(event_type, &object)
    };
    let named = of("WITHDRAWAL.NEW", &format!(r#""Rente 06/2025, {OTHER}""#));
    assert_eq!(named.payout_id, Some(uuid(OTHER)));
    assert_eq!(named.amount_cents, Some(123_450));
    assert_eq!(named.account_group_id, Some(uuid(ID)));
    for remittance in [r#""""#, r#""Rente""#, "null", "7", "{}"] {
        assert_eq!(of("WITHDRAWAL.NEW", remittance).payout_id, None);
    }
    let debit = of("DIRECT_DEBIT.NEW", &format!(r#""{OTHER}""#));
    assert_eq!(debit.payout_id, None, "only what is paid out pays a payout");
}

/// Numbers of objects are kept as they are written: nothing is computed with them.
#[test]
fn numbers_of_any_length_are_kept() {
    let long = format!("{}.{}", "9".repeat(63), "9".repeat(27));
    let object = format!(
        r#"{{"id":"{ID}","cash_amount":"{long}","quantity":{{"odd":1}},"side":"BUY","account_id":"{OTHER}","instrument_id":"IE00B4L5Y983"}}"#
    );
    let order = state("ORDER.NEW", &object);
    assert_eq!(order.amount, Some(long));
    assert_eq!(order.amount_cents, None);
    assert_eq!(order.quantity, None);
    assert_eq!(order.side.as_deref(), Some("BUY"));
    assert_eq!(order.instrument.as_deref(), Some("IE00B4L5Y983"));
    assert_eq!(order.account_id, Some(uuid(OTHER)));
    let odd = format!(r#"{{"id":"{ID}","side":"B\u0000Y","quantity":"","cash_amount":7}}"#);
    let odd = state("ORDER.NEW", &odd);
    assert_eq!((odd.side, odd.quantity, odd.amount), (None, None, None));
    let execution = format!(r#"{{"id":"{ID}","order_id":"{OTHER}","status":"FILLED"}}"#);
    assert_eq!(
        state("EXECUTION.FILLED", &execution).parent_id,
        Some(uuid(OTHER))
    );
}

fn taken_back(kind: &str, references: &str) -> Result<(String, bool, Option<Uuid>), Quarantine> {
    let object = format!(
        r#"{{"id":"{ID}","account_group_id":"{OTHER}","type":"{kind}","delta":{{"amount":"1","currency":"EUR"}},"value_date":"2025-01-31","references":{references}}}"#
    );
    effect("CASH_TRANSACTION.EXECUTED", &object).map(|effect| match effect {
        Effect::CashTransaction {
            transaction_type,
            cancellation,
            reference_id,
            ..
        } => (transaction_type, cancellation, reference_id),
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_cancellation_says_what_it_takes_back() {
    let references = format!(
        r#"[{{"id":"{ID}","type":"ORDER"}},{{"id":"{OTHER}","type":"ORDER_EXECUTION"}},{{"id":"{ID}","type":"NEW_KIND"}}]"#
    );
    let of = |kind: &str| taken_back(kind, &references);
    let expected = |cancellation| {
        Ok((
            "ORDER_EXECUTION".to_owned(),
            cancellation,
            Some(uuid(OTHER)),
        ))
    };
    assert_eq!(of("ORDER_EXECUTION"), expected(false));
    assert_eq!(of("ORDER_EXECUTION_CANCELLATION"), expected(true));
    let nothing = ("TOPUP".to_owned(), false, None);
    assert_eq!(taken_back("TOPUP", "[]"), Ok(nothing));
    for references in [
        "[]".to_owned(),
        format!(r#"[{{"id":"{ID}","type":"NEW"}}]"#),
    ] {
        assert_eq!(
            taken_back("TOPUP_CANCELLATION", &references),
            Err(Quarantine::MissingReference)
        );
    }
    assert_eq!(
        taken_back("TOPUP", r#"[{"id":7}]"#),
        Err(Quarantine::MalformedObject)
    );
    // A charge-back is a movement of its own.
    let back = (
        "SEPA_DIRECT_DEBIT_CHARGE_BACK".to_owned(),
        false,
        Some(uuid(OTHER)),
    );
    assert_eq!(of("SEPA_DIRECT_DEBIT_CHARGE_BACK"), Ok(back));
}

#[test]
fn the_fingerprint_is_of_what_is_said() {
    let of = |webhook: &str, object: &str| {
        let event =
            format!(r#"{{"id":"{ID}","type":"A.B","webhook_id":"{webhook}","object":{object}}}"#);
        let body = format!(r#"{{"payload":[ {event}  ]}}"#);
        let events = read_package(body.as_bytes()).expect("JSON");
        assert_eq!(events[0].fingerprint, read_event(&event).fingerprint);
        (events[0].fingerprint, events[0].subjects.clone())
    };
    let object = format!(r#"{{"a":["{OTHER}","{ID}"]}}"#);
    assert_eq!(of(ID, &object).0, of(OTHER, &object).0);
    assert_ne!(of(ID, &object).0, of(ID, "{}").0);
    assert_eq!(of(ID, &object).1, [uuid(ID), uuid(OTHER)]);
    assert!(of(ID, "{}").1.is_empty());
}

/// Names of fields that effects read, and values that nobody expects there.
fn odd_object() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "id",
        "status",
        "user_id",
        "account_id",
        "account_group_id",
        "order_id",
        "cash_amount",
        "amount",
        "share_quantity",
        "quantity",
        "instrument_id",
        "side",
        "remittance_information",
        "users",
        "birth_date",
        "type",
        "delta",
        "value_date",
        "references",
        "instrument",
        "security_positions",
        "valuation_time",
        "balance",
        "currency",
    ]);
    let value = prop_oneof![
        Just(json!(null)),
        Just(json!(7)),
        Just(json!("")),
        Just(json!("\u{0}")),
        Just(json!("FILLED\u{0}")),
        Just(json!("NEW")),
        Just(json!("TOPUP")),
        Just(json!("EUR")),
        Just(json!("1.25")),
        Just(json!("0000-01-01")),
        Just(json!("2025-01-31T00:00:00Z")),
        Just(json!(ID)),
        Just(json!(format!("{OTHER}\u{0}{ID}"))),
        Just(json!([{"id": ID, "type": "ORDER\u{0}"}])),
        Just(json!({"amount": "1.25", "currency": "EUR"})),
        Just(json!({"isin": "IE00B4L5Y983"})),
        ".{0,20}".prop_map(Value::String),
    ];
    prop::collection::vec((name, value), 0..12).prop_map(|fields| {
        let mut object = Map::from_iter([("id".to_owned(), json!(OTHER))]);
        object.extend(
            fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        Value::Object(object)
    })
}

proptest! {
    /// PostgreSQL takes no zero in a text: an effect that had one would hold back its whole
    /// delivery.
    #[test]
    fn an_effect_has_nothing_that_the_database_cannot_take(object in odd_object()) {
        for event_type in [
            "USER.CREATED", "ACCOUNT.CREATED", "ACCOUNT_GROUP.CREATED", "ORDER.NEW",
            "EXECUTION.FILLED", "WITHDRAWAL.NEW", "TOPUP.CONFIRMED", "CASH_TRANSACTION.EXECUTED",
            "SECURITY_TRANSACTION.EXECUTED", "ACCOUNT_VALUATION.CREATED", "CASH_BALANCE.UPDATED",
            "POSITION.UPDATED", "REPORT.CREATED",
        ] {
            let event = json!({"id": ID, "type": event_type, "object": object}).to_string();
            if let Ok(effect) = read_event(&event).effect {
                let text = serde_json::to_string(&effect).expect("JSON");
                prop_assert!(!text.contains("\\u0000"), "{}", text);
            }
        }
    }
}
