//! The port to PostgreSQL.

use uuid::Uuid;

/// A connection that runs one statement at a time.
///
/// Every statement of this crate gives rows of one text column: a JSON document
/// per row. Text is what every runtime passes on unchanged; some convert JSON and
/// its numbers on the way.
pub trait Database {
    /// Runs a statement and gives the text of each row.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    fn texts(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<String>, DatabaseError>;
}

/// A value for a placeholder. Never part of the statement's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter<'a> {
    /// `text`
    Text(&'a str),
    /// `bigint`
    Integer(i64),
    /// `uuid`
    Uuid(Uuid),
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// The database cannot be reached, is full, or broke the connection: try
    /// again.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The API schema of this build is not installed.
    #[error("the database has no schema for this version: {0}")]
    SchemaMissing(String),
    /// The statement refused, and changed nothing.
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    /// Anything else is a fault of ours.
    #[error("the statement failed: {0}")]
    Failed(String),
}

/// A refusal by one of our own functions: what the caller gets to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The problem's stable code.
    pub code: String,
    /// The JSON pointer to the field; empty for the whole request.
    pub pointer: String,
    /// An explanation.
    pub detail: String,
}

impl DatabaseError {
    /// Reads PostgreSQL's own fields of an error: the SQLSTATE (appendix A of its
    /// manual), message, detail and hint.
    #[must_use]
    pub fn of_sqlstate(sqlstate: &str, message: &str, detail: &str, hint: &str) -> Self {
        let described = || format!("{sqlstate}: {message}");
        match (sqlstate, &sqlstate[..sqlstate.len().min(2)]) {
            // Raised by `refuse`: the status is part of the code.
            ("RT500", _) => Self::Failed(described()),
            (_, "RT") => Self::Refused(Refusal {
                status: sqlstate[2..].parse().unwrap_or(500),
                code: message.to_owned(),
                pointer: hint.to_owned(),
                detail: detail.to_owned(),
            }),
            // No schema of that name, or no view in it.
            ("3F000" | "42P01", _) => Self::SchemaMissing(described()),
            // Connection exceptions, resources, operator intervention, read-only
            // standby, serialisation and deadlock, lock timeout.
            (_, "08" | "53" | "57" | "25" | "40") | ("55P03", _) => Self::Unavailable(described()),
            _ => Self::Failed(described()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlstates_are_told_apart() {
        let of = |code| DatabaseError::of_sqlstate(code, "period-settled", "said", "/died_on");
        assert_eq!(
            of("RT409"),
            DatabaseError::Refused(Refusal {
                status: 409,
                code: "period-settled".to_owned(),
                pointer: "/died_on".to_owned(),
                detail: "said".to_owned(),
            })
        );
        for code in ["3F000", "42P01"] {
            assert!(
                matches!(of(code), DatabaseError::SchemaMissing(_)),
                "{code}"
            );
        }
        for code in [
            "08006", "53300", "57P01", "57014", "25006", "40P01", "55P03",
        ] {
            assert!(matches!(of(code), DatabaseError::Unavailable(_)), "{code}");
        }
        for code in ["RT500", "23505", "42501", "42883", "22003", "XX000", ""] {
            assert!(matches!(of(code), DatabaseError::Failed(_)), "{code}");
        }
    }
}
