//! Another pool of the same database.

use serde_json::{Value, json};
use simulator::Answer;
use uuid::Uuid;

/// Another pool, of which commands to this one must know nothing.
pub struct Elsewhere {
    pub member: Uuid,
    pub entry: i64,
    pub payout: Uuid,
    pub death: Uuid,
}

impl Elsewhere {
    /// Fills it; `post` sends a command to a path under a key.
    pub fn fill(post: &dyn Fn(&str, &str, &Value) -> Answer, open: &Value) -> Self {
        let id = |answer: Answer, field: &str| -> Uuid {
            let document: Value = answer.json().expect("a document");
            let id = document[field]
                .as_str()
                .unwrap_or_else(|| panic!("{field} of {document}"));
            id.parse().expect("an id")
        };
        let pool = id(post("/v1/pools", "elsewhere", open), "pool_id");
        let path = |rest: &str| format!("/v1/pools/{pool}/{rest}");
        let enrol = json!({
            "upvest_user_id": Uuid::new_v5(&pool, b"user"), "sex": "male",
            "birth_date": "1944-04-04", "enrolled_on": "2025-05-01",
        });
        let member = id(post(&path("members"), "member", &enrol), "member_id");
        let day = "2025-06-02";
        let item = json!({
            "member_id": member, "amount_cents": 100, "currency": "EUR", "effective_on": day,
        });
        let booked = post(&path("contributions"), "booked", &json!({"items": [item]}));
        let booked: Value = booked.json().expect("a batch");
        let request = json!({
            "member_id": member, "account": "member", "amount_cents": 1, "currency": "EUR",
            "requested_on": day,
        });
        let death = json!({"member_id": member, "died_on": day});
        Self {
            member,
            entry: booked["first_entry_id"].as_i64().expect("an entry"),
            payout: id(post(&path("payouts"), "payout", &request), "payout_id"),
            death: id(post(&path("deaths"), "death", &death), "death_id"),
        }
    }
}
