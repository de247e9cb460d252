//! The versions of the rules and the life tables.

use std::collections::{BTreeMap, HashMap};

use ledger::command::PoolRules;
use mortality::{BasisError, Mortality, Rates, UploadedTable};
use serde_json::json;
use time::Date;
use uuid::Uuid;

use crate::finding::{Finding, RowFinding};
use crate::people::require_pool;
use crate::rows::{RulesRow, TableRow};

/// A version of the rules.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// The first day on which they hold.
    from: Date,
    /// Their text; absent for those that were recorded before rules were documents.
    pub text: Option<String>,
    pub rules: PoolRules,
}

/// All versions, and the tables of the operator's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleBook {
    tables: HashMap<String, UploadedTable>,
    versions: BTreeMap<i64, Version>,
}

impl RuleBook {
    pub fn table(&mut self, row: TableRow) -> Result<(), Finding> {
        let TableRow {
            table_id,
            name,
            document,
            ..
        } = row;
        let wrong = |problem: String| RowFinding::Table {
            table_id: table_id.clone(),
            problem,
        };
        let table = UploadedTable::from_document(document).map_err(|e| wrong(e.to_string()))?;
        if table.id() != table_id {
            return Err(wrong(format!("its rates have the id {}", table.id())).into());
        }
        if table.head().name != name {
            return Err(wrong(format!("it has the name {}", table.head().name)).into());
        }
        if self.tables.contains_key(&table_id) {
            return Err(RowFinding::Twice {
                kind: "table",
                id: table_id,
            }
            .into());
        }
        self.tables.insert(table_id, table);
        Ok(())
    }

    /// Takes in a version. Without a day of its own it holds from `first_period` on.
    pub fn rules(
        &mut self,
        pool_id: Uuid,
        first_period: Date,
        row: RulesRow,
    ) -> Result<(), Finding> {
        require_pool("rules", pool_id, row.pool_id)?;
        let version = row.rules_version;
        let rules = match &row.document {
            Some(text) => serde_json::from_str(text),
            None => serde_json::from_value(json!({
                "basis": {
                    "mortality": {
                        "table": { "id": row.mortality_table, "closing": row.closing },
                    },
                    "blend": "by_sex",
                    "improvement": "none",
                    "fractional_age": row.fractional_age,
                },
                "cadence": "month",
                "sharing_rule": row.sharing_rule,
            })),
        };
        let rules = rules.map_err(|error| RowFinding::Rules {
            version,
            problem: error.to_string(),
        })?;
        let (from, text) = (row.from_period.unwrap_or(first_period), row.document);
        match self.versions.insert(version, Version { from, text, rules }) {
            None => Ok(()),
            Some(_) => {
                let id = version.to_string();
                Err(RowFinding::Twice { kind: "rules", id }.into())
            }
        }
    }

    /// The rules of a period: the highest version that has begun. Rules never change for
    /// a period that was settled, so that it is the same at any later time.
    pub fn on(&self, first_day: Date) -> Option<(i64, &Version)> {
        let begun = |version: &Version| version.from <= first_day;
        let newest = self
            .versions
            .iter()
            .rev()
            .find(|(_, version)| begun(version));
        newest.map(|(number, version)| (*number, version))
    }

    /// The rates of a basis, from a shipped table or one of the export.
    pub fn rates(&self, rules: &PoolRules) -> Result<Rates, BasisError> {
        let uploaded = match &rules.basis.mortality {
            Mortality::Table { id, .. } => self.tables.get(id),
            Mortality::Law { .. } => None,
        };
        match uploaded {
            Some(table) => rules.basis.rates_of(table),
            None => rules.basis.rates(),
        }
    }
}
