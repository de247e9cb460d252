//! The row of a settlement: all of it is sealed too.

use time::OffsetDateTime;

use super::open::same;
use crate::finding::{Finding, FormFinding};
use crate::instant;
use crate::rows::SettlementRow;
use crate::seal::Seal;

/// Reads the row, and compares it with the seal.
pub(crate) fn require_row(
    seal: &Seal<'_>,
    recorded_at: OffsetDateTime,
    text: &str,
) -> Result<SettlementRow, Finding> {
    let unreadable = |problem: String| FormFinding::Content {
        kind: "settlement",
        problem,
    };
    let row: SettlementRow =
        serde_json::from_str(text).map_err(|error| unreadable(format!("row: {error}")))?;
    // One row has one text: the same ids in capitals, or numbers written otherwise,
    // would go unnoticed.
    if serde_json::to_string(&row).ok().as_deref() != Some(text) {
        return Err(unreadable("row: not as PostgreSQL writes it".to_owned()).into());
    }
    let id = seal.settlement_id;
    let none = || "none".to_owned();
    let replaces = |replaces: Option<uuid::Uuid>| replaces.map_or_else(none, |id| id.to_string());
    let credits = seal.pot_cents.get() - seal.carried_out_cents.get();
    same(id, "row.settlement_id", &id, &row.settlement_id)?;
    same(id, "row.pool_id", &seal.pool_id, &row.pool_id)?;
    same(id, "row.period", &seal.first_day, &row.period)?;
    same(id, "row.last_day", &seal.last_day, &row.last_day)?;
    same(id, "row.revision", &seal.revision, &row.revision)?;
    same(
        id,
        "row.replaces",
        &replaces(seal.replaces),
        &replaces(row.replaces),
    )?;
    same(
        id,
        "row.rules_version",
        &seal.rules_version,
        &row.rules_version,
    )?;
    let outcome = |outcome: tontine::Outcome| format!("{outcome:?}");
    same(
        id,
        "row.outcome",
        &outcome(seal.outcome),
        &outcome(row.outcome),
    )?;
    same(
        id,
        "row.applied_rule",
        &seal.applied_rule,
        &row.applied_rule,
    )?;
    for (what, sealed, found) in [
        (
            "row.carried_in_cents",
            seal.carried_in_cents.get(),
            row.carried_in_cents,
        ),
        ("row.pot_cents", seal.pot_cents.get(), row.pot_cents),
        ("row.credits_cents", credits, row.credits_cents),
        (
            "row.carried_out_cents",
            seal.carried_out_cents.get(),
            row.carried_out_cents,
        ),
    ] {
        same(id, what, &sealed, &found.get())?;
    }
    same(id, "row.group_gain", &seal.group_gain, &row.group_gain)?;
    same(
        id,
        "row.inputs_sha256",
        &seal.lines.root.to_string(),
        &row.inputs_sha256,
    )?;
    same(id, "row.recorded_by", &seal.recorded_by, &row.recorded_by)?;
    if instant::of_row(&row.recorded_at) != Some(recorded_at) {
        same(id, "row.recorded_at", &seal.recorded_at, &row.recorded_at)?;
    }
    Ok(row)
}
