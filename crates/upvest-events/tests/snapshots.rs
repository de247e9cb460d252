//! What the broker says it holds.

use money::Cents;
use upvest_events::{Effect, Quarantine, read_package};
use uuid::Uuid;

const HOLDER: &str = "eb5ba93f-5dfe-4bf1-8571-4da0caacc80c";
const EVENT: &str = "8962b496-8d42-4560-bfab-10490dd1a721";

fn uuid(text: &str) -> Uuid {
    text.parse().expect("an id")
}

fn effect(event_type: &str, object: &str) -> Result<Effect, Quarantine> {
    let body = format!(
        r#"{{"payload":[{{"id":"{EVENT}","created_at":"2025-01-31T22:15:00Z","type":"{event_type}","object":{object}}}]}}"#
    );
    let events = read_package(body.as_bytes()).expect("JSON");
    assert_eq!(events[0].created_at_ns, Some(1_738_361_700_000_000_000));
    events[0].effect.clone()
}

fn balance(balance: &str, currency: &str) -> Result<i64, Quarantine> {
    let object = format!(
        r#"{{"account_group_id":"{HOLDER}","currency":"{currency}","balance":"{balance}","locked_for_trading":"0","pending_settlement":"0","available_for_withdrawal":"{balance}","available_for_trading":"{balance}"}}"#
    );
    let effect = effect("CASH_BALANCE.UPDATED", &object)?;
    let Effect::CashBalance {
        account_group_id,
        balance_cents,
    } = effect
    else {
        panic!("{effect:?} is no cash balance");
    };
    assert_eq!(account_group_id, uuid(HOLDER));
    Ok(balance_cents.get())
}

fn position(quantity: &str, instrument: &str) -> Result<i64, Quarantine> {
    let object = format!(
        r#"{{"account_id":"{HOLDER}","instrument":{{"uuid":"{EVENT}"{instrument}}},"quantity":"{quantity}","locked_for_trading":"0","pending_settlement":"0","available_for_trading":"{quantity}"}}"#
    );
    let effect = effect("POSITION.UPDATED", &object)?;
    let Effect::PositionSnapshot {
        account_id,
        isin,
        quantity_units,
    } = effect
    else {
        panic!("{effect:?} is no position");
    };
    assert_eq!((account_id, isin.as_str()), (uuid(HOLDER), "IE00B4L5Y983"));
    Ok(quantity_units)
}

#[test]
fn a_cash_balance_is_whole_cents_of_euro() {
    let long = "0".repeat(27);
    let nines = "9".repeat(63);
    for (amount, currency, expected) in [
        ("0", "EUR", Ok(0)),
        ("-0.00", "EUR", Ok(0)),
        ("123.45", "EUR", Ok(12_345)),
        ("-0.5", "EUR", Ok(-50)),
        (&format!("1000.{long}"), "EUR", Ok(100_000)),
        ("90071992547409.91", "EUR", Ok(Cents::MAX.get())),
        (
            "90071992547409.92",
            "EUR",
            Err(Quarantine::AmountOutOfRange),
        ),
        (&nines, "EUR", Err(Quarantine::AmountOutOfRange)),
        ("0.001", "EUR", Err(Quarantine::AmountOutOfRange)),
        (
            &format!("1.{}1", &long[1..]),
            "EUR",
            Err(Quarantine::AmountOutOfRange),
        ),
        ("1", "USD", Err(Quarantine::UnknownCurrency)),
        ("1", "", Err(Quarantine::UnknownCurrency)),
        ("", "EUR", Err(Quarantine::MalformedObject)),
        ("1e2", "EUR", Err(Quarantine::MalformedObject)),
    ] {
        assert_eq!(balance(amount, currency), expected, "{amount} {currency}");
    }
}

#[test]
fn a_position_is_units_of_a_security() {
    let long = "0".repeat(18);
    let nines = "9".repeat(63);
    let known = r#","isin":"IE00B4L5Y983""#;
    for (quantity, instrument, expected) in [
        ("0", known, Ok(0)),
        ("2.5", known, Ok(2_500_000_000)),
        ("-0.000000001", known, Ok(-1)),
        (&format!("2.500000000{long}"), known, Ok(2_500_000_000)),
        ("9223372036.854775807", known, Ok(i64::MAX)),
        (
            "9223372036.854775808",
            known,
            Err(Quarantine::AmountOutOfRange),
        ),
        (&nines, known, Err(Quarantine::AmountOutOfRange)),
        ("0.0000000001", known, Err(Quarantine::AmountOutOfRange)),
        ("many", known, Err(Quarantine::MalformedObject)),
        ("1", "", Err(Quarantine::MalformedObject)),
        ("1", r#","isin":"IE00""#, Err(Quarantine::MalformedObject)),
    ] {
        assert_eq!(
            position(quantity, instrument),
            expected,
            "{quantity} {instrument}"
        );
    }
}

#[test]
fn a_snapshot_says_whose_it_is_or_is_quarantined() {
    for event_type in ["CASH_BALANCE.UPDATED", "POSITION.UPDATED"] {
        for object in [
            "null",
            "{}",
            "[]",
            r#"{"currency":"EUR","balance":"1","instrument":{"isin":"IE00B4L5Y983"},"quantity":"1"}"#,
            r#"{"account_id":"x","account_group_id":"x","currency":"EUR","balance":"1","instrument":{"isin":"IE00B4L5Y983"},"quantity":"1"}"#,
        ] {
            assert_eq!(
                effect(event_type, object),
                Err(Quarantine::MalformedObject),
                "{event_type} {object}"
            );
        }
    }
    for event_type in ["CASH_BALANCE.CREATED", "POSITION.CLOSED"] {
        assert_eq!(
            effect(event_type, "{}"),
            Ok(Effect::None),
            "new values are stored: {event_type}"
        );
    }
}

/// The names by which the SQL of `ingest` knows the fields.
#[test]
fn the_effects_are_written_as_the_database_reads_them() {
    let cash = Effect::CashBalance {
        account_group_id: uuid(HOLDER),
        balance_cents: Cents::new(12_345).expect("in range"),
    };
    let position = Effect::PositionSnapshot {
        account_id: uuid(HOLDER),
        isin: "IE00B4L5Y983".to_owned(),
        quantity_units: 1,
    };
    for (effect, text) in [
        (
            cash,
            format!(
                r#"{{"effect":"cash_balance","account_group_id":"{HOLDER}","balance_cents":12345}}"#
            ),
        ),
        (
            position,
            format!(
                r#"{{"effect":"position_snapshot","account_id":"{HOLDER}","isin":"IE00B4L5Y983","quantity_units":1}}"#
            ),
        ),
    ] {
        assert_eq!(serde_json::to_string(&effect).expect("JSON"), text);
    }
}
