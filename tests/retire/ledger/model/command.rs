//! The commands of a sequence.

use std::fmt;

use ledger::Month;
use ledger::command::PoolRules;
use mortality::Sex;
use serde_json::{Value, json};
use time::Date;
use uuid::Uuid;

/// A contribution or a fee of one member.
#[derive(Clone, Debug)]
pub struct Item {
    pub member: Uuid,
    pub cents: i64,
    pub currency: &'static str,
    pub on: Date,
}

/// A command as it is sent, whether it makes sense or not.
#[derive(Clone, Debug)]
pub enum Command {
    Enrol {
        user: Uuid,
        sex: Sex,
        born: Date,
        on: Date,
    },
    Contribute(Vec<Item>),
    Charge(Vec<Item>),
    Reverse {
        entry: i64,
        on: Date,
        /// Why it is refused if it is not the entry of a contribution or a fee.
        foreign: Option<(u16, &'static str)>,
    },
    Request {
        member: Uuid,
        account: &'static str,
        cents: i64,
        currency: &'static str,
        on: Date,
    },
    ConfirmPayout {
        payout: Uuid,
        on: Date,
        transaction: Option<Uuid>,
    },
    Void {
        payout: Uuid,
    },
    Report {
        member: Uuid,
        on: Date,
    },
    ConfirmDeath {
        death: Uuid,
    },
    Withdraw {
        death: Uuid,
    },
    Close {
        member: Uuid,
        on: Date,
    },
    SetRules {
        from: Month,
        rules: PoolRules,
    },
    Settle {
        period: Month,
        dry_run: bool,
    },
}

impl Command {
    /// What the report of a run calls it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Enrol { .. } => "enrol",
            Self::Contribute(_) => "contribute",
            Self::Charge(_) => "charge",
            Self::Reverse { .. } => "reverse",
            Self::Request { .. } => "request",
            Self::ConfirmPayout { .. } => "confirm payout",
            Self::Void { .. } => "void",
            Self::Report { .. } => "report",
            Self::ConfirmDeath { .. } => "confirm death",
            Self::Withdraw { .. } => "withdraw",
            Self::Close { .. } => "close",
            Self::SetRules { .. } => "set rules",
            Self::Settle { dry_run: true, .. } => "dry run",
            Self::Settle { .. } => "settle",
        }
    }

    pub fn path(&self, pool: Uuid) -> String {
        let rest = match self {
            Self::Enrol { .. } => "members".to_owned(),
            Self::Contribute(_) => "contributions".to_owned(),
            Self::Charge(_) => "fees".to_owned(),
            Self::Reverse { .. } => "reversals".to_owned(),
            Self::Request { .. } => "payouts".to_owned(),
            Self::ConfirmPayout { payout, .. } => format!("payouts/{payout}/confirmation"),
            Self::Void { payout } => format!("payouts/{payout}/void"),
            Self::Report { .. } => "deaths".to_owned(),
            Self::ConfirmDeath { death } => format!("deaths/{death}/confirmation"),
            Self::Withdraw { death } => format!("deaths/{death}/withdrawal"),
            Self::Close { member, .. } => format!("members/{member}/closure"),
            Self::SetRules { .. } => "rules".to_owned(),
            Self::Settle { .. } => "settlements".to_owned(),
        };
        format!("/v1/pools/{pool}/{rest}")
    }

    pub fn body(&self) -> Value {
        let day = |date: &Date| date.to_string();
        match self {
            Self::Enrol {
                user,
                sex,
                born,
                on,
            } => json!({
                "upvest_user_id": user, "sex": sex, "birth_date": day(born),
                "enrolled_on": day(on),
            }),
            Self::Contribute(items) | Self::Charge(items) => {
                let items: Vec<Value> = items.iter().map(Item::body).collect();
                json!({"items": items})
            }
            Self::Reverse { entry, on, .. } => {
                json!({"entry_id": entry, "effective_on": day(on), "reason": "a mistake"})
            }
            Self::Request {
                member,
                account,
                cents,
                currency,
                on,
            } => json!({
                "member_id": member, "account": account, "amount_cents": cents,
                "currency": currency, "requested_on": day(on),
            }),
            Self::ConfirmPayout {
                on, transaction, ..
            } => {
                let mut body = json!({"paid_on": day(on)});
                if let Some(id) = transaction {
                    body["upvest_transaction_id"] = json!(id);
                }
                body
            }
            Self::Void { .. } => json!({"reason": "the account is closed"}),
            Self::Report { member, on } => json!({"member_id": member, "died_on": day(on)}),
            Self::ConfirmDeath { .. } => json!({}),
            Self::Withdraw { .. } => json!({"reason": "the register was wrong"}),
            Self::Close { on, .. } => json!({"closed_on": day(on)}),
            Self::SetRules { from, rules } => json!({"from_period": from, "rules": rules}),
            Self::Settle {
                period,
                dry_run: false,
            } => json!({"period": period}),
            Self::Settle { period, dry_run } => json!({"period": period, "dry_run": dry_run}),
        }
    }
}

impl Item {
    fn body(&self) -> Value {
        json!({
            "member_id": self.member, "amount_cents": self.cents, "currency": self.currency,
            "effective_on": self.on.to_string(),
        })
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self {
            Self::ConfirmPayout { payout: id, .. } | Self::Void { payout: id } => Some(id),
            Self::ConfirmDeath { death: id } | Self::Withdraw { death: id } => Some(id),
            Self::Close { member: id, .. } => Some(id),
            _ => None,
        };
        let of = of.map_or_else(String::new, |id| format!(" {id}"));
        write!(f, "{}{of} {}", self.name(), self.body())
    }
}
