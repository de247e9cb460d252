//! Events that nobody can apply.

use rand::RngExt as _;
use serde_json::{Value, json};

use super::day::Draw;

/// How many kinds there are.
const KINDS: u32 = 6;

impl Draw<'_> {
    /// An event that belongs into quarantine, whatever was known before: a number that
    /// does not fit, an unknown kind, currency or status, a broken object.
    pub(super) fn poisonous(&mut self) -> (&'static str, Value) {
        let kind = self.rng.random_range(0..KINDS);
        let index = self.rng.random_range(0..self.accounts.len());
        let (account, id) = (self.accounts[index], self.id("poison"));
        let reference = ("CORPORATE_ACTION", self.id("corporate_action"));
        let mut cash = self.cash_object(&account, id, "CASH_DIVIDEND", 100, reference);
        let cash_type = "CASH_TRANSACTION.EXECUTED";
        match kind {
            0 => {
                cash["delta"]["amount"] = json!(format!("{}.{}", "9".repeat(63), "9".repeat(27)));
                (cash_type, cash)
            }
            1 => {
                cash["type"] = json!("PENNIES_FROM_HEAVEN");
                (cash_type, cash)
            }
            2 => {
                cash["delta"]["currency"] = json!("XAU");
                (cash_type, cash)
            }
            3 => {
                cash["delta"] = Value::Null;
                (cash_type, cash)
            }
            4 => ("EXECUTION.FILLED", json!("not an object")),
            _ => {
                let order = self.order_object(&account, id, "ASTRAY", 0, 100);
                ("ORDER.NEW", order)
            }
        }
    }
}
