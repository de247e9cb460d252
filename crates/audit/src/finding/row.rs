//! What is wrong with the rows that are not sealed themselves.

use uuid::Uuid;

/// What is wrong with a row of what is not sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFinding {
    /// The row belongs to another pool.
    #[error("the {kind} belongs to the pool {found}, not to {pool_id}")]
    OtherPool {
        /// The type of the line.
        kind: &'static str,
        /// The pool of the export.
        pool_id: Uuid,
        /// The pool of the row.
        found: Uuid,
    },
    /// The same row was there before.
    #[error("the {kind} {id} occurs twice")]
    Twice {
        /// The type of the line.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// The row names a member who is not in the export.
    #[error("the {kind} names the member {member_id}, whom the export does not have")]
    UnknownMember {
        /// The type of the line.
        kind: &'static str,
        /// Who.
        member_id: Uuid,
    },
    /// The table is not one, or not that of its id.
    #[error("the life table {table_id} is not that table: {problem}")]
    Table {
        /// Its id.
        table_id: String,
        /// What is wrong.
        problem: String,
    },
    /// The rules cannot be read.
    #[error("the rules of version {version} cannot be read: {problem}")]
    Rules {
        /// Their version.
        version: i64,
        /// What is wrong.
        problem: String,
    },
}
