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
        /// How far the user is.
        state: Option<ObjectState>,
    },
    /// A group of accounts: it holds a user's cash.
    AccountGroup {
        /// The id of the group.
        account_group_id: Uuid,
        /// Its owner.
        user_id: Uuid,
        /// How far the group is.
        state: Option<ObjectState>,
    },
    /// An account: it holds securities.
    Account {
        /// The id of the account.
        account_id: Uuid,
        /// The group that it belongs to.
        account_group_id: Uuid,
        /// How far the account is.
        state: Option<ObjectState>,
    },
    /// An order, an execution, a plan, a debit, a withdrawal: how far it is. Money
    /// and securities move by transactions alone.
    Object {
        /// How far it is.
        state: ObjectState,
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
        /// Upvest's name of what it is, or of what it takes back.
        transaction_type: String,
        /// Whether it takes back the transaction that has the same reference.
        cancellation: bool,
        /// What it was made for: the execution, the withdrawal, the debit.
        reference_id: Option<Uuid>,
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
        /// Upvest's name of what it is, or of what it takes back.
        transaction_type: String,
        /// Whether it takes back the transaction that has the same reference.
        cancellation: bool,
        /// What it was made for: the execution, the withdrawal, the debit.
        reference_id: Option<Uuid>,
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
    /// When the price was made, in nanoseconds since the epoch.
    pub priced_at_ns: Option<i64>,
}

/// The state of an object of the broker, as an event shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ObjectState {
    /// What it is, such as `WITHDRAWAL`.
    pub category: &'static str,
    /// Its id.
    pub object_id: Uuid,
    /// How far it is, such as `CONFIRMED`.
    pub status: &'static str,
    /// Whose it is.
    pub user_id: Option<Uuid>,
    /// The account that it concerns.
    pub account_id: Option<Uuid>,
    /// The account group that it concerns.
    pub account_group_id: Option<Uuid>,
    /// The order of an execution, the plan of a plan's execution.
    pub parent_id: Option<Uuid>,
    /// The payout that a withdrawal names: the first id in its remittance information.
    pub payout_id: Option<Uuid>,
    /// The money that it is about, if it is a whole number of cents.
    pub amount_cents: Option<i64>,
    /// The money that it is about, as the broker writes it.
    pub amount: Option<String>,
    /// How many securities, as the broker writes it.
    pub quantity: Option<String>,
    /// Which security, as the broker writes it.
    pub instrument: Option<String>,
    /// `BUY` or `SELL`.
    pub side: Option<String>,
}
