//! What can be wrong with an export.

mod form;
mod journal;
mod row;
mod settlement;

pub use form::FormFinding;
pub use journal::JournalFinding;
pub use row::RowFinding;
pub use settlement::SettlementFinding;

/// What is wrong with an export.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// A line is not what an export has there.
    #[error(transparent)]
    Form(#[from] FormFinding),
    /// A row does not fit the others.
    #[error(transparent)]
    Row(#[from] RowFinding),
    /// The journal does not add up.
    #[error(transparent)]
    Journal(#[from] JournalFinding),
    /// A settlement is not what was sealed, or what comes out when it is computed
    /// again.
    #[error(transparent)]
    Settlement(#[from] SettlementFinding),
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Fault {
    /// The line of the export, from 1: the one that is wrong, or that of the entry or
    /// the settlement it belongs to.
    pub line: u64,
    /// What is wrong.
    pub what: Box<Finding>,
}

impl Fault {
    pub(crate) fn new(line: u64, what: impl Into<Finding>) -> Self {
        let what = Box::new(what.into());
        Self { line, what }
    }
}
