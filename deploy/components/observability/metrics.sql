-- The login of the exporter: figures, and no column that tells of a person. Run as an
-- administrator in the database, once per installation; the password comes from
-- psql --set=password=…
create role retire_metrics login password :'password';
grant pg_monitor to retire_metrics;
alter role retire_metrics set statement_timeout = '15s';
alter role retire_metrics set search_path = retire;
grant usage on schema retire to retire_metrics;
grant select (pool_id, closed_on) on retire.member to retire_metrics;
grant select (account_id, pool_id, kind, asset_id) on retire.account to retire_metrics;
grant select (account_id, amount_minor) on retire.balance to retire_metrics;
grant select (settlement_id, pool_id, period, revision, credits_cents, pot_cents, carried_out_cents,
    last_day, recorded_at) on retire.settlement to retire_metrics;
grant select (settlement_id) on retire.settlement_reversal to retire_metrics;
grant select (pool_id, requested_at, confirmed_at, voided_at) on retire.payout to retire_metrics;
grant select (recorded_at, confirmed_at, withdrawn_at) on retire.death to retire_metrics;
grant select (pool_id, first_period) on retire.pool to retire_metrics;
