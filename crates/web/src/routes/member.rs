//! What a member sees of themselves, and an operator of a member.

use super::Query;

/// A part of a member's own view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberView {
    /// The statement of a year.
    Year,
    /// Longevity credits, explained.
    Credits,
    /// The entries of the member's accounts.
    Transactions,
    /// What is held, with its value.
    Positions,
    /// What was earned.
    Performance,
    /// What can be expected.
    Forecast,
    /// Which documents there are.
    Documents,
    /// The yearly statement as a letter.
    Document,
    /// Everything that is held about the member.
    Export,
}

/// Months that may be left out.
pub(super) const MONTHS: &[Query] = &[Query::FromMonth, Query::ToMonth];
/// Months that may be left out, and the language of sentences.
pub(super) const SENTENCES: &[Query] = &[Query::FromMonth, Query::ToMonth, Query::Language];
/// A page of the journal.
pub(super) const ENTRIES: &[Query] = &[Query::AfterEntry, Query::Limit];
