//! The order in which the broker's events arrive.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, event, text};

const USER: Uuid = Uuid::from_u128(77);
const GROUP: Uuid = Uuid::from_u128(78);
const ACCOUNT: Uuid = Uuid::from_u128(79);
const ISIN: &str = "IE00B4L5Y983";

/// Says when the broker made an event: a second after the other of a day in June.
fn at(second: u32, mut event: Value) -> Value {
    event["created_at"] = json!(format!("2025-06-20T10:00:{second:02}.000000001Z"));
    event
}

fn moved(kind: &str, cents: i64, on: &str, to: (&str, Uuid)) -> Value {
    let mut event = crate::harness::cash(GROUP, kind, cents, on);
    event["object"]["references"] = json!([{"type": to.0, "id": to.1}]);
    event
}

fn units(kind: &str, amount: &str, execution: Uuid) -> Value {
    event(
        "SECURITY_TRANSACTION.EXECUTED",
        &json!({
            "id": Uuid::new_v4(), "account_group_id": GROUP, "account_id": ACCOUNT, "type": kind,
            "instrument": {"isin": ISIN}, "delta": {"amount": amount},
            "value_date": "2025-06-05T00:00:00Z",
            "references": [{"type": "ORDER_EXECUTION", "id": execution}],
        }),
    )
}

fn object(event_type: &str, id: Uuid, status: &str, more: &Value) -> Value {
    let mut object = json!({"id": id, "status": status, "account_group_id": GROUP});
    if let (Some(object), Some(more)) = (object.as_object_mut(), more.as_object()) {
        object.extend(more.clone());
    }
    event(event_type, &object)
}

/// A user's life at the broker: whatever may come in another order.
fn life(paid: Uuid, cancelled: Uuid, refused: Uuid) -> Vec<Value> {
    let id = Uuid::from_u128;
    let owner = json!([{"id": USER, "type": "OWNER"}]);
    let user = |status: &str, born: &str| json!({"id": USER, "status": status, "birth_date": born});
    let group = |status: &str| json!({"id": GROUP, "users": owner, "status": status});
    let withdrawal = |id: Uuid, status: &str, payout: Uuid, amount: &str| {
        object(
            &format!("WITHDRAWAL.{status}"),
            id,
            status,
            &json!({"amount": amount, "remittance_information": format!("payout {payout}")}),
        )
    };
    let order = |status: &str| object(&format!("ORDER.{status}"), id(10), status, &json!({}));
    let execution = |status: &str| {
        object(
            &format!("EXECUTION.{status}"),
            id(11),
            status,
            &json!({"order_id": id(10)}),
        )
    };
    let balance = |cents: &str| {
        event(
            "CASH_BALANCE.UPDATED",
            &json!({"account_group_id": GROUP, "currency": "EUR", "balance": cents}),
        )
    };
    let valuation = |value: &str| {
        event(
            "ACCOUNT_VALUATION.CREATED",
            &json!({
                "account_id": ACCOUNT, "valuation_time": "2025-06-20T20:00:00Z",
                "security_positions": [{
                    "instrument": {"isin": ISIN}, "quantity": "1",
                    "value": {"amount": value, "currency": "EUR"},
                }],
            }),
        )
    };
    vec![
        at(1, event("USER.CREATED", &user("INACTIVE", "1949-01-01"))),
        at(2, event("USER.ACTIVATED", &user("ACTIVE", "1950-01-01"))),
        at(
            3,
            event("ACCOUNT_GROUP.CREATED", &group("PENDING_APPROVAL")),
        ),
        at(4, event("ACCOUNT_GROUP.ACTIVATED", &group("ACTIVE"))),
        at(5, event("ACCOUNT_GROUP.CLOSED", &group("CLOSED"))),
        // No account group comes back.
        at(6, event("ACCOUNT_GROUP.ACTIVATED", &group("ACTIVE"))),
        event(
            "ACCOUNT.CREATED",
            &json!({"id": ACCOUNT, "account_group_id": GROUP}),
        ),
        moved("TOPUP", 1_000_00, "2025-06-02", ("TOPUP", id(1))),
        moved("TOPUP", 5_00, "2025-06-02", ("TOPUP", id(2))),
        moved("TOPUP_CANCELLATION", -5_00, "2025-06-03", ("TOPUP", id(2))),
        moved(
            "SEPA_DIRECT_DEBIT",
            50_00,
            "2025-06-02",
            ("DIRECT_DEBIT", id(3)),
        ),
        moved(
            "SEPA_DIRECT_DEBIT_CHARGE_BACK",
            -50_00,
            "2025-06-09",
            ("DIRECT_DEBIT", id(3)),
        ),
        moved(
            "FEE_COLLECTION",
            -3_00,
            "2025-06-03",
            ("FEE_COLLECTION", id(4)),
        ),
        moved(
            "CASH_DIVIDEND",
            7_00,
            "2025-06-04",
            ("CORPORATE_ACTION", id(5)),
        ),
        order("NEW"),
        order("PROCESSING"),
        order("FILLED"),
        execution("FILLED"),
        execution("SETTLED"),
        moved(
            "ORDER_EXECUTION",
            -100_00,
            "2025-06-05",
            ("ORDER_EXECUTION", id(11)),
        ),
        units("ORDER_EXECUTION", "1", id(11)),
        // Another execution is taken back, money and securities.
        moved(
            "ORDER_EXECUTION",
            -40_00,
            "2025-06-05",
            ("ORDER_EXECUTION", id(12)),
        ),
        moved(
            "ORDER_EXECUTION_CANCELLATION",
            40_00,
            "2025-06-06",
            ("ORDER_EXECUTION", id(12)),
        ),
        units("ORDER_EXECUTION", "0.4", id(12)),
        units("ORDER_EXECUTION_CANCELLATION", "-0.4", id(12)),
        withdrawal(id(20), "NEW", paid, "20.00"),
        withdrawal(id(20), "CONFIRMED", paid, "20.00"),
        moved("WITHDRAWAL", -20_00, "2025-06-10", ("WITHDRAWAL", id(20))),
        withdrawal(id(21), "CONFIRMED", cancelled, "30.00"),
        withdrawal(id(21), "CANCELLED", cancelled, "30.00"),
        moved("WITHDRAWAL", -30_00, "2025-06-10", ("WITHDRAWAL", id(21))),
        moved(
            "WITHDRAWAL_CANCELLATION",
            30_00,
            "2025-06-12",
            ("WITHDRAWAL", id(21)),
        ),
        withdrawal(id(22), "PROCESSING", refused, "40.00"),
        withdrawal(id(22), "CANCELLED", refused, "40.00"),
        at(8, balance("1.00")),
        at(9, balance("2.00")),
        at(8, valuation("100.00")),
        at(9, valuation("101.00")),
    ]
    .into_iter()
    .enumerate()
    // Each its own time, as the broker gives it.
    .map(|(second, event)| match event["created_at"].as_str() {
        Some("2025-06-30T20:00:00.123456789Z") => {
            at(10 + u32::try_from(second).expect("few"), event)
        }
        _ => event,
    })
    .collect()
}

/// What is left of it: balances by day, entries that hold, the broker's objects, which
/// events are in quarantine, payouts.
fn state(app: &App) -> BTreeMap<&'static str, String> {
    let questions = [
        (
            "balances by day",
            "select a.kind, a.asset_id, d.day::date::text, sum(p.amount_minor)::text
             from generate_series(date '2025-06-01', date '2025-06-30', interval '1 day') as d (day),
                 retire.posting p join retire.account a using (account_id)
                 join retire.journal_entry e using (entry_id)
             where e.effective_on <= d.day and a.kind in ('member', 'broker', 'payout')
                 -- A withdrawal that is cancelled gives back on the day that is known first.
                 and (a.asset_id <> 'EUR' or d.day = '2025-06-30')
             group by 1, 2, 3 having sum(p.amount_minor) <> 0 order by 1, 2, 3",
        ),
        (
            "what stands",
            "select e.source, e.kind, p.amount_minor::text
             from retire.journal_entry e join retire.posting p using (entry_id)
             join retire.account a using (account_id)
             where e.source like 'upvest:%' and a.kind = 'broker' and e.reverses is null
                 and not exists (select from retire.journal_entry r where r.reverses = e.entry_id)
             order by e.source",
        ),
        (
            "reversals",
            "select r.source, e.source from retire.journal_entry r
             join retire.journal_entry e on e.entry_id = r.reverses
             where r.source like 'upvest:%' order by 1",
        ),
        (
            "objects",
            "select category, object_id::text, status, event_id::text from retire.broker_object
             order by 1, 2",
        ),
        (
            "facts",
            "select u.birth_date::text, g.user_id::text, b.amount_minor::text, v.event_id::text
             from retire.broker_user u, retire.broker_account_group g,
                 retire.broker_cash_balance b, retire.broker_valuation v",
        ),
        (
            "events",
            "select event_id::text, state, reason from retire.webhook_event order by 1",
        ),
        (
            "payouts",
            "select payout_id::text, amount_cents::text,
                 case when voided_at is not null then 'voided'
                     when confirmed_at is not null then 'confirmed' else 'requested' end
             from retire.payout order by 1",
        ),
        (
            "waiting",
            "select transaction_id::text from retire.broker_transaction where not posted order by 1",
        ),
    ];
    let mut admin = app.database.admin();
    questions
        .into_iter()
        .map(|(name, question)| {
            let rows = admin.query(question, &[]).expect(name);
            let rows: Vec<String> = rows
                .iter()
                .map(|row| {
                    let fields = (0..row.len()).map(|i| row.get::<_, Option<String>>(i));
                    fields
                        .map(|field| field.unwrap_or_default())
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .collect();
            (name, rows.join("\n"))
        })
        .collect()
}

/// The events of a user, in any order, in any packages, some of them twice, with the
/// enrolment anywhere between them: the same state in the end.
///
/// `RETIRE_SOAK_ORDERS` makes it more orders than the slice that always runs.
#[test]
fn the_order_of_arrival_does_not_matter() {
    let orders: u32 = std::env::var("RETIRE_SOAK_ORDERS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(5);
    let app = App::start();
    let pool = app.open_pool();
    let enrol = json!({"upvest_user_id": USER, "sex": "female", "enrolled_on": "2025-06-01"});
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), seed);
    let mut draw =
        |range: std::ops::Range<usize>| range.new_tree(&mut runner).expect("a number").current();
    let mut expected: Option<BTreeMap<&str, String>> = None;
    // The ids of payouts follow from the command's key, so that they are known before.
    let keys: [String; 3] = std::array::from_fn(|_| Uuid::new_v4().to_string());
    let payouts: [Uuid; 3] = std::array::from_fn(|i| payout_id(&keys[i]));
    let life = life(payouts[0], payouts[1], payouts[2]);
    // Whoever requests payouts has been paid in; and the payouts come before the broker
    // is told of them. What else arrives may come before or after.
    let (first, rest): (Vec<_>, Vec<_>) = life.iter().partition(|event| {
        let object = &event["object"];
        object["type"] == "TOPUP" && object["delta"]["amount"] == "1000.00"
            || event["type"] == "ACCOUNT_GROUP.CREATED"
    });
    for run in 0..orders {
        clear(&app);
        let key = Uuid::new_v4().to_string();
        let enrolled = |app: &App| {
            let answer = app
                .client
                .try_command(&pool.path("/members"), &key, &enrol)
                .expect("an answer");
            assert_eq!(answer.status, 201, "{}", text(&answer));
            answer.json::<Value>().expect("a member")["member_id"].clone()
        };
        let mut order: Vec<usize> = (0..rest.len()).collect();
        // The first run is in the broker's own order.
        for i in (1..order.len()).rev().filter(|_| run > 0) {
            order.swap(i, draw(0..i + 1));
        }
        // Withdrawals may not be known before their payouts: those names nobody has yet.
        let (early, late): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|i| {
            let about = rest[*i]["type"].as_str().unwrap_or_default();
            run > 0 && !about.starts_with("WITHDRAWAL.") && draw(0..3) == 0
        });
        let mut begun = first.to_vec();
        begun.extend(early.iter().map(|i| rest[*i]));
        let member = if run % 2 == 0 {
            let member = enrolled(&app);
            deliver(&app, &begun);
            member
        } else {
            deliver(&app, &begun);
            enrolled(&app)
        };
        for (key, amount) in keys.iter().zip([20_00, 30_00, 40_00]) {
            let command = json!({"member_id": member, "account": "member", "amount_cents": amount,
                "currency": "EUR", "requested_on": "2025-06-08"});
            let answer = app
                .client
                .try_command(&pool.path("/payouts"), key, &command)
                .expect("an answer");
            assert_eq!(answer.status, 201, "{}", text(&answer));
        }
        let mut at = 0;
        while at < late.len() {
            let size = draw(1..8).min(late.len() - at);
            let package: Vec<&Value> = late[at..at + size].iter().map(|i| rest[*i]).collect();
            deliver(&app, &package);
            if draw(0..3) == 0 {
                deliver(&app, &package);
            }
            at += size;
        }
        let found = state(&app);
        match &expected {
            None => {
                assert!(found["events"].contains("quarantined illegal-step"));
                assert!(found["waiting"].is_empty(), "{}", found["waiting"]);
                let balances = &found["balances by day"];
                assert!(
                    balances.contains("member EUR 2025-06-30 88400"),
                    "{balances}"
                );
                for state in ["confirmed", "voided"] {
                    assert!(found["payouts"].contains(state), "{}", found["payouts"]);
                }
                expected = Some(found);
            }
            Some(expected) => {
                for (name, rows) in expected {
                    assert_eq!(&found[name], rows, "{name} in run {run}");
                }
            }
        }
    }
}

fn deliver(app: &App, events: &[&Value]) {
    let events: Vec<Value> = events.iter().copied().cloned().collect();
    app.deliver(&events);
}

/// The id of the payout that a command of the client makes: see `store::CommandKey`.
fn payout_id(key: &str) -> Uuid {
    let key = store::CommandKey {
        actor: "simulator",
        key,
        request_hash: "",
        now: time::UtcDateTime::UNIX_EPOCH,
    };
    key.resource_id("payout")
}

/// Empties everything but the pool, as the superuser without the triggers.
fn clear(app: &App) {
    let clear = "set session_replication_role = replica;
        truncate retire.posting, retire.journal_entry, retire.balance, retire.account,
            retire.payout, retire.idempotency, retire.broker_transaction, retire.broker_user,
            retire.broker_account_group, retire.webhook_event, retire.member cascade;";
    app.database.admin().batch_execute(clear).expect("cleared");
}
