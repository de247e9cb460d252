//! What an event says about the world.

use ledger::EntryKind;
use money::Cents;
use serde::Serialize;
use time::Date;
use uuid::Uuid;

/// A fact that an event carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// A user of the broker. Names and addresses are not read.
    User {
        /// The id at the broker.
        user_id: Uuid,
        /// The date of birth, if the object carries a plain one.
        #[serde(with = "ledger::calendar::option")]
        birth_date: Option<Date>,
    },
    /// A group of accounts: it holds a user's cash.
    AccountGroup {
        /// The id of the group.
        account_group_id: Uuid,
        /// Its owner.
        user_id: Uuid,
    },
    /// An account: it holds securities.
    Account {
        /// The id of the account.
        account_id: Uuid,
        /// The group that it belongs to.
        account_group_id: Uuid,
    },
    /// A movement of money, the broker's source of truth for cash.
    CashTransaction {
        /// The id of the transaction.
        transaction_id: Uuid,
        /// The group whose cash moved.
        account_group_id: Uuid,
        /// What the journal calls it.
        kind: EntryKind,
        /// How much, from the member's point of view.
        amount_cents: Cents,
        /// The value date.
        #[serde(with = "ledger::calendar")]
        effective_on: Date,
    },
    /// A movement of securities, the broker's source of truth for positions.
    SecurityTransaction {
        /// The id of the transaction.
        transaction_id: Uuid,
        /// The group of the account.
        account_group_id: Uuid,
        /// The security.
        isin: String,
        /// How many, in 10^−9 ([`money::UNIT_SCALE`]), from the member's point of
        /// view.
        amount_units: i64,
        /// The value date.
        #[serde(with = "ledger::calendar")]
        effective_on: Date,
    },
    /// What an account's securities are worth at the end of a day.
    Valuation {
        /// The account.
        account_id: Uuid,
        /// The day.
        #[serde(with = "ledger::calendar")]
        valued_on: Date,
        /// Every position of the account.
        positions: Vec<Position>,
    },
    /// What the broker says an account group's cash is: compared with the journal,
    /// never posted.
    CashBalance {
        /// The group.
        account_group_id: Uuid,
        /// Its cash, below zero if it is overdrawn.
        balance_cents: Cents,
    },
    /// What the broker says an account holds of a security: compared with the
    /// journal, never posted.
    PositionSnapshot {
        /// The account.
        account_id: Uuid,
        /// The security.
        isin: String,
        /// How many, in 10^−9.
        quantity_units: i64,
    },
    /// None: the event is kept and shown.
    None,
}

/// A valued position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The security.
    pub isin: String,
    /// How many, in 10^−9.
    pub quantity_units: i64,
    /// What they are worth, rounded to the cent.
    pub value_cents: Cents,
}
