//! Many months of the pool, by plain SQL.

use std::time::{Duration, Instant};

use anyhow::Result;
use postgres::Client;

use crate::ledger::scene::Scene;

/// What there is then.
pub(super) struct Filled {
    pub(super) postings: i64,
    pub(super) lines: i64,
    pub(super) size: String,
    pub(super) time: Duration,
}

/// Books a contribution and a credit for each member and month, settlements with their
/// lines, payouts.
pub(super) fn fill(scene: &Scene, months: u32) -> Result<Filled> {
    let start = Instant::now();
    let (pool, last) = (scene.pool_id, months - 1);
    let mut admin = scene.database.admin()?;
    let indexes = drop_indexes(&mut admin)?;
    admin.batch_execute(&format!(
        "set search_path = retire; set synchronous_commit = off; set work_mem = '256MB';
         set maintenance_work_mem = '1GB';
         -- Each row is right by construction: no trigger looks at it.
         set session_replication_role = replica;
         create temp table m as
             select row_number() over (order by account_id) as n, account_id, member_id
             from account where kind = 'member';
         create temp table e as
             select month, n, nextval('journal_entry_entry_id_seq') as entry_id
             from generate_series(0, {last}) month, generate_series(1, {members}) n
             order by month, n;
         insert into journal_entry (entry_id, pool_id, kind, effective_on, recorded_at, actor, source)
             overriding system value
             select entry_id, '{pool}', 'contribution',
                 (date '2025-07-05' + make_interval(months => month::integer))::date,
                 timestamptz '2025-07-06' + make_interval(months => month::integer), 'upvest',
                 'upvest:' || lpad(to_hex(entry_id), 32, '0')::uuid
             from e;
         insert into posting
             select e.entry_id, m.account_id, 10000, 10000 * (e.month + 1)
             from e join m on m.n = e.n;
         insert into posting
             select e.entry_id, (select account_id from account where kind = 'broker'), -10000,
                 -10000 * e.entry_id
             from e;
         insert into journal_entry (pool_id, kind, effective_on, recorded_at, actor, source,
                 settlement_id)
             select '{pool}', 'longevity_credit',
                 (date '2025-07-01' + make_interval(months => month))::date - 1,
                 timestamptz '2025-07-02' + make_interval(months => month), 'bench',
                 'settlement:' || month, md5('settlement ' || month)::uuid
             from generate_series(0, {last}) month;
         insert into posting
             select e.entry_id, m.account_id, 10 + m.n % 90, 0
             from journal_entry e cross join m where e.kind = 'longevity_credit'
             order by 1, 2;
         insert into settlement (settlement_id, pool_id, period, rules_version, outcome,
                 carried_in_cents, pot_cents, credits_cents, carried_out_cents, group_gain,
                 inputs_sha256, recorded_at, recorded_by, last_day)
             select md5('settlement ' || month)::uuid, '{pool}',
                 (date '2025-06-01' + make_interval(months => month))::date, 1, 'shared', 0, 1000,
                 1000, 0, '1.0', '', timestamptz '2025-07-02' + make_interval(months => month),
                 'bench', (date '2025-07-01' + make_interval(months => month))::date - 1
             from generate_series(0, {last}) month;
         insert into settlement_line (settlement_id, member_id, fate, at_risk_cents, q,
                 credit_cents, leaf_index, sex, age_months, cash_cents, securities_cents)
             select md5('settlement ' || month)::uuid, m.member_id, 'survived',
                 10000 * (month + 1), '0.001' || m.n, 10 + m.n % 90, m.n - 1, 'female', 900,
                 10000 * (month + 1), 0
             from generate_series(0, {last}) month cross join m
             order by month, member_id;
         select count_lines(settlement_id) from settlement;
         insert into payout (payout_id, pool_id, member_id, account_kind, amount_cents,
                 requested_on, requested_at, requested_by, paid_on, confirmed_at)
             select md5('payout ' || n)::uuid, '{pool}', member_id, 'member', 100 + n,
                 date '2025-08-01' + (n % 300)::integer, now(), 'bench',
                 case when n % 100 > 0 then date '2025-08-05' + (n % 300)::integer end,
                 case when n % 100 > 0 then now() end
             from m where n % 4 = 0;
         update balance b set amount_minor = s.amount
             from (select account_id, sum(amount_minor) as amount from posting group by 1) s
             where s.account_id = b.account_id;",
        members = scene.members,
    ))?;
    for index in indexes {
        admin.batch_execute(&index)?;
    }
    admin.batch_execute("vacuum analyze")?;
    admin.batch_execute("checkpoint")?;
    let row = admin.query_one(
        "select (select count(*) from retire.posting), (select count(*) from retire.settlement_line),
             pg_size_pretty(pg_database_size(current_database()))",
        &[],
    )?;
    let filled = Filled {
        postings: row.get(0),
        lines: row.get(1),
        size: row.get(2),
        time: start.elapsed(),
    };
    println!(
        "filled: {} postings in {:.1?}",
        filled.postings, filled.time
    );
    Ok(filled)
}

/// Drops the indexes that no constraint needs: made anew they take a fraction of the time.
/// Gives the statements that make them.
fn drop_indexes(admin: &mut Client) -> Result<Vec<String>> {
    let rows = admin.query(
        "select indexname, indexdef from pg_indexes
         where schemaname = 'retire'
             and tablename in ('journal_entry', 'posting', 'settlement_line')
             and indexname not in (select conname from pg_constraint)
         order by indexname",
        &[],
    )?;
    let mut made_by = Vec::new();
    for row in rows {
        let name: String = row.get(0);
        admin.batch_execute(&format!("drop index retire.{name}"))?;
        made_by.push(row.get(1));
    }
    Ok(made_by)
}
