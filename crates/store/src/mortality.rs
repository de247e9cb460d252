//! Life tables that operators uploaded.

use crate::commands::run;
use crate::queries::{document, the};
use crate::{API_SCHEMA, CommandKey, Database, DatabaseError, Document, Parameter};

/// Records a table: its record, with the version of its name. `canonical` is the
/// document whose digest is `table_id`.
///
/// # Errors
/// See [`DatabaseError`].
pub fn upload_mortality_table(
    database: &dyn Database,
    key: CommandKey<'_>,
    table_id: &str,
    canonical: &str,
) -> Result<Document, DatabaseError> {
    let own = [Parameter::Text(table_id), Parameter::Text(canonical)];
    run(database, "upload_mortality_table", key, &own, "$5, $6")
}

/// The canonical document of a table. `None` if there is none of this id.
///
/// # Errors
/// See [`DatabaseError`].
pub fn mortality_document(
    database: &dyn Database,
    table_id: &str,
) -> Result<Option<Document>, DatabaseError> {
    let statement =
        format!("select d::text from {API_SCHEMA}.mortality_document($1) d where d is not null");
    document(database, &statement, &[Parameter::Text(table_id)])
}

/// The records of the newest 1,000 tables: an array.
///
/// # Errors
/// See [`DatabaseError`].
pub fn mortality_tables(database: &dyn Database) -> Result<Document, DatabaseError> {
    let statement = format!(
        "select coalesce(json_agg(to_json(t) order by t.name, t.version), '[]')::text \
         from (select * from {API_SCHEMA}.mortality_table_record \
             order by recorded_at desc, id limit 1000) t"
    );
    the(database, &statement, &[])
}
