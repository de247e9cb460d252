//! Settlements with their seals and lines.

use anyhow::{Context as _, Result};
use audit::Settlement;
use postgres::Transaction;

/// Inserts a settlement and its seal.
pub(super) fn insert(transaction: &mut Transaction<'_>, settlement: &Settlement<'_>) -> Result<()> {
    transaction
        .execute(
            "insert into settlement
             select r.* from json_populate_record(null::settlement, $1::text::json) r",
            &[&settlement.row],
        )
        .context("inserting into settlement")?;
    transaction
        .execute(
            "insert into settlement_seal (settlement_id, pool_id, number, document, head, tiles)
             select s.settlement_id, s.pool_id, s.number, $1::text, $2::text,
                 decode($3::text, 'hex')
             from json_to_record($1::text::json) as s (settlement_id uuid, pool_id uuid,
                 number bigint)",
            &[
                &settlement.seal,
                &settlement.head.to_string(),
                &settlement.tiles,
            ],
        )
        .context("inserting into settlement_seal")?;
    Ok(())
}

/// Inserts lines of a settlement from the leaf `first` on.
pub(super) fn insert_lines(
    transaction: &mut Transaction<'_>,
    settlement_id: &str,
    first: i64,
    bodies: &[String],
) -> Result<()> {
    if bodies.is_empty() {
        return Ok(());
    }
    transaction
        .execute(
            "insert into settlement_line (settlement_id, leaf_index, member_id, fate,
                 at_risk_cents, q, credit_cents, sex, age_months, cash_cents, securities_cents,
                 estate_cents)
             select $2::text::uuid, $3::bigint + line.position - 1, l.member_id, l.fate,
                 l.cash_cents + l.securities_cents, l.q, l.credit_cents, l.sex, l.age_months,
                 l.cash_cents, l.securities_cents, l.estate_cents
             from unnest($1::text[]) with ordinality as line (body, position),
                 json_to_record(line.body::json) as l (member_id uuid, fate text, q text,
                     credit_cents bigint, sex text, age_months bigint, cash_cents bigint,
                     securities_cents bigint, estate_cents bigint)",
            &[&bodies, &settlement_id, &first],
        )
        .context("inserting into settlement_line")?;
    Ok(())
}

/// Counts the lines of the settlements, which were not there when these were inserted.
pub(super) fn count_lines(transaction: &mut Transaction<'_>) -> Result<()> {
    transaction
        .execute("select count_lines(settlement_id) from settlement", &[])
        .context("counting the lines of settlements")?;
    Ok(())
}
