//! The same rows, inserted without any thought.

use std::time::Instant;

use anyhow::{Result, anyhow};

use crate::ledger::scene::Scene;

/// Tables equal to those of the ledger, and procedures that insert a package of the rows
/// that wait.
const PREPARE: &str = "
    set client_min_messages = warning;
    drop schema if exists plain cascade;
    create schema plain;
    create table plain.balance (like retire.balance including all);
    insert into plain.balance select * from retire.balance;
    create table plain.rows_of_webhook_event as
        select e.*, (row_number() over (order by t.transaction_id) - 1) / 50 as package
        from retire.journal_entry j
        join retire.broker_transaction t on j.source = 'upvest:' || t.transaction_id
        join retire.webhook_event e on e.event_id = t.event_id
        where j.entry_id > :after;
    create table plain.rows_of_broker_transaction as
        select t.*, e.package from retire.broker_transaction t
        join plain.rows_of_webhook_event e on e.event_id = t.event_id;
    create table plain.rows_of_journal_entry as
        select j.*, t.package from retire.journal_entry j
        join plain.rows_of_broker_transaction t on j.source = 'upvest:' || t.transaction_id;
    create table plain.rows_of_posting as
        select p.*, j.package from retire.posting p
        join plain.rows_of_journal_entry j on j.entry_id = p.entry_id;
    do $do$
    declare
        v_table text;
        v_columns text;
        -- What all packages move is locked first: none waits for another in a circle.
        v_body text := format('perform from plain.balance where account_id = %s for update;',
            (select account_id from plain.rows_of_posting
                group by account_id order by count(*) desc limit 1));
    begin
        foreach v_table in array
            array['webhook_event', 'broker_transaction', 'journal_entry', 'posting'] loop
            execute format('create table plain.%1$s (like retire.%1$s including all)', v_table);
            execute format('create index on plain.rows_of_%s (package)', v_table);
            select string_agg(quote_ident(column_name), ', ' order by ordinal_position)
            into v_columns from information_schema.columns
            where table_schema = 'retire' and table_name = v_table and is_generated = 'NEVER';
            v_body := v_body || format('insert into plain.%1$s (%2$s) overriding system value
                select %2$s from plain.rows_of_%1$s where package = p_package;', v_table, v_columns);
        end loop;
        execute 'create procedure plain.insert_package(p_package bigint) language plpgsql as
            $body$ begin ' || v_body || ' update plain.balance b
                set amount_minor = b.amount_minor + s.amount
                from (select account_id, sum(amount_minor) as amount
                    from plain.rows_of_posting where package = p_package group by account_id) s
                where b.account_id = s.account_id; end $body$';
    end $do$;
    analyze;
";

/// The last entry of the journal.
pub(super) fn last_entry(scene: &Scene) -> Result<i64> {
    let row = scene.database.admin()?.query_one(
        "select coalesce(max(entry_id), 0) from retire.journal_entry",
        &[],
    )?;
    Ok(row.get(0))
}

/// Inserts what was booked after an entry, package by package; gives events a second.
pub(super) fn load(scene: &Scene, after: i64, connections: usize) -> Result<f64> {
    let mut admin = scene.database.admin()?;
    admin.batch_execute(&PREPARE.replace(":after", &after.to_string()))?;
    let row = admin.query_one(
        "select count(*), max(package) + 1 from plain.rows_of_webhook_event",
        &[],
    )?;
    let (events, packages): (i64, i64) = (row.get(0), row.get(1));
    admin.batch_execute("checkpoint")?;
    let mut sessions = Vec::new();
    for _ in 0..connections {
        let mut session = scene.database.admin()?;
        let call = session.prepare("call plain.insert_package($1)")?;
        // It pays for its plans and caches before, as the other side does.
        for _ in 0..6 {
            let mut given_up = session.transaction()?;
            given_up.execute(&call, &[&0_i64])?;
            given_up.rollback()?;
        }
        sessions.push((session, call));
    }
    let start = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..)
            .zip(sessions)
            .map(|(first, (mut session, call))| {
                scope.spawn(move || -> Result<()> {
                    for package in (first..packages).step_by(connections) {
                        session.execute(&call, &[&package])?;
                    }
                    Ok(())
                })
            })
            .collect();
        for worker in workers {
            worker.join().map_err(|_| anyhow!("a session panicked"))??;
        }
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(events as f64 / start.elapsed().as_secs_f64())
}
