//! The accounts, and what follows from their postings.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result, ensure};
use postgres::Transaction;
use serde::Deserialize;

/// An account of the pool, as a posting names it.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
pub(super) struct Account {
    #[serde(rename = "account")]
    kind: String,
    member_id: Option<String>,
    asset_id: String,
}

/// The ids of the accounts that were opened. Not looked up by the database: it knows
/// nothing yet of how large its tables are, and would read all of them each time.
#[derive(Default)]
pub(super) struct Accounts(HashMap<Account, i64>);

impl Accounts {
    /// The ids of these accounts. Those that are not there are opened.
    pub(super) fn ids(
        &mut self,
        transaction: &mut Transaction<'_>,
        pool_id: &str,
        named: &[&Account],
    ) -> Result<Vec<i64>> {
        let new = named
            .iter()
            .filter(|account| !self.0.contains_key(**account));
        let new: HashSet<&Account> = new.copied().collect();
        self.open(transaction, pool_id, &new)?;
        let id = |account: &&Account| self.0.get(*account).copied();
        named
            .iter()
            .map(|account| id(account).context("an account was not opened"))
            .collect()
    }

    fn open(
        &mut self,
        transaction: &mut Transaction<'_>,
        pool_id: &str,
        new: &HashSet<&Account>,
    ) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        let assets: Vec<&str> = new
            .iter()
            .map(|account| account.asset_id.as_str())
            .collect();
        let kinds: Vec<&str> = new.iter().map(|account| account.kind.as_str()).collect();
        let members: Vec<_> = new
            .iter()
            .map(|account| account.member_id.as_deref())
            .collect();
        // Securities have nine decimals; the euro is there.
        transaction
            .execute(
                "insert into asset (asset_id, scale)
                 select distinct asset, 9 from unnest($1::text[]) as asset
                 on conflict do nothing",
                &[&assets],
            )
            .context("inserting into asset")?;
        let rows = transaction
            .query(
                "insert into account (pool_id, kind, member_id, asset_id)
                 select $1::text::uuid, a.kind, a.member::uuid, a.asset
                 from unnest($2::text[], $3::text[], $4::text[]) as a (kind, member, asset)
                 returning account_id, kind, member_id::text, asset_id",
                &[&pool_id, &kinds, &members, &assets],
            )
            .context("inserting into account")?;
        self.0.extend(rows.iter().map(|row| {
            let (kind, member_id, asset_id) = (row.get(1), row.get(2), row.get(3));
            (
                Account {
                    kind,
                    member_id,
                    asset_id,
                },
                row.get(0),
            )
        }));
        Ok(())
    }
}

/// Makes the balances, compares each with the last posting of its account, and lets the
/// next entry be numbered after the last. Gives the number of balances.
pub(super) fn settle_balances(transaction: &mut Transaction<'_>) -> Result<i64> {
    transaction.batch_execute(
        "insert into balance (account_id, amount_minor)
         select account_id, sum(amount_minor)::bigint from posting group by account_id;
         select setval(pg_get_serial_sequence('retire.journal_entry', 'entry_id'),
             (select max(entry_id) from journal_entry));",
    )?;
    let row = transaction.query_one(
        "select count(*), count(*) filter (where b.amount_minor <> p.balance_after_minor)
         from balance b
         join (
             select distinct on (account_id) account_id, balance_after_minor
             from posting
             order by account_id, entry_id desc
         ) p on p.account_id = b.account_id",
        &[],
    )?;
    let (balances, differ): (i64, i64) = (row.get(0), row.get(1));
    ensure!(
        differ == 0,
        "{differ} of {balances} balances are not those of the journal"
    );
    Ok(balances)
}
