-- Users, account groups and accounts of the broker, and what their securities are worth.
-- Of two events about the same thing the one created later counts, whichever arrives
-- first.

create function store_links(p_fresh jsonb) returns void
language plpgsql set search_path from current as $$
begin
    insert into broker_user (user_id, birth_date, as_of_ns, event_id)
    select distinct on (user_id) user_id, birth_date, as_of_ns, event_id
    from jsonb_to_recordset(p_fresh) as e (
        effect text, user_id uuid, birth_date date, as_of_ns bigint, event_id uuid)
    where effect = 'user'
    order by user_id, as_of_ns desc, event_id desc
    on conflict (user_id) do update
        set birth_date = excluded.birth_date, as_of_ns = excluded.as_of_ns,
            event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id) > (broker_user.as_of_ns, broker_user.event_id);

    insert into broker_account_group (account_group_id, user_id, as_of_ns, event_id)
    select distinct on (account_group_id) account_group_id, user_id, as_of_ns, event_id
    from jsonb_to_recordset(p_fresh) as e (
        effect text, account_group_id uuid, user_id uuid, as_of_ns bigint, event_id uuid)
    where effect = 'account_group'
    order by account_group_id, as_of_ns desc, event_id desc
    on conflict (account_group_id) do update
        set user_id = excluded.user_id, as_of_ns = excluded.as_of_ns, event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id)
            > (broker_account_group.as_of_ns, broker_account_group.event_id);

    insert into broker_account (broker_account_id, account_group_id, as_of_ns, event_id)
    select distinct on (account_id) account_id, account_group_id, as_of_ns, event_id
    from jsonb_to_recordset(p_fresh) as e (
        effect text, account_id uuid, account_group_id uuid, as_of_ns bigint, event_id uuid)
    where effect = 'account'
    order by account_id, as_of_ns desc, event_id desc
    on conflict (broker_account_id) do update
        set account_group_id = excluded.account_group_id, as_of_ns = excluded.as_of_ns,
            event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id)
            > (broker_account.as_of_ns, broker_account.event_id);
end $$;

-- In plpgsql: a session plans it once, and one in SQL at every call.
create function store_assets(p_fresh jsonb) returns void
language plpgsql set search_path from current as $$
begin
    insert into asset (asset_id, scale)
    select distinct isin, 9
    from (
        select isin from jsonb_to_recordset(p_fresh) as e (isin text)
        union all
        select p.isin
        from jsonb_to_recordset(p_fresh) as e (positions jsonb),
            jsonb_to_recordset(e.positions) as p (isin text)
    ) as named
    where isin is not null
    on conflict do nothing;
end $$;

create function store_valuations(p_fresh jsonb, p_now timestamptz) returns void
language plpgsql set search_path from current as $$
begin
    insert into broker_valuation_position
        (event_id, asset_id, quantity_minor, value_cents, priced_at_ns)
    select event_id, p.isin, p.quantity_units, p.value_cents, p.priced_at_ns
    from jsonb_to_recordset(p_fresh) as e (effect text, positions jsonb, event_id uuid),
        jsonb_to_recordset(e.positions) as p (
            isin text, quantity_units bigint, value_cents bigint, priced_at_ns bigint)
    where effect = 'valuation'
    on conflict do nothing;

    insert into broker_valuation (broker_account_id, valued_on, as_of_ns, event_id, recorded_at)
    select distinct on (account_id, valued_on) account_id, valued_on, as_of_ns, event_id, p_now
    from jsonb_to_recordset(p_fresh) as e (
        effect text, account_id uuid, valued_on date, as_of_ns bigint, event_id uuid)
    where effect = 'valuation'
    order by account_id, valued_on, as_of_ns desc, event_id desc
    on conflict (broker_account_id, valued_on) do update
        set as_of_ns = excluded.as_of_ns, event_id = excluded.event_id,
            recorded_at = excluded.recorded_at
        where (excluded.as_of_ns, excluded.event_id)
            > (broker_valuation.as_of_ns, broker_valuation.event_id);
end $$;

-- The ids by which the broker's events are about a member.
create function named_ids(p_member_id uuid) returns uuid[]
language sql stable set search_path from current as $$
    select array_agg(n.id)
    from member m
    cross join lateral (
        select m.upvest_user_id as id
        union all
        select g.account_group_id from broker_account_group g where g.user_id = m.upvest_user_id
        union all
        select a.broker_account_id
        from broker_account_group g
        join broker_account a on a.account_group_id = g.account_group_id
        where g.user_id = m.upvest_user_id
    ) n
    where m.member_id = p_member_id;
$$;
