-- What the broker says it holds, from its events.

-- Stores the snapshots among these effects. Of two the later counts, whichever
-- arrives first.
create function store_snapshots(p_fresh jsonb) returns void
language plpgsql set search_path from current as $$
begin
    insert into broker_cash_balance (account_group_id, amount_minor, as_of_ns, event_id)
    select distinct on (account_group_id) account_group_id, balance_cents, as_of_ns, event_id
    from jsonb_to_recordset(p_fresh) as e (
        effect text, account_group_id uuid, balance_cents bigint, as_of_ns bigint, event_id uuid)
    where effect = 'cash_balance'
    order by account_group_id, as_of_ns desc, event_id desc
    on conflict (account_group_id) do update
        set amount_minor = excluded.amount_minor, as_of_ns = excluded.as_of_ns,
            event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id)
            > (broker_cash_balance.as_of_ns, broker_cash_balance.event_id);

    insert into broker_position (broker_account_id, asset_id, quantity_minor, as_of_ns, event_id)
    select distinct on (account_id, isin) account_id, isin, quantity_units, as_of_ns, event_id
    from jsonb_to_recordset(p_fresh) as e (
        effect text, account_id uuid, isin text, quantity_units bigint, as_of_ns bigint,
        event_id uuid)
    where effect = 'position_snapshot'
    order by account_id, isin, as_of_ns desc, event_id desc
    on conflict (broker_account_id, asset_id) do update
        set quantity_minor = excluded.quantity_minor, as_of_ns = excluded.as_of_ns,
            event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id)
            > (broker_position.as_of_ns, broker_position.event_id);
end $$;
