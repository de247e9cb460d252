//! The order in which the broker's events arrive.

use ledger::record::Member;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, Caller, account_group, cash, event, text};

/// The events of a user, in any order, in any packages, some of them twice: the same
/// state in the end.
#[test]
fn the_order_of_arrival_does_not_matter() {
    let (user, group) = (Uuid::from_u128(77), Uuid::from_u128(78));
    let mut older = event(
        "USER.CREATED",
        &json!({"id": user, "birth_date": "1949-01-01"}),
    );
    older["created_at"] = json!("2025-06-01T00:00:00.000000001Z");
    let mut newer = event(
        "USER.DATA_CHANGED",
        &json!({"id": user, "birth_date": "1950-01-01"}),
    );
    newer["created_at"] = json!("2025-06-01T00:00:00.000000002Z");
    let events = [
        older,
        newer,
        account_group(group, user),
        cash(group, "TOPUP", 100_00, "2025-06-02"),
        cash(group, "FEE_COLLECTION", -3_00, "2025-06-03"),
        cash(group, "WITHDRAWAL", -20_00, "2025-06-04"),
        cash(group, "WITHDRAWAL_CANCELLATION", 20_00, "2025-06-05"),
    ];
    let app = App::start();
    let pool = app.open_pool();
    let enrol = json!({"upvest_user_id": user, "sex": "female", "enrolled_on": "2025-06-01"});
    let states = std::sync::Mutex::new(Vec::new());
    // 24 orders in one database: each run removes what the one before left.
    let mut runner = TestRunner::deterministic();
    for _ in 0..24 {
        clear(&app);
        let order = Just((0..events.len()).collect::<Vec<_>>()).prop_shuffle();
        let order = order.new_tree(&mut runner).expect("an order").current();
        let cut = (1..events.len())
            .new_tree(&mut runner)
            .expect("a place")
            .current();
        let enrolled_at = (0..3_usize)
            .new_tree(&mut runner)
            .expect("a time")
            .current();
        let key = format!("enrol-{}", Uuid::new_v4());
        let mut member = Value::Null;
        let (first, second) = order.split_at(cut);
        for (step, part) in [first, second, &order[..2]].into_iter().enumerate() {
            if step == enrolled_at {
                let answer = app
                    .client
                    .try_command(&pool.path("/members"), &key, &enrol)
                    .expect("an answer");
                assert_eq!(answer.status, 201, "{}", text(&answer));
                member = answer.json().expect("a member");
            }
            let package: Vec<Value> = part.iter().map(|i| events[*i].clone()).collect();
            app.deliver(&package);
        }
        let member_id: Uuid = member["member_id"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("an id");
        let mut state: Member = app
            .get(&format!("/v1/data/members/{member_id}"), Caller::Operator)
            .json()
            .expect("a member");
        state.member_id = Uuid::nil();
        states.lock().expect("no panic").push((order, state));
    }
    let states = states.into_inner().expect("no panic");
    let expected = &states[0].1;
    assert_eq!(expected.cash_cents.get(), 97_00);
    assert_eq!(
        expected.birth_date.map(|d| d.to_string()).as_deref(),
        Some("1950-01-01")
    );
    for (order, state) in &states {
        assert_eq!(state, expected, "{order:?}");
    }
}

/// Empties everything but the pool, as the superuser without the triggers.
fn clear(app: &App) {
    let clear = "set session_replication_role = replica;
        truncate retire.posting, retire.journal_entry, retire.balance, retire.account,
            retire.broker_transaction, retire.broker_user, retire.broker_account_group,
            retire.webhook_event, retire.member cascade;";
    app.database.admin().batch_execute(clear).expect("cleared");
}
