//! What is wrong with a line as such.

use merkle::Hash;

/// What is wrong with a line as such.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormFinding {
    /// Not a line in the form of an export.
    #[error("this is not a line of an export, to the byte")]
    NotALine,
    /// The content is not what lines of this type have.
    #[error("the {kind} cannot be read: {problem}")]
    Content {
        /// The type of the line.
        kind: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The text was changed, or its hash.
    #[error("the {kind} hashes to {hashed}, and its leaf is given as {stated}")]
    Leaf {
        /// The type of the line.
        kind: &'static str,
        /// The hash that the line gives.
        stated: Hash,
        /// That of the text.
        hashed: Hash,
    },
    /// Lines are missing, or not in the order of an export.
    #[error("a line of the type {kind} cannot follow {after}")]
    Order {
        /// The type of the line.
        kind: &'static str,
        /// That of the line before, or `the beginning`.
        after: &'static str,
    },
    /// The export does not end with its end: the rest is missing.
    #[error("the export was cut off after this line")]
    CutOff,
    /// Lines are missing or were added.
    #[error("the export says that it has {stated} lines, and it has {found}")]
    Count {
        /// What the last line says.
        stated: u64,
        /// How many there are before it.
        found: u64,
    },
    /// There is no line at all.
    #[error("the export is empty")]
    Empty,
}
