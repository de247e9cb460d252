//! Payouts, by the state of the withdrawals that name them.

use ledger::record::{Page, Payout, PayoutState};
use serde_json::json;
use uuid::Uuid;

use super::{balance, gaps, group, moved};
use crate::harness::{App, Caller, NewPool, event, problem, text};

struct Paid<'a> {
    pool: &'a NewPool<'a>,
    payout_id: Uuid,
    withdrawal_id: Uuid,
}

impl<'a> Paid<'a> {
    fn request(pool: &'a NewPool<'a>, member: Uuid, cents: i64, on: &str) -> Self {
        let command = json!({"member_id": member, "account": "member", "amount_cents": cents,
            "currency": "EUR", "requested_on": on});
        let answer = pool.app.command(&pool.path("/payouts"), &command);
        assert_eq!(answer.status, 201, "{}", text(&answer));
        let payout: Payout = answer.json().expect("a payout");
        Self {
            pool,
            payout_id: payout.payout_id,
            withdrawal_id: Uuid::new_v4(),
        }
    }

    fn withdrawal(&self, status: &str, created_at: &str) {
        let mut event = event(
            &format!("WITHDRAWAL.{status}"),
            &json!({"id": self.withdrawal_id, "account_group_id": group(1), "status": status,
                "amount": "40.00", "currency": "EUR",
                "remittance_information": format!("Rente {}", self.payout_id)}),
        );
        event["created_at"] = json!(created_at);
        self.pool.app.deliver(&[event]);
    }

    fn transaction(&self, kind: &str, cents: i64, on: &str) {
        let to = ("WITHDRAWAL", self.withdrawal_id);
        self.pool.app.deliver(&[moved(1, kind, cents, on, to)]);
    }

    fn state(&self) -> Payout {
        let page: Page<Payout> = self
            .pool
            .app
            .get(&self.pool.path("/payouts"), Caller::Operator)
            .json()
            .expect("payouts");
        page.items.into_iter().next().expect("a payout")
    }

    fn on_its_way(&self) -> i64 {
        let row = self.pool.app.database.admin().query_one(
            "select coalesce(sum(b.amount_minor), 0)::bigint from retire.account a
             join retire.balance b using (account_id) where a.kind = 'payout'",
            &[],
        );
        row.expect("a sum").get(0)
    }
}

#[test]
fn a_withdrawal_confirms_the_payout_that_it_names() {
    for transaction_first in [false, true] {
        let app = App::start();
        let pool = app.open_pool();
        let member = pool.member(1, 100_00);
        let paid = Paid::request(&pool, member, 40_00, "2025-06-08");
        assert_eq!((balance(&app, member), paid.on_its_way()), (60_00, 40_00));
        if transaction_first {
            paid.transaction("WITHDRAWAL", -40_00, "2025-06-10");
            paid.withdrawal("NEW", "2025-06-09T10:00:00Z");
            assert_eq!(paid.state().state, PayoutState::Confirmed);
            paid.withdrawal("CONFIRMED", "2025-06-09T10:00:01Z");
        } else {
            paid.withdrawal("NEW", "2025-06-09T10:00:00Z");
            assert_eq!(paid.state().state, PayoutState::Requested);
            paid.withdrawal("CONFIRMED", "2025-06-09T10:00:01Z");
            assert_eq!(paid.state().state, PayoutState::Confirmed);
            assert_eq!(paid.on_its_way(), 40_00, "money moves by transactions");
            assert_eq!(gaps(&app)[0].gap, "withdrawal_without_transaction");
            assert_eq!(gaps(&app)[0].missing, ["cash"]);
            paid.transaction("WITHDRAWAL", -40_00, "2025-06-10");
        }
        assert_eq!((balance(&app, member), paid.on_its_way()), (60_00, 0));
        let payout = paid.state();
        assert_eq!(payout.state, PayoutState::Confirmed);
        assert_eq!(payout.paid_on.expect("a day").to_string(), "2025-06-10");
        assert!(payout.upvest_transaction_id.is_some());
        assert_eq!(gaps(&app), []);
    }
}

/// A bank refuses a transfer days later: the money comes back.
#[test]
fn a_withdrawal_that_is_cancelled_after_its_confirmation_voids_its_payout() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let app = App::start();
        let pool = app.open_pool();
        let member = pool.member(1, 100_00);
        let paid = Paid::request(&pool, member, 40_00, "2025-06-08");
        for step in order {
            match step {
                0 => paid.withdrawal("CONFIRMED", "2025-06-09T10:00:01Z"),
                1 => paid.transaction("WITHDRAWAL", -40_00, "2025-06-10"),
                2 => paid.withdrawal("CANCELLED", "2025-06-12T10:00:00Z"),
                _ => paid.transaction("WITHDRAWAL_CANCELLATION", 40_00, "2025-06-12"),
            }
        }
        assert_eq!(
            (balance(&app, member), paid.on_its_way()),
            (100_00, 0),
            "{order:?}"
        );
        assert_eq!(paid.state().state, PayoutState::Voided, "{order:?}");
        assert_eq!(gaps(&app), [], "{order:?}");
        let again = Paid::request(&pool, member, 100_00, "2025-06-12");
        assert_eq!(again.on_its_way(), 100_00, "and can be paid again");
    }
}

#[test]
fn a_withdrawal_that_is_cancelled_unpaid_voids_its_payout() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 100_00);
    let paid = Paid::request(&pool, member, 40_00, "2025-06-08");
    paid.withdrawal("PROCESSING", "2025-06-09T10:00:00Z");
    paid.withdrawal("CANCELLED", "2025-06-09T10:00:01Z");
    assert_eq!((balance(&app, member), paid.on_its_way()), (100_00, 0));
    assert_eq!(paid.state().state, PayoutState::Voided);
}

/// An operator confirmed without naming the transaction: it is not booked twice.
#[test]
fn a_payout_that_was_confirmed_by_hand_is_paid_once() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 100_00);
    let paid = Paid::request(&pool, member, 40_00, "2025-06-08");
    let path = pool.path(&format!("/payouts/{}/confirmation", paid.payout_id));
    let confirm = json!({"paid_on": "2025-06-10", "upvest_transaction_id": null});
    assert_eq!(app.command(&path, &confirm).status, 201);
    paid.withdrawal("CONFIRMED", "2025-06-09T10:00:01Z");
    paid.transaction("WITHDRAWAL", -40_00, "2025-06-10");
    assert_eq!((balance(&app, member), paid.on_its_way()), (60_00, 0));
    paid.transaction("WITHDRAWAL_CANCELLATION", 40_00, "2025-06-12");
    assert_eq!((balance(&app, member), paid.on_its_way()), (100_00, 0));
}

/// Somebody else's withdrawal, or one of another amount, says nothing of a payout.
#[test]
fn a_withdrawal_that_does_not_fit_leaves_the_payout() {
    let app = App::start();
    let pool = app.open_pool();
    let (member, _) = (pool.member(1, 100_00), pool.member(2, 100_00));
    let paid = Paid::request(&pool, member, 40_00, "2025-06-08");
    for (group_number, amount) in [(2, "40.00"), (1, "40.01"), (1, "-40.00"), (9, "40.00")] {
        app.deliver(&[event(
            "WITHDRAWAL.CANCELLED",
            &json!({"id": Uuid::new_v4(), "account_group_id": group(group_number),
                "amount": amount, "status": "CANCELLED",
                "remittance_information": paid.payout_id}),
        )]);
        assert_eq!(paid.state().state, PayoutState::Requested);
    }
    assert_eq!(paid.on_its_way(), 40_00);
}

/// What the broker took back paid nothing: it confirms no payout.
#[test]
fn a_transaction_that_was_taken_back_confirms_no_payout() {
    for taken_back in [true, false] {
        let app = App::start();
        let pool = app.open_pool();
        let member = pool.member(1, 100_00);
        let paid = Paid::request(&pool, member, 40_00, "2025-06-08");
        // A withdrawal that names no payout: it takes the money from the member's account.
        let to = ("WITHDRAWAL", Uuid::new_v4());
        let transaction = moved(1, "WITHDRAWAL", -40_00, "2025-06-10", to);
        let path = pool.path(&format!("/payouts/{}/confirmation", paid.payout_id));
        let confirm = json!({"paid_on": "2025-06-12",
            "upvest_transaction_id": transaction["object"]["id"]});
        app.deliver(&[transaction]);
        assert_eq!(balance(&app, member), 20_00);
        if !taken_back {
            assert_eq!(app.command(&path, &confirm).status, 201);
            assert_eq!((balance(&app, member), paid.on_its_way()), (60_00, 0));
            continue;
        }
        let kind = "WITHDRAWAL_CANCELLATION";
        app.deliver(&[moved(1, kind, 40_00, "2025-06-12", to)]);
        assert_eq!(balance(&app, member), 60_00);
        let answer = app.command(&path, &confirm);
        let (status, code, _) = problem(&answer);
        assert_eq!((status, code.as_str()), (422, "transaction-differs"));
        assert_eq!(paid.state().state, PayoutState::Requested);
        assert_eq!((balance(&app, member), paid.on_its_way()), (60_00, 40_00));
    }
}
