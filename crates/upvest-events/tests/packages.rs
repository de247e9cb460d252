//! Packages as Upvest sends them, and as it never should.

use ledger::EntryKind;
use money::Cents;
use proptest::prelude::*;
use time::macros::date;
use upvest_events::{Effect, NotJson, ObjectState, Position, Quarantine, read_package};
use uuid::Uuid;

const ID: &str = "8962b496-8d42-4560-bfab-10490dd1a721";
const OTHER: &str = "eb5ba93f-5dfe-4bf1-8571-4da0caacc80c";

fn uuid(text: &str) -> Uuid {
    text.parse().expect("an id")
}

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

/// The effect of a package with one event.
fn effect(event_type: &str, object: &str) -> Result<Effect, Quarantine> {
    let body = format!(
        r#"{{"payload":[{{"id":"{ID}","created_at":"2025-01-31T22:15:00.123456789Z","type":"{event_type}","object":{object},"webhook_id":"{OTHER}"}}]}}"#
    );
    let events = read_package(body.as_bytes()).expect("JSON");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event_id, uuid(ID));
    events[0].effect.clone()
}

#[test]
fn the_envelope_is_kept_exactly() {
    let event = format!(r#"{{ "type":"X.Y", "id":"{ID}","extra" : [1.0e2] }}"#);
    let body = format!(r#"  {{"more":1,"payload":[{event}]}} "#);
    let events = read_package(body.as_bytes()).expect("JSON");
    assert_eq!(events[0].raw, event);
    assert_eq!(events[0].event_type, "X.Y");
    assert_eq!(events[0].webhook_id, None);
    assert_eq!(events[0].created_at_ns, None);
    assert_eq!(events[0].effect, Ok(Effect::None));

    let dated = format!(
        r#"{{"payload":[{{"id":"{ID}","type":"A.B","created_at":"1970-01-01T01:00:01.000000002+01:00"}}]}}"#
    );
    let events = read_package(dated.as_bytes()).expect("JSON");
    assert_eq!(events[0].created_at_ns, Some(1_000_000_002));
}

/// The state of a user, a group or an account that says nothing else.
fn state(category: &'static str, id: &str, status: &'static str) -> Option<ObjectState> {
    let own = |of: &str| (category == of).then_some(uuid(id));
    Some(ObjectState {
        category,
        object_id: uuid(id),
        status,
        user_id: own("USER"),
        account_id: own("ACCOUNT"),
        account_group_id: own("ACCOUNT_GROUP"),
        parent_id: None,
        payout_id: None,
        amount_cents: None,
        amount: None,
        quantity: None,
        instrument: None,
        side: None,
    })
}

#[test]
fn users_groups_and_accounts_are_linked() {
    let user = format!(
        r#"{{"id":"{OTHER}","first_name":"A","birth_date":"1950-03-14","status":"ACTIVE"}}"#
    );
    let expected = Effect::User {
        user_id: uuid(OTHER),
        birth_date: Some(date!(1950 - 03 - 14)),
        state: state("USER", OTHER, "ACTIVE"),
    };
    assert_eq!(effect("USER.CREATED", &user), Ok(expected));
    let failed = format!(r#"{{"user_id":"{OTHER}","reason":"x"}}"#);
    assert_eq!(effect("USER.DATA_CHANGE_FAILED", &failed), Ok(Effect::None));

    let group = format!(r#"{{"id":"{ID}","users":[{{"id":"{OTHER}","type":"OWNER"}}]}}"#);
    let expected = Effect::AccountGroup {
        account_group_id: uuid(ID),
        user_id: uuid(OTHER),
        state: state("ACCOUNT_GROUP", ID, "ACTIVE"),
    };
    assert_eq!(effect("ACCOUNT_GROUP.ACTIVATED", &group), Ok(expected));
    let joint = format!(r#"{{"id":"{ID}","users":[{{"id":"{OTHER}"}},{{"id":"{ID}"}}]}}"#);
    assert_eq!(
        effect("ACCOUNT_GROUP.CREATED", &joint),
        Err(Quarantine::SeveralOwners)
    );

    let account = format!(r#"{{"id":"{ID}","account_group_id":"{OTHER}","type":"TRADING"}}"#);
    let expected = Effect::Account {
        account_id: uuid(ID),
        account_group_id: uuid(OTHER),
        state: state("ACCOUNT", ID, "PENDING_APPROVAL").map(|state| ObjectState {
            account_group_id: Some(uuid(OTHER)),
            ..state
        }),
    };
    assert_eq!(effect("ACCOUNT.CREATED", &account), Ok(expected));
}

fn cash(kind: &str, amount: &str, currency: &str, value_date: &str) -> Result<Effect, Quarantine> {
    let object = format!(
        r#"{{"id":"{ID}","account_group_id":"{OTHER}","type":"{kind}","delta":{{"amount":"{amount}","currency":"{currency}"}},"value_date":"{value_date}","references":[{{"id":"{ID}","type":"ORDER"}},{{"id":"{OTHER}","type":"WITHDRAWAL"}}]}}"#
    );
    effect("CASH_TRANSACTION.EXECUTED", &object)
}

#[test]
fn cash_transactions_become_entries() {
    let expected = Effect::CashTransaction {
        transaction_id: uuid(ID),
        account_group_id: uuid(OTHER),
        kind: EntryKind::Contribution,
        amount_cents: cents(12_345),
        effective_on: date!(2025 - 01 - 31),
        transaction_type: "TOPUP".to_owned(),
        cancellation: false,
        reference_id: Some(uuid(OTHER)),
    };
    assert_eq!(
        cash("TOPUP", "123.45", "EUR", "2025-01-31T00:00:00Z"),
        Ok(expected)
    );
    for (kind, expected) in [
        ("SEPA_DIRECT_DEBIT_CHARGE_BACK", EntryKind::Contribution),
        ("WITHDRAWAL", EntryKind::Payout),
        ("WITHDRAWAL_CANCELLATION", EntryKind::Payout),
        ("FEE_COLLECTION", EntryKind::Fee),
        ("ORDER_EXECUTION_CANCELLATION", EntryKind::Trade),
        ("CASH_DIVIDEND", EntryKind::Income),
    ] {
        let Ok(Effect::CashTransaction { kind: entry, .. }) =
            cash(kind, "-1", "EUR", "2025-01-31T23:59:59+01:00")
        else {
            panic!("{kind} is not understood");
        };
        assert_eq!(entry, expected, "{kind}");
    }
}

#[test]
fn the_value_date_is_the_day_that_is_written() {
    for (text, day) in [
        ("2025-01-31T23:30:00Z", date!(2025 - 01 - 31)),
        ("2025-02-01T00:30:00+02:00", date!(2025 - 02 - 01)),
        ("2025-02-01", date!(2025 - 02 - 01)),
    ] {
        let Ok(Effect::CashTransaction { effective_on, .. }) = cash("TOPUP", "1", "EUR", text)
        else {
            panic!("{text}");
        };
        assert_eq!(effective_on, day, "{text}");
    }
}

#[test]
fn money_that_is_not_understood_is_quarantined() {
    let on = "2025-01-31T00:00:00Z";
    assert_eq!(
        cash("NEW_KIND", "1", "EUR", on),
        Err(Quarantine::UnknownKind)
    );
    assert_eq!(
        cash("TOPUP", "1", "USD", on),
        Err(Quarantine::UnknownCurrency)
    );
    assert_eq!(
        cash("TOPUP", "1.001", "EUR", on),
        Err(Quarantine::AmountOutOfRange)
    );
    assert_eq!(
        cash("TOPUP", &"9".repeat(63), "EUR", on),
        Err(Quarantine::AmountOutOfRange)
    );
    assert_eq!(
        cash("TOPUP", "", "EUR", on),
        Err(Quarantine::MalformedObject)
    );
    assert_eq!(
        cash("TOPUP", "NaN", "EUR", on),
        Err(Quarantine::MalformedObject)
    );
    assert_eq!(
        cash("TOPUP", "1", "EUR", "yesterday"),
        Err(Quarantine::MalformedObject)
    );
    assert_eq!(
        cash("TOPUP", "1", "EUR", "0025-01-01T00:00:00Z"),
        Err(Quarantine::MalformedObject)
    );
    assert_eq!(
        effect("CASH_TRANSACTION.EXECUTED", "null"),
        Err(Quarantine::MalformedObject)
    );
    assert_eq!(
        effect("CASH_TRANSACTION.EXECUTED", "{}"),
        Err(Quarantine::MalformedObject)
    );
}

#[test]
fn security_transactions_move_units() {
    let object = |amount: &str, isin: &str| {
        format!(
            r#"{{"id":"{ID}","account_group_id":"{OTHER}","account_id":"{ID}","type":"ORDER_EXECUTION","instrument":{{"uuid":"{ID}","isin":"{isin}"}},"delta":{{"amount":"{amount}"}},"value_date":"2025-01-31T00:00:00Z"}}"#
        )
    };
    let moved =
        |amount: &str, isin: &str| effect("SECURITY_TRANSACTION.EXECUTED", &object(amount, isin));
    let expected = Effect::SecurityTransaction {
        transaction_id: uuid(ID),
        account_group_id: uuid(OTHER),
        isin: "IE00B4L5Y983".to_owned(),
        amount_units: -1_234_500_000,
        effective_on: date!(2025 - 01 - 31),
        transaction_type: "ORDER_EXECUTION".to_owned(),
        cancellation: false,
        reference_id: None,
    };
    assert_eq!(
        moved("-1.234500000000000000000000000", "IE00B4L5Y983"),
        Ok(expected)
    );
    assert_eq!(
        moved("0.0000000001", "IE00B4L5Y983"),
        Err(Quarantine::AmountOutOfRange)
    );
    for isin in ["", "IE00B4L5Y98X", "ie00b4l5y983", "IE00B4L5Y9833"] {
        assert_eq!(moved("1", isin), Err(Quarantine::MalformedObject), "{isin}");
    }
}

#[test]
fn valuations_carry_every_position() {
    let position = |isin: &str, value: &str| {
        format!(
            r#"{{"instrument":{{"uuid":"{ID}","isin":"{isin}"}},"quantity":"2.5","value":{value},"weight":"1"}}"#
        )
    };
    let value = r#"{"amount":"250.005","currency":"EUR","price_time":"2025-01-31T17:00:00Z"}"#;
    let valued = |positions: &str| {
        let object = format!(
            r#"{{"id":"{ID}","account_id":"{OTHER}","security_positions":[{positions}],"valuation_time":"2025-01-31T22:00:00Z"}}"#
        );
        effect("ACCOUNT_VALUATION.CREATED", &object)
    };
    let one = position("IE00B4L5Y983", value);
    let expected = Effect::Valuation {
        account_id: uuid(OTHER),
        valued_on: date!(2025 - 01 - 31),
        positions: vec![Position {
            isin: "IE00B4L5Y983".to_owned(),
            quantity_units: 2_500_000_000,
            value_cents: cents(25_000),
            priced_at_ns: Some(1_738_342_800_000_000_000),
        }],
    };
    assert_eq!(valued(&one), Ok(expected));
    assert_eq!(
        valued(&format!("{one},{one}")),
        Err(Quarantine::MalformedObject)
    );
    assert_eq!(
        valued(&position("IE00B4L5Y983", "null")),
        Err(Quarantine::UnvaluedPosition)
    );
    let empty = format!(r#"{{"account_id":"{OTHER}","valuation_time":"2025-01-31T22:00:00Z"}}"#);
    assert!(effect("ACCOUNT_VALUATION.CREATED", &empty).is_ok());
}

#[test]
fn a_bad_event_does_not_touch_its_neighbours() {
    let body = format!(
        r#"{{"payload":[7,{{"id":"{ID}","type":"REPORT.CREATED"}},{{"type":"ORDER.NEW"}},{{"id":"{ID}","type":"lower.case"}},{{"id":"not a uuid","type":"A.B"}}]}}"#
    );
    let events = read_package(body.as_bytes()).expect("JSON");
    let effects: Vec<_> = events.iter().map(|e| e.effect.clone()).collect();
    let malformed = Err(Quarantine::MalformedEvent);
    assert_eq!(
        effects,
        [
            malformed.clone(),
            Ok(Effect::None),
            malformed.clone(),
            malformed.clone(),
            malformed
        ]
    );
    let ids: std::collections::HashSet<_> = events.iter().map(|e| e.event_id).collect();
    assert_eq!(ids.len(), 5, "each unreadable event has an id of its own");
}

#[test]
fn a_test_call_of_another_shape_is_one_quarantined_event() {
    for body in ["{}", "[]", "null", r#"{"payload":{}}"#, r#"{"test":true}"#] {
        let events = read_package(body.as_bytes()).expect("JSON");
        assert_eq!(events.len(), 1, "{body}");
        assert_eq!(
            events[0].effect,
            Err(Quarantine::MalformedPackage),
            "{body}"
        );
        assert_eq!(events[0].event_type, "UNREADABLE");
    }
    assert_eq!(read_package(br#"{"payload":[]}"#), Ok(vec![]));
}

#[test]
fn what_is_not_json_is_refused() {
    let deep = "[".repeat(100_000);
    for body in [
        &b""[..],
        b"{",
        b"payload",
        b"{\"payload\":[}",
        b"\xff",
        deep.as_bytes(),
    ] {
        assert_eq!(read_package(body), Err(NotJson));
    }
}

proptest! {
    #[test]
    fn no_body_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_package(&body);
    }

    #[test]
    fn no_object_panics(object in r#"(\{|\}|\[|\]|"|:|,|id|null|1|\.|-|e){0,60}"#) {
        for category in ["USER.CREATED", "CASH_TRANSACTION.EXECUTED", "ACCOUNT_VALUATION.CREATED"] {
            let body = format!(r#"{{"payload":[{{"id":"{ID}","type":"{category}","object":{object}}}]}}"#);
            let _ = read_package(body.as_bytes());
        }
    }
}
