//! The objects of events, with the fields of Upvest's description, version 1.9.0.

use serde_json::{Value, json};
use uuid::Uuid;

use super::accounts::Account;
use super::day::Draw;
use crate::broker::{decimal, instrument};
use crate::market::FUNDS;

fn euro(cents: i64) -> Value {
    json!({"amount": decimal(cents, 2), "currency": "EUR"})
}

const fn side(minor: i64) -> &'static str {
    if minor < 0 { "SELL" } else { "BUY" }
}

impl Draw<'_> {
    pub(super) fn cash_object(
        &self,
        account: &Account,
        id: Uuid,
        kind: &str,
        cents: i64,
        (reference_type, reference): (&str, Uuid),
    ) -> Value {
        let (now, on) = (self.now_text(), self.value_date());
        json!({
            "id": id, "account_group_id": account.account_group_id, "type": kind,
            "delta": euro(cents), "booking_date": on, "value_date": on, "taxes": [],
            "references": [{"id": reference, "type": reference_type}],
            "created_at": now, "updated_at": now,
        })
    }

    pub(super) fn security_object(
        &self,
        account: &Account,
        (id, kind): (Uuid, &str),
        fund: usize,
        units: i64,
        (reference_type, reference): (&str, Uuid),
    ) -> Value {
        let (now, on) = (self.now_text(), self.value_date());
        json!({
            "id": id, "account_group_id": account.account_group_id,
            "account_id": account.account_id, "type": kind, "instrument": instrument(fund),
            "delta": {"amount": decimal(units, 9)}, "booking_date": on, "value_date": on,
            "references": [{"id": reference, "type": reference_type}],
            "created_at": now, "updated_at": now,
        })
    }

    pub(super) fn topup_object(
        &self,
        account: &Account,
        id: Uuid,
        status: &str,
        cents: i64,
    ) -> Value {
        json!({
            "id": id, "created_at": self.now_text(), "user_id": account.user_id,
            "account_group_id": account.account_group_id, "cash_amount": decimal(cents, 2),
            "currency": "EUR", "status": status,
        })
    }

    pub(super) fn direct_debit_object(
        &self,
        account: &Account,
        id: Uuid,
        status: &str,
        cents: i64,
    ) -> Value {
        json!({
            "id": id, "created_at": self.now_text(), "user_id": account.user_id,
            "account_group_id": account.account_group_id, "mandate_id": account.user_id,
            "cash_amount": decimal(cents, 2), "currency": "EUR",
            "remittance_information": "Savings", "status": status,
        })
    }

    pub(super) fn withdrawal_object(
        &self,
        account: &Account,
        id: Uuid,
        status: &str,
        cents: i64,
    ) -> Value {
        let now = self.now_text();
        json!({
            "id": id, "created_at": now, "updated_at": now, "user_id": account.user_id,
            "account_group_id": account.account_group_id,
            "reference_account_id": account.account_id, "amount": decimal(cents, 2),
            "currency": "EUR", "remittance_information": "Pension", "status": status,
        })
    }

    pub(super) fn order_object(
        &self,
        account: &Account,
        id: Uuid,
        status: &str,
        fund: usize,
        cents: i64,
    ) -> Value {
        let now = self.now_text();
        json!({
            "id": id, "created_at": now, "updated_at": now, "user_id": account.user_id,
            "account_id": account.account_id, "cash_amount": decimal(cents.abs(), 2),
            "currency": "EUR", "side": side(cents), "instrument_id": FUNDS[fund],
            "instrument_id_type": "ISIN", "order_type": "MARKET", "quantity": "",
            "limit_price": "", "stop_price": "", "status": status, "fee": "0.00",
            "initiation_flow": "API", "executions": [], "client_reference": "",
        })
    }

    pub(super) fn execution_object(
        &self,
        order: Uuid,
        id: Uuid,
        status: &str,
        cents: i64,
        units: i64,
    ) -> Value {
        json!({
            "id": id, "order_id": order, "cash_amount": decimal(cents.abs(), 2),
            "share_quantity": decimal(units.abs(), 9), "price": "100.00", "taxes": [],
            "transaction_time": self.now_text(), "status": status, "side": side(units),
            "currency": "EUR",
        })
    }

    pub(super) fn cash_balance(&mut self, index: usize) {
        let account = self.accounts[index];
        let balance = decimal(account.cash_cents, 2);
        let object = json!({
            "account_group_id": account.account_group_id, "currency": "EUR", "balance": balance,
            "locked_for_trading": "0", "pending_settlement": "0",
            "available_for_withdrawal": balance, "available_for_trading": balance,
        });
        self.event("CASH_BALANCE.UPDATED", object);
    }

    pub(super) fn position(&mut self, index: usize, fund: usize) {
        let account = self.accounts[index];
        let quantity = decimal(account.units[fund], 9);
        let object = json!({
            "account_id": account.account_id, "instrument": instrument(fund),
            "quantity": quantity, "locked_for_trading": "0", "pending_settlement": "0",
            "available_for_trading": quantity,
        });
        self.event("POSITION.UPDATED", object);
    }

    pub(super) fn valuation(&mut self, index: usize) {
        let (account, now) = (self.accounts[index], self.now_text());
        let id = self.id("valuation");
        let held = (0..FUNDS.len()).filter(|fund| account.units[*fund] != 0);
        let valued: Vec<(usize, i64)> = held
            .map(|fund| (fund, self.market.value_cents(fund, account.units[fund])))
            .collect();
        let positions: Vec<Value> = valued
            .iter()
            .map(|(fund, cents)| {
                json!({
                    "instrument": instrument(*fund), "quantity": decimal(account.units[*fund], 9),
                    "weight": "50", "value": {"amount": decimal(*cents, 2), "currency": "EUR",
                        "price_time": now},
                })
            })
            .collect();
        let object = json!({
            "id": id, "created_at": now, "updated_at": now, "account_id": account.account_id,
            "price_quality": "EOD", "valuation_time": self.value_date(),
            "total_security_value": euro(valued.iter().map(|(_, cents)| cents).sum()),
            "security_positions": positions,
        });
        self.event("ACCOUNT_VALUATION.CREATED", object);
    }
}
