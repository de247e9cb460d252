//! Money and securities move: each movement with all that the broker reports of it.

use rand::RngExt as _;
use serde_json::json;
use uuid::Uuid;

use super::accounts::Account;
use super::day::Draw;
use crate::market::FUNDS;

impl Draw<'_> {
    fn is_cancelled(&mut self) -> bool {
        self.happens(self.scenario.per_mille.cancellations)
    }

    pub(super) fn topup(&mut self, index: usize) {
        let (account, id) = (self.accounts[index], self.id("topup"));
        let cents = self.rng.random_range(1_000..500_000);
        for status in ["CONFIRMED", "SETTLED"] {
            let object = self.topup_object(&account, id, status, cents);
            self.event(&format!("TOPUP.{status}"), object);
            if status == "CONFIRMED" {
                self.cash(index, "TOPUP", cents, ("TOPUP", id));
            }
        }
        self.cash_balance(index);
    }

    /// A debit; one that is taken back is charged back.
    pub(super) fn direct_debit(&mut self, index: usize) {
        let (account, id) = (self.accounts[index], self.id("direct_debit"));
        let cents = self.rng.random_range(2_500..50_000);
        for status in ["NEW", "PROCESSING", "CONFIRMED"] {
            let object = self.direct_debit_object(&account, id, status, cents);
            self.event(&format!("DIRECT_DEBIT.{status}"), object);
        }
        let reference = ("DIRECT_DEBIT", id);
        self.cash(index, "SEPA_DIRECT_DEBIT", cents, reference);
        if self.is_cancelled() {
            self.cash(index, "SEPA_DIRECT_DEBIT_CHARGE_BACK", -cents, reference);
        }
        self.cash_balance(index);
    }

    /// A withdrawal; one that is taken back is cancelled after it was confirmed.
    pub(super) fn withdrawal(&mut self, index: usize) {
        let (account, id) = (self.accounts[index], self.id("withdrawal"));
        let cents = self.part_of(account.cash_cents);
        if cents == 0 {
            return;
        }
        for status in ["NEW", "PROCESSING", "CONFIRMED"] {
            let object = self.withdrawal_object(&account, id, status, cents);
            self.event(&format!("WITHDRAWAL.{status}"), object);
        }
        self.cash(index, "WITHDRAWAL", -cents, ("WITHDRAWAL", id));
        if self.is_cancelled() {
            let object = self.withdrawal_object(&account, id, "CANCELLED", cents);
            self.event("WITHDRAWAL.CANCELLED", object);
            self.cash(index, "WITHDRAWAL_CANCELLATION", cents, ("WITHDRAWAL", id));
        }
        self.cash_balance(index);
    }

    /// Buys for a part of the cash or sells a part of the shares; one of ten is cancelled
    /// before it is executed.
    pub(super) fn order(&mut self, index: usize) {
        let account = self.accounts[index];
        let fund = self.rng.random_range(0..FUNDS.len());
        let units = if self.rng.random_ratio(2, 3) {
            let cents = self.part_of(account.cash_cents);
            self.market.units_for(fund, cents)
        } else {
            -self.part_of(account.units[fund])
        };
        let cents = self.market.value_cents(fund, units);
        if units == 0 || cents == 0 {
            return;
        }
        let (order, execution) = (self.id("order"), self.id("execution"));
        for status in ["NEW", "PROCESSING"] {
            let object = self.order_object(&account, order, status, fund, cents);
            self.event(&format!("ORDER.{status}"), object);
        }
        if self.rng.random_ratio(1, 10) {
            let object = self.order_object(&account, order, "CANCELLED", fund, cents);
            self.event("ORDER.CANCELLED", object);
            return;
        }
        let object = self.execution_object(order, execution, "FILLED", cents, units);
        self.event("EXECUTION.FILLED", object);
        let object = self.order_object(&account, order, "FILLED", fund, cents);
        self.event("ORDER.FILLED", object);
        let reference = ("ORDER_EXECUTION", execution);
        self.cash(index, "ORDER_EXECUTION", -cents, reference);
        self.units(index, "ORDER_EXECUTION", fund, units, reference);
        let status = if self.is_cancelled() {
            self.cash(index, "ORDER_EXECUTION_CANCELLATION", cents, reference);
            self.units(
                index,
                "ORDER_EXECUTION_CANCELLATION",
                fund,
                -units,
                reference,
            );
            "CANCELLED"
        } else {
            "SETTLED"
        };
        let object = self.execution_object(order, execution, status, cents, units);
        self.event(&format!("EXECUTION.{status}"), object);
        self.position(index, fund);
        self.cash_balance(index);
    }

    pub(super) fn dividend(&mut self, index: usize) {
        let reference = ("CORPORATE_ACTION", self.id("corporate_action"));
        let cents = self.rng.random_range(10..20_000);
        self.cash(index, "CASH_DIVIDEND", cents, reference);
        if self.is_cancelled() {
            self.cash(index, "CASH_DIVIDEND_CANCELLATION", -cents, reference);
        }
        self.cash_balance(index);
    }

    pub(super) fn fee(&mut self, index: usize) {
        let (account, id) = (self.accounts[index], self.id("fee_collection"));
        let cents = self.rng.random_range(50..2_000);
        for status in ["CREATED", "FINALISED"] {
            let object = json!({
                "id": id, "account_group_id": account.account_group_id, "status": status,
            });
            self.event(&format!("FEE_COLLECTION.{status}"), object);
        }
        let reference = ("FEE_COLLECTION", id);
        self.cash(index, "FEE_COLLECTION", -cents, reference);
        if self.is_cancelled() {
            self.cash(index, "FEE_COLLECTION_CANCELLATION", cents, reference);
        }
        self.cash_balance(index);
    }

    pub(super) fn report(&mut self) {
        let object = json!({"id": self.id("report"), "type": "COSTS_AND_CHARGES"});
        self.event("REPORT.CREATED", object);
    }

    pub(super) fn unknown(&mut self) {
        let object = json!({"id": self.id("unknown"), "state": {"of": ["a later release"]}});
        self.event("CRYSTAL_BALL.CLOUDED", object);
    }

    /// Something up to a third of it; nothing of what is not there.
    fn part_of(&mut self, whole: i64) -> i64 {
        if whole < 3 {
            return 0;
        }
        self.rng.random_range(1..=whole / 3)
    }

    fn cash(&mut self, index: usize, kind: &str, cents: i64, reference: (&str, Uuid)) {
        let account: Account = self.accounts[index];
        let id = self.id("cash_transaction");
        let object = self.cash_object(&account, id, kind, cents, reference);
        self.accounts[index].cash_cents += cents;
        self.event("CASH_TRANSACTION.EXECUTED", object);
    }

    fn units(
        &mut self,
        index: usize,
        kind: &str,
        fund: usize,
        units: i64,
        reference: (&str, Uuid),
    ) {
        let account: Account = self.accounts[index];
        let id = self.id("security_transaction");
        let object = self.security_object(&account, (id, kind), fund, units, reference);
        self.accounts[index].units[fund] += units;
        self.event("SECURITY_TRANSACTION.EXECUTED", object);
    }
}
