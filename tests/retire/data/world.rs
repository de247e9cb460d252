//! A small world with something in every view: a pool of 22 members and one of three.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, cash, event, header, text};

const ISIN: &str = "IE00B4L5Y983";

/// What was made.
pub(super) struct World {
    pub(super) app: App,
    /// The pool with enough members for its figures to be shown.
    pub(super) large: Uuid,
    /// Its members; the second died.
    pub(super) members: Vec<Uuid>,
    /// The members of a pool with too few.
    pub(super) small_members: Vec<Uuid>,
}

impl World {
    /// Makes it.
    pub(super) fn make() -> Self {
        let app = App::start();
        let (large, members) = {
            let pool = app.open_pool();
            let members: Vec<Uuid> = (1..=22_u32)
                .map(|n| pool.member(u128::from(n), 1_000_00 + i64::from(n)))
                .collect();
            live(&app, &pool, &members);
            (pool.pool_id, members)
        };
        let small_members = {
            let pool = app.open_pool();
            let members: Vec<Uuid> = (101..=103).map(|n| pool.member(n, 500_00)).collect();
            pool.death(members[2], "2025-06-20");
            assert_eq!(pool.settle("2025-06").status, 201);
            members
        };
        Self {
            app,
            large,
            members,
            small_members,
        }
    }

    /// Reads a path below `/v1/data` with headers of one's own, and a purpose.
    pub(super) fn get_with(
        &self,
        path: &str,
        caller: Caller<'_>,
        headers: &[(&str, &str)],
    ) -> simulator::Answer {
        let mut all = crate::harness::authorization(caller);
        if !headers.iter().any(|(name, _)| *name == "purpose") {
            all.push(header("purpose", "test"));
        }
        all.extend(headers.iter().map(|(name, value)| header(name, value)));
        let path = format!("/v1/data{path}");
        self.app
            .client
            .send("GET", &path, &all, b"")
            .expect("an answer")
    }

    /// Reads a path below `/v1/data`.
    pub(super) fn get(&self, path: &str, caller: Caller<'_>) -> simulator::Answer {
        self.get_with(path, caller, &[])
    }

    /// The items of a page.
    pub(super) fn items(&self, path: &str, caller: Caller<'_>) -> Vec<Value> {
        let answer = self.get(path, caller);
        assert_eq!(answer.status, 200, "{path}: {}", text(&answer));
        let document: Value = answer.json().expect("JSON");
        document["items"].as_array().expect("a list").clone()
    }
}

fn live(app: &App, pool: &NewPool<'_>, members: &[Uuid]) {
    let account = Uuid::from_u128(3 + (1 << 65));
    let group = |n: u128| Uuid::from_u128(n + (1 << 64));
    app.deliver(&[
        event("ACCOUNT.CREATED", &json!({"id": account, "account_group_id": group(3)})),
        cash(group(3), "ORDER_EXECUTION", -600_00, "2025-06-03"),
        event(
            "SECURITY_TRANSACTION.EXECUTED",
            &json!({
                "id": Uuid::new_v4(), "account_group_id": group(3), "type": "ORDER_EXECUTION",
                "instrument": {"uuid": Uuid::nil(), "isin": ISIN}, "delta": {"amount": "6.5"},
                "value_date": "2025-06-03T00:00:00Z",
            }),
        ),
        event(
            "ACCOUNT_VALUATION.CREATED",
            &json!({
                "id": Uuid::new_v4(), "account_id": account, "valuation_time": "2025-06-30T22:00:00Z",
                "security_positions": [{
                    "instrument": {"uuid": Uuid::nil(), "isin": ISIN}, "quantity": "6.5",
                    "value": {"amount": "650.00", "currency": "EUR", "price_time": "2025-06-30T17:00:00Z"},
                }],
            }),
        ),
        // Nothing that can be read: it is in quarantine.
        event("CASH_TRANSACTION.EXECUTED", &json!({"id": "=1+1"})),
    ]);
    let mut admin = app.database.admin();
    admin
        .execute(
            "insert into retire.broker_object (object_id, category, status, as_of_ns, event_id,
                 account_group_id, amount, instrument, side)
             select $1, 'ORDER', 'FILLED', 1748900000000000000, event_id, $2, '600.00', $3, 'BUY'
             from retire.webhook_event limit 1",
            &[&Uuid::from_u128(77), &group(3), &ISIN],
        )
        .expect("an order");
    let items = json!({"items": [
        {"member_id": members[0], "amount_cents": 50_00, "currency": "EUR", "effective_on": "2025-06-05"},
        {"member_id": members[4], "amount_cents": 70_00, "currency": "EUR", "effective_on": "2025-06-06"},
    ]});
    let booked = app.command(&pool.path("/contributions"), &items);
    assert_eq!(booked.status, 201, "{}", text(&booked));
    let fees = json!({"items": members.iter().enumerate().map(|(n, member)| json!({
        "member_id": member, "amount_cents": 100 + n, "currency": "EUR",
        "effective_on": "2025-06-07",
    })).collect::<Vec<_>>()});
    let booked = app.command(&pool.path("/fees"), &fees);
    assert_eq!(booked.status, 201, "{}", text(&booked));
    for (member, amount) in [
        (members[0], 10_00),
        (members[5], 20_00),
        (members[6], 30_00),
    ] {
        let payout = json!({
            "member_id": member, "account": "member", "amount_cents": amount,
            "currency": "EUR", "requested_on": "2025-06-10",
        });
        let payout = app.command(&pool.path("/payouts"), &payout);
        assert_eq!(payout.status, 201, "{}", text(&payout));
        if amount == 20_00 {
            let payout: Value = payout.json().expect("a payout");
            let id = payout["payout_id"].as_str().expect("an id");
            let path = pool.path(&format!("/payouts/{id}/confirmation"));
            assert_eq!(
                app.command(&path, &json!({"paid_on": "2025-06-12"})).status,
                201
            );
        }
    }
    pool.death(members[1], "2025-06-10");
    let settled = pool.settle("2025-06");
    assert_eq!(settled.status, 201, "{}", text(&settled));
}
