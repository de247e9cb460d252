//! `/v1/tontine/mortality-tables`.

use mortality::{
    Closing, Place, RatesDocument, Sex, Table, TableDocument, TableHead, UploadError, UploadedTable,
};
use serde::{Deserialize, Serialize};
use web::routes::Tontine;
use web::{Call, Code, Host, Problem, Reply, parse_json, rates};

/// A life table, without its rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableRecord {
    /// By which a basis names it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Who published it.
    pub source: String,
    /// Under which licence it is used.
    pub licence: String,
    /// The years of observation.
    pub period: String,
    /// The age of the first rates.
    pub first_age: u32,
    /// Of an upload: which upload of its name this is, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Of an upload: when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<String>,
}

/// Life tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableList {
    /// Those that are shipped, then those that were uploaded.
    pub items: Vec<TableRecord>,
}

/// A life table with its rates.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LifeTable {
    /// By which a basis names it.
    pub id: String,
    /// SHA-256, in hex: of a shipped table its data file's, of an upload its
    /// canonical document's.
    pub sha256: String,
    /// The table.
    pub table: TableDocument,
}

/// A life table to upload, its rates either in `first_age` and `qx` or in `csv`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableUpload {
    /// What people call it. A second table of the name is its version 2.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 200)))]
    pub name: String,
    /// Who published it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 200)))]
    pub source: String,
    /// Under which licence it is used.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 200)))]
    pub licence: String,
    /// The years of observation.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 200)))]
    pub period: String,
    /// The age of the first rates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_age: Option<u32>,
    /// The rates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qx: Option<RatesDocument>,
    /// The rates as the text of a CSV file with the columns `age` and either `qx`
    /// or `qx_female` and `qx_male`; further columns are not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csv: Option<String>,
}

/// All tables.
pub(crate) fn list(host: &dyn Host) -> Result<Reply, Problem> {
    let shipped = Table::all().map(|table| TableRecord {
        id: table.id.to_owned(),
        name: table.id.to_owned(),
        source: table.source.to_owned(),
        licence: table.licence.to_owned(),
        period: table.period.to_owned(),
        first_age: 0,
        version: None,
        recorded_at: None,
    });
    let uploaded = store::mortality_tables(&*host.database()?)?;
    let uploaded: Vec<TableRecord> = serde_json::from_str(&uploaded.0)
        .map_err(|error| Problem::internal(format!("a stored table: {error}")))?;
    Reply::json(&TableList {
        items: shipped.chain(uploaded).collect(),
    })
}

/// One table.
pub(crate) fn get(host: &dyn Host, call: &Call<Tontine>) -> Result<Reply, Problem> {
    let id = call.parameters.first().map_or("", String::as_str);
    if let Ok(table) = Table::by_id(id) {
        return Reply::json(&shipped(table));
    }
    let uploaded = match rates::is_digest(id) {
        true => rates::document(host, id)?,
        false => None,
    };
    Reply::json(&LifeTable {
        id: id.to_owned(),
        sha256: id.to_owned(),
        table: uploaded.ok_or_else(|| Problem::new(Code::NotFound))?,
    })
}

fn shipped(table: &Table) -> LifeTable {
    let ages = (0..).take(table.last_age() + 1);
    let column = |sex| {
        let rates = ages.clone();
        Some(
            rates
                .map(|age| table.yearly(sex, age, Closing::LastRate).to_string())
                .collect(),
        )
    };
    LifeTable {
        id: table.id.to_owned(),
        sha256: table.sha256.to_owned(),
        table: TableDocument {
            name: table.id.to_owned(),
            source: table.source.to_owned(),
            licence: table.licence.to_owned(),
            period: table.period.to_owned(),
            first_age: 0,
            qx: RatesDocument {
                female: column(Sex::Female),
                male: column(Sex::Male),
                unisex: None,
            },
        },
    }
}

/// Uploads a table.
pub(crate) fn upload(host: &dyn Host, call: &Call<Tontine>) -> Result<Reply, Problem> {
    let hash = call.request_hash();
    let key = call.command_key(&hash)?;
    let table = checked(parse_json(&call.body)?)?;
    let recorded =
        store::upload_mortality_table(&*host.database()?, key, table.id(), &table.canonical())?;
    Ok(Reply::created(recorded))
}

fn checked(upload: TableUpload) -> Result<UploadedTable, Problem> {
    let TableUpload {
        name,
        source,
        licence,
        period,
        first_age,
        qx,
        csv,
    } = upload;
    let checked = match (first_age, qx, csv) {
        (Some(first_age), Some(qx), None) => UploadedTable::from_document(TableDocument {
            name,
            source,
            licence,
            period,
            first_age,
            qx,
        }),
        (None, None, Some(csv)) => {
            let head = TableHead {
                name,
                source,
                licence,
                period,
            };
            UploadedTable::from_csv(head, csv.as_bytes())
        }
        _ => {
            let detail = "must have either first_age and qx, or csv";
            return Err(Problem::invalid_field("/qx", detail));
        }
    };
    checked.map_err(|UploadError { place, problem }| match place {
        Place::Pointer(pointer) => Problem::invalid_field(pointer, problem.to_string()),
        cell @ Place::Cell { .. } => Problem::invalid_field("/csv", format!("{cell}: {problem}")),
    })
}
