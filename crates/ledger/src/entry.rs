//! The kinds of journal entries.

use serde::{Deserialize, Serialize};

/// What a journal entry records. Every kind has one place on the statement, so
/// that a statement always closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EntryKind {
    /// Money that a member paid in, and its charge-back.
    Contribution,
    /// Money paid out to a member.
    Payout,
    /// A fee.
    Fee,
    /// The money side of a purchase or sale of securities.
    Trade,
    /// A distribution, a corporate action's money, a tax on it.
    Income,
    /// A movement of securities: no money.
    Units,
    /// What a member who died leaves to the pool or to the estate.
    Forfeiture,
    /// A survivor's share of a death pot.
    LongevityCredit,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Contribution,
        Self::Payout,
        Self::Fee,
        Self::Trade,
        Self::Income,
        Self::Units,
        Self::Forfeiture,
        Self::LongevityCredit,
    ];

    /// The name in the journal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contribution => "contribution",
            Self::Payout => "payout",
            Self::Fee => "fee",
            Self::Trade => "trade",
            Self::Income => "income",
            Self::Units => "units",
            Self::Forfeiture => "forfeiture",
            Self::LongevityCredit => "longevity_credit",
        }
    }
}
