//! Rows as they are.

use anyhow::{Context as _, Result};
use audit::Kind;
use postgres::Transaction;
use serde_json::Value;

/// Inserts rows of one table, each a JSON object with its columns.
///
/// JSON, not `jsonb`: a column of that type keeps the text that it has.
pub(super) fn insert(transaction: &mut Transaction<'_>, kind: Kind, rows: &[String]) -> Result<()> {
    let (table, conflict) = match kind {
        Kind::Pool => ("pool", ""),
        // Tables are not of a pool: another may have brought it.
        Kind::Table => ("mortality_table", "on conflict (table_id) do nothing"),
        Kind::Rules => ("pool_rules", ""),
        Kind::Member => ("member", ""),
        Kind::Death => ("death", ""),
        Kind::Payout => ("payout", ""),
        Kind::Beneficiary => ("beneficiary", ""),
        Kind::Valuation => ("operator_valuation", ""),
        Kind::SettlementReversal => ("settlement_reversal", ""),
        Kind::Entry | Kind::Posting | Kind::Settlement | Kind::Line | Kind::End => return Ok(()),
    };
    if rows.is_empty() {
        return Ok(());
    }
    let statement = format!(
        "insert into {table}
         select r.* from unnest($1::text[]) as line (row),
             json_populate_record(null::{table}, line.row::json) r
         {conflict}"
    );
    transaction
        .execute(&statement, &[&rows])
        .with_context(|| format!("inserting into {table}"))?;
    Ok(())
}

/// The text of a field of a row.
pub(super) fn text_of(row: &str, field: &str) -> Result<String> {
    let row: Value = serde_json::from_str(row)?;
    let text = row.get(field).and_then(Value::as_str);
    Ok(text
        .with_context(|| format!("a row without {field}"))?
        .to_owned())
}
