//! What is wrong with a settlement: its seal, its lines, its entries.

use uuid::Uuid;

/// What is wrong with a settlement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettlementFinding {
    /// A field of the seal, of the row or of the line is not what it has to be.
    #[error("settlement {settlement_id}: {what} has to be {expected} and is {found}")]
    Differs {
        /// The settlement.
        settlement_id: Uuid,
        /// The field.
        what: &'static str,
        /// What it has to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// It was sealed before.
    #[error("settlement {settlement_id} occurs twice")]
    Twice {
        /// The settlement.
        settlement_id: Uuid,
    },
    /// A settlement replaces one of the same period that holds.
    #[error("settlement {settlement_id} replaces {replaces}, which does not hold for its period")]
    Replaces {
        /// The settlement.
        settlement_id: Uuid,
        /// What it says it replaces.
        replaces: Uuid,
    },
    /// The rules or the life table are not in the export.
    #[error("settlement {settlement_id} has no rates: {problem}")]
    NoRates {
        /// The settlement.
        settlement_id: Uuid,
        /// What is missing.
        problem: String,
    },
    /// The ids of the members rise.
    #[error("settlement {settlement_id}: the line of the member {member_id} is out of order")]
    LineOrder {
        /// The settlement.
        settlement_id: Uuid,
        /// Who.
        member_id: Uuid,
    },
    /// The line is not one that this member can have.
    #[error("settlement {settlement_id}: the member {member_id} has a line, but {problem}")]
    Member {
        /// The settlement.
        settlement_id: Uuid,
        /// Who.
        member_id: Uuid,
        /// What is wrong.
        problem: &'static str,
    },
    /// A figure of a line is not what comes out when it is computed again.
    #[error(
        "settlement {settlement_id}: {what} of the member {member_id} has to be {expected} and is {found}"
    )]
    Line {
        /// The settlement.
        settlement_id: Uuid,
        /// Who.
        member_id: Uuid,
        /// The figure.
        what: &'static str,
        /// What it has to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// The settlement cannot be computed from its lines.
    #[error("settlement {settlement_id} cannot be computed from its lines{}: {problem}", named(.member_id))]
    Refused {
        /// The settlement.
        settlement_id: Uuid,
        /// Who is the reason, if it is one member.
        member_id: Option<Uuid>,
        /// Why.
        problem: String,
    },
    /// The journal lacks what the settlement moves.
    #[error("settlement {settlement_id} has no {part} entry in the journal")]
    NoEntry {
        /// The settlement.
        settlement_id: Uuid,
        /// `credit` or `forfeiture`.
        part: &'static str,
    },
    /// The journal has an entry for lines that the settlement does not have.
    #[error(
        "settlement {settlement_id}: the entry {entry} is for the lines from {part}000 on, and there are none"
    )]
    NoPart {
        /// The settlement.
        settlement_id: Uuid,
        /// The entry.
        entry: i64,
        /// Which thousand of the lines, from 0.
        part: u32,
    },
    /// The journal moves what the settlement does not say.
    #[error(
        "settlement {settlement_id}: the {part} entry {entry} has {found} on the account {account}, not {expected}"
    )]
    Posting {
        /// The settlement.
        settlement_id: Uuid,
        /// `credit` or `forfeiture`.
        part: &'static str,
        /// The entry.
        entry: i64,
        /// The first account that differs.
        account: String,
        /// The amount that the lines ask for; 0 for none.
        expected: i128,
        /// What is posted; 0 for nothing.
        found: i128,
    },
    /// What a replaced settlement moved is taken back.
    #[error("settlement {settlement_id} was replaced, and its entry {entry} was not reversed")]
    NotTakenBack {
        /// The settlement.
        settlement_id: Uuid,
        /// The entry.
        entry: i64,
    },
    /// What a settlement that holds moved stands.
    #[error("settlement {settlement_id} holds, and its entry {entry} takes something of it back")]
    TakenBack {
        /// The settlement.
        settlement_id: Uuid,
        /// The entry.
        entry: i64,
    },
    /// There is no line that says that it was replaced.
    #[error("settlement {settlement_id} was replaced by {replaced_by}, and no reversal says so")]
    NoReversal {
        /// The settlement.
        settlement_id: Uuid,
        /// The one that counts.
        replaced_by: Uuid,
    },
    /// The line says that it was replaced, and the chain does not.
    #[error(
        "a reversal says that the settlement {settlement_id} was replaced by {replaced_by}, and it was not"
    )]
    NeedlessReversal {
        /// The settlement.
        settlement_id: Uuid,
        /// The one that is said to have replaced it.
        replaced_by: Uuid,
    },
    /// At the end the pot holds what the last settlement carried out.
    #[error("at the end the pot holds {found} and has to hold {expected}")]
    Pot {
        /// What the last settlement that holds carried out, in cents.
        expected: i128,
        /// The balance of the pot.
        found: i128,
    },
}

fn named(member_id: &Option<Uuid>) -> String {
    member_id.map_or_else(String::new, |id| format!(", because of the member {id}"))
}
