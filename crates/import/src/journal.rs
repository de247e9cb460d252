//! Entries and postings, from the texts that are hashed.

use anyhow::{Context as _, Result};
use postgres::Transaction;
use serde::Deserialize;

use crate::accounts::{Account, Accounts};

/// What a posting needs; the audit has seen the rest.
#[derive(Deserialize)]
struct Posting {
    #[serde(flatten)]
    account: Account,
    amount_minor: i64,
    balance_after_minor: i64,
    entry_id: i64,
}

/// Inserts entries with the ids that they have.
pub(super) fn insert_entries(
    transaction: &mut Transaction<'_>,
    pool_id: &str,
    bodies: &[String],
) -> Result<()> {
    if bodies.is_empty() {
        return Ok(());
    }
    // Not `jsonb`: the metadata are kept as the text that is hashed.
    transaction
        .execute(
            "insert into journal_entry (entry_id, pool_id, kind, effective_on, recorded_at, actor,
                 source, settlement_id, reverses, reason, metadata)
             overriding system value
             select e.entry_id, $2::text::uuid, e.kind, e.effective_on, e.recorded_at, e.actor,
                 e.source, e.settlement_id, e.reverses, e.reason, e.metadata
             from unnest($1::text[]) as line (body),
                 json_to_record(line.body::json) as e (entry_id bigint, kind text,
                     effective_on date, recorded_at timestamptz, actor text, source text,
                     settlement_id uuid, reverses bigint, reason text, metadata json)",
            &[&bodies, &pool_id],
        )
        .context("inserting into journal_entry")?;
    Ok(())
}

/// Inserts postings, and the assets and accounts that are not there yet.
pub(super) fn insert_postings(
    transaction: &mut Transaction<'_>,
    accounts: &mut Accounts,
    pool_id: &str,
    bodies: &[String],
) -> Result<()> {
    if bodies.is_empty() {
        return Ok(());
    }
    let postings: Vec<Posting> = bodies
        .iter()
        .map(|body| serde_json::from_str(body))
        .collect::<Result<_, _>>()?;
    let named: Vec<&Account> = postings.iter().map(|posting| &posting.account).collect();
    let accounts = accounts.ids(transaction, pool_id, &named)?;
    let column = |of: fn(&Posting) -> i64| postings.iter().map(of).collect::<Vec<i64>>();
    transaction
        .execute(
            "insert into posting (entry_id, account_id, amount_minor, balance_after_minor)
             select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])",
            &[
                &column(|posting| posting.entry_id),
                &accounts,
                &column(|posting| posting.amount_minor),
                &column(|posting| posting.balance_after_minor),
            ],
        )
        .context("inserting into posting")?;
    Ok(())
}
