//! What is wrong with the journal.

use time::Date;
use uuid::Uuid;

/// What is wrong with the journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalFinding {
    /// The ids of entries rise.
    #[error("the entry {entry} comes after the entry {after}")]
    EntryOrder {
        /// The entry.
        entry: i64,
        /// The one before it; 0 if there is none.
        after: i64,
    },
    /// A source is recorded once.
    #[error("the entry {entry} has the source {source_text}, which an earlier one has")]
    SourceTwice {
        /// The entry.
        entry: i64,
        /// What it stands for.
        source_text: String,
    },
    /// An entry of a settlement or a reversal is named so, and no other.
    #[error("the entry {entry} has the source {source_text}, which does not fit {what}")]
    Source {
        /// The entry.
        entry: i64,
        /// What it stands for.
        source_text: String,
        /// The field that it does not fit.
        what: &'static str,
    },
    /// Money moves between two accounts at least.
    #[error("the entry {entry} has no postings")]
    NoPostings {
        /// The entry.
        entry: i64,
    },
    /// The postings of an entry sum to zero.
    #[error("the postings of the entry {entry} in {asset} sum to {sum}, not to zero")]
    Unbalanced {
        /// The entry.
        entry: i64,
        /// The asset.
        asset: String,
        /// The sum in minor units.
        sum: i128,
    },
    /// A posting follows its entry.
    #[error("a posting of the entry {found} stands among those of the entry {entry}")]
    OtherEntry {
        /// The entry before the posting.
        entry: i64,
        /// The one that the posting names.
        found: i64,
    },
    /// The postings of an entry are sorted by account, and an account occurs once.
    #[error("the postings of the entry {entry} are out of order at the account {account}")]
    PostingOrder {
        /// The entry.
        entry: i64,
        /// The account.
        account: String,
    },
    /// A person's account names the person, and no other does.
    #[error("the entry {entry} has a posting on the account {account}, which no pool has")]
    Account {
        /// The entry.
        entry: i64,
        /// The account.
        account: String,
    },
    /// A posting names a member who is not in the export.
    #[error(
        "the entry {entry} has a posting of the member {member_id}, whom the export does not have"
    )]
    UnknownMember {
        /// The entry.
        entry: i64,
        /// Who.
        member_id: Uuid,
    },
    /// A posting moves something.
    #[error("the entry {entry} has a posting of nothing on the account {account}")]
    Nothing {
        /// The entry.
        entry: i64,
        /// The account.
        account: String,
    },
    /// The balance after a posting is the one before with the amount.
    #[error("after the entry {entry} the account {account} holds {expected}, and it says {found}")]
    Balance {
        /// The entry.
        entry: i64,
        /// The account.
        account: String,
        /// The sum of its postings in minor units.
        expected: i128,
        /// What the posting says.
        found: i64,
    },
    /// A reversal takes back an earlier entry that is none itself.
    #[error(
        "the entry {entry} reverses the entry {reverses}, and there is no earlier booking {reverses}"
    )]
    ReversesUnknown {
        /// The entry.
        entry: i64,
        /// What it says it takes back.
        reverses: i64,
    },
    /// An entry is taken back once.
    #[error("the entry {entry} reverses the entry {reverses}, which was reversed before")]
    ReversedTwice {
        /// The entry.
        entry: i64,
        /// What it says it takes back.
        reverses: i64,
    },
    /// A reversal is of the same kind and settlement, and not before what it takes back.
    #[error("the entry {entry} reverses the entry {reverses} and has another {what}")]
    ReversalDiffers {
        /// The entry.
        entry: i64,
        /// What it takes back.
        reverses: i64,
        /// The field.
        what: &'static str,
    },
    /// A reversal moves exactly as much back.
    #[error("the entry {entry} reverses the entry {reverses}, but not on the account {account}")]
    NotNegation {
        /// The entry.
        entry: i64,
        /// What it takes back.
        reverses: i64,
        /// The first account that differs.
        account: String,
    },
    /// The settlement of an entry is not in the export.
    #[error(
        "the entry {entry} belongs to the settlement {settlement_id}, which the export does not have"
    )]
    UnknownSettlement {
        /// The entry.
        entry: i64,
        /// The settlement.
        settlement_id: Uuid,
    },
    /// An entry of a settlement counts from another day.
    #[error("the entry {entry} counts from {found}, not from {expected}")]
    Day {
        /// The entry.
        entry: i64,
        /// The day that its settlement asks for.
        expected: Date,
        /// Its own.
        found: Date,
    },
}
