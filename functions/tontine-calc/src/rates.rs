//! The rates of a basis, whose table may be an operator's own.

use mortality::{Basis, BasisError, Mortality, Rates, TableDocument, UploadedTable};
use web::{Host, Problem};

/// Finds a table that an operator uploaded by its id.
pub type FindTable<'a> = &'a dyn Fn(&str) -> Result<Option<UploadedTable>, Problem>;

/// The rates of a basis at `pointer` of the body.
///
/// # Errors
/// A problem with a pointer to the part of the basis.
pub fn of(find: FindTable<'_>, basis: &Basis, pointer: &str) -> Result<Rates, Problem> {
    let rates = match (basis.rates(), &basis.mortality) {
        // Only an upload has a digest for a name; nothing else asks the database.
        (Err(BasisError::UnknownTable), Mortality::Table { id, .. }) if is_digest(id) => {
            match find(id)? {
                Some(table) => basis.rates_of(&table),
                None => Err(BasisError::UnknownTable),
            }
        }
        (rates, _) => rates,
    };
    rates.map_err(|error| {
        let field = match error {
            BasisError::UnknownTable => "/mortality/table/id",
            BasisError::StartAge => "/blend/by_lx/start_age",
        };
        Problem::invalid_field(format!("{pointer}{field}"), error.to_string())
    })
}

/// The canonical document of a table that an operator uploaded.
pub(crate) fn document(host: &dyn Host, id: &str) -> Result<Option<TableDocument>, Problem> {
    let document = store::mortality_document(&*host.database()?, id)?;
    document
        .map(|document| serde_json::from_str(&document.0))
        .transpose()
        .map_err(|error| Problem::internal(format!("a stored table: {error}")))
}

/// A table that an operator uploaded, ready for use.
pub(crate) fn uploaded(host: &dyn Host, id: &str) -> Result<Option<UploadedTable>, Problem> {
    document(host, id)?
        .map(UploadedTable::from_document)
        .transpose()
        .map_err(|error| Problem::internal(format!("a stored table: {error}")))
}

/// SHA-256 in hex.
pub(crate) fn is_digest(id: &str) -> bool {
    id.len() == 64 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
