//! The rules of a pool, and the rates of a basis, whose table may be an operator's own.

use ledger::command::PoolRules;
use mortality::{Basis, BasisError, Mortality, Rates, TableDocument, UploadedTable};
use store::OpenSettlement;

use crate::{Host, Problem, parse_json};

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

/// The rules by which a period is settled.
///
/// # Errors
/// A fault: they were checked when they were recorded.
pub fn rules_of(open: &OpenSettlement) -> Result<PoolRules, Problem> {
    parse_json(open.rules.get().as_bytes())
        .map_err(|problem| Problem::internal(format!("recorded rules: {problem:?}")))
}

/// The canonical document of a table that an operator uploaded.
///
/// # Errors
/// Those of the database.
pub fn document(host: &dyn Host, id: &str) -> Result<Option<TableDocument>, Problem> {
    let document = store::mortality_document(&*host.database()?, id)?;
    document
        .map(|document| serde_json::from_str(&document.0))
        .transpose()
        .map_err(|error| Problem::internal(format!("a stored table: {error}")))
}

/// A table that an operator uploaded, ready for use.
///
/// # Errors
/// Those of the database.
pub fn uploaded(host: &dyn Host, id: &str) -> Result<Option<UploadedTable>, Problem> {
    document(host, id)?
        .map(UploadedTable::from_document)
        .transpose()
        .map_err(|error| Problem::internal(format!("a stored table: {error}")))
}

/// Whether `id` is a SHA-256 in hex: the id of an uploaded table.
#[must_use]
pub fn is_digest(id: &str) -> bool {
    id.len() == 64 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
