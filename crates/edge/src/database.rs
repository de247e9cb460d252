//! PostgreSQL through Spin.

use spin_sdk::pg4::{Connection, DbError, DbValue, ParameterValue, PgError, QueryError};
use store::{Database, DatabaseError, Parameter};

/// A connection of Spin's pool.
pub(crate) struct SpinDatabase(Connection);

impl SpinDatabase {
    pub(crate) fn open(address: &str) -> Result<Self, DatabaseError> {
        Connection::open(address).map(Self).map_err(database_error)
    }
}

impl Database for SpinDatabase {
    fn texts(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<String>, DatabaseError> {
        let parameters: Vec<ParameterValue> = parameters.iter().map(value).collect();
        let rows = self
            .0
            .query(statement, &parameters)
            .map_err(database_error)?;
        rows.rows
            .into_iter()
            .map(|row| match <[DbValue; 1]>::try_from(row) {
                Ok([DbValue::Str(text)]) => Ok(text),
                _ => Err(DatabaseError::Failed("a row is not one text".to_owned())),
            })
            .collect()
    }
}

fn value(parameter: &Parameter<'_>) -> ParameterValue {
    match *parameter {
        Parameter::Text(text) => ParameterValue::Str(text.to_owned()),
        Parameter::Integer(number) => ParameterValue::Int64(number),
        Parameter::Uuid(id) => ParameterValue::Uuid(id.to_string()),
    }
}

fn database_error(error: PgError) -> DatabaseError {
    match error {
        PgError::ConnectionFailed(text) => DatabaseError::Unavailable(text),
        PgError::QueryFailed(QueryError::DbError(error)) => sqlstate_error(&error),
        // The driver's own errors come as the text of its debug form.
        PgError::QueryFailed(QueryError::Text(text))
            if text.contains("kind: Closed") || text.contains("kind: Io") =>
        {
            DatabaseError::Unavailable(text)
        }
        other => DatabaseError::Failed(format!("{other:?}")),
    }
}

fn sqlstate_error(error: &DbError) -> DatabaseError {
    let hint = error
        .extras
        .iter()
        .find(|(name, _)| name == "hint")
        .map_or("", |(_, hint)| hint.as_str());
    let detail = error.detail.as_deref().unwrap_or_default();
    DatabaseError::of_sqlstate(&error.code, &error.message, detail, hint)
}
