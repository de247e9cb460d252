//! Accounts and what is in them.

use serde_json::json;
use uuid::Uuid;

use super::day::Draw;
use crate::market::FUNDS;

/// A user with an account group and an account.
#[derive(Clone, Copy)]
pub(super) struct Account {
    pub number: u32,
    pub user_id: Uuid,
    pub account_group_id: Uuid,
    pub account_id: Uuid,
    pub cash_cents: i64,
    /// In 10^−9 shares of each fund.
    pub units: [i64; FUNDS.len()],
}

impl Account {
    pub(super) fn new(namespace: &Uuid, number: u32) -> Self {
        let id = |kind: &str| Uuid::new_v5(namespace, format!("{kind}/{number}").as_bytes());
        Self {
            number,
            user_id: id("user"),
            account_group_id: id("account_group"),
            account_id: id("account"),
            cash_cents: 0,
            units: [0; FUNDS.len()],
        }
    }
}

impl Draw<'_> {
    /// The users, account groups and accounts come to be, on the first day before the
    /// rest.
    pub(super) fn open_accounts(&mut self) {
        for index in 0..self.accounts.len() {
            let account = self.accounts[index];
            self.at_second(6 * 3_600 + account.number % 3_600);
            let time = self.now_text();
            let user = |status: &str| {
                json!({
                    "id": account.user_id, "created_at": time, "updated_at": time,
                    "first_name": "Test", "last_name": format!("Member {}", account.number),
                    "birth_date": "1950-03-14", "nationalities": ["DE"], "status": status,
                    "address": {"address_line1": "Unter den Linden 1", "postcode": "10117",
                        "city": "Berlin", "country": "DE"},
                })
            };
            let owner = json!([{"id": account.user_id, "type": "OWNER"}]);
            let group = |status: &str| {
                json!({
                    "id": account.account_group_id, "created_at": time, "updated_at": time,
                    "users": owner, "status": status, "type": "PERSONAL",
                    "securities_account_number": format!("{:09}", account.number),
                })
            };
            let one = |status: &str| {
                json!({
                    "id": account.account_id, "created_at": time, "updated_at": time,
                    "account_group_id": account.account_group_id, "type": "TRADING",
                    "users": owner, "account_number": account.number,
                    "name": format!("Member {}", account.number), "status": status,
                })
            };
            let check = json!({"user_id": account.user_id, "type": "KYC", "status": "PASSED"});
            self.event("USER.CREATED", user("INACTIVE"));
            self.event("USER_CHECK.PASSED", check);
            self.event("USER.ACTIVATED", user("ACTIVE"));
            self.event("ACCOUNT_GROUP.CREATED", group("PENDING_APPROVAL"));
            self.event("ACCOUNT_GROUP.ACTIVATED", group("ACTIVE"));
            self.event("ACCOUNT.CREATED", one("PENDING_APPROVAL"));
            self.event("ACCOUNT.ACTIVATED", one("ACTIVE"));
        }
    }
}
