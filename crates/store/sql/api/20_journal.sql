-- Posting: the only way into the journal.

create type entry_draft as (
    source text, pool_id uuid, kind text, effective_on date, settlement_id uuid,
    reverses bigint, reason text, metadata json);
create type posting_draft as (
    source text, account_kind text, member_id uuid, asset_id text, amount_minor bigint);

-- Records entries with their postings and moves the balances. The caller holds
-- the journal. An entry is named by its source; a source is recorded once. The
-- postings of an entry sum to zero for each asset, or nothing is recorded.
-- Without p_overdraft, what is owed to a person does not fall below zero, on no day from
-- that of the entry on: what the broker reports and what a settlement takes back have
-- happened, and may.
create function post(
    p_entries entry_draft[], p_postings posting_draft[], p_overdraft boolean,
    p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current
    -- Planned for the postings at hand: one or ten thousand.
    set plan_cache_mode = force_custom_plan as $$
begin
    if exists (
        select from unnest(p_postings) p
        group by p.source, p.asset_id
        having sum(p.amount_minor) <> 0
    ) then
        perform refuse(500, 'unbalanced-entry', '', 'postings do not sum to zero');
    end if;

    insert into account (pool_id, kind, member_id, asset_id)
    select distinct e.pool_id, p.account_kind, p.member_id, p.asset_id
    from unnest(p_postings) p
    join unnest(p_entries) e on e.source = p.source
    where p.member_id is null or not exists (
        select from account a
        where a.member_id = p.member_id and a.kind = p.account_kind and a.asset_id = p.asset_id)
    on conflict do nothing;

    with entry as (
        insert into journal_entry (pool_id, kind, effective_on, recorded_at, actor, source,
            settlement_id, reverses, reason, metadata)
        select e.pool_id, e.kind, e.effective_on, p_now, p_actor, e.source,
            e.settlement_id, e.reverses, e.reason, e.metadata
        from unnest(p_entries) with ordinality as e (source, pool_id, kind, effective_on,
            settlement_id, reverses, reason, metadata, position)
        order by e.position
        returning entry_id, pool_id, source
    ), named as materialized (
        -- First which posting is of which entry: joined after the accounts, of which the
        -- planner expects one, each would be compared with each.
        select e.entry_id, e.pool_id, p.account_kind, p.member_id, p.asset_id, p.amount_minor
        from unnest(p_postings) p
        join entry e on e.source = p.source
    ), drafted as (
        -- Persons' accounts and the pool's apart: each by an index of its own.
        select n.entry_id, a.account_id, n.amount_minor as amount
        from named n
        join account a on a.member_id = n.member_id and a.kind = n.account_kind
            and a.asset_id = n.asset_id
        union all
        select n.entry_id, a.account_id, n.amount_minor
        from named n
        join account a on a.pool_id = n.pool_id and a.kind = n.account_kind
            and a.asset_id = n.asset_id and a.member_id is null
        where n.member_id is null
    ), posted as (
        insert into posting (entry_id, account_id, amount_minor, balance_after_minor)
        select d.entry_id, d.account_id, d.amount,
            coalesce(b.amount_minor, 0)
                + sum(d.amount) over (partition by d.account_id order by d.entry_id)
        from drafted d
        left join balance b on b.account_id = d.account_id
        returning account_id, amount_minor
    )
    insert into balance (account_id, amount_minor)
    select account_id, sum(amount_minor) from posted group by account_id
    on conflict (account_id) do update
        set amount_minor = balance.amount_minor + excluded.amount_minor;

    if not p_overdraft and exists (
        select from (
            select array_agg(d.member_id) as members, array_agg(d.account_kind) as kinds,
                array_agg(d.asset_id) as assets, array_agg(d.day) as days
            from (
                select p.member_id, p.account_kind, p.asset_id, min(e.effective_on) as day
                from unnest(p_postings) p
                join unnest(p_entries) e on e.source = p.source
                where p.member_id is not null and p.amount_minor < 0
                group by p.member_id, p.account_kind, p.asset_id
            ) d
        ) debited
        cross join lateral available(members, kinds, assets, days) a
        where a.amount_minor < 0
    ) then
        perform refuse(422, 'insufficient-balance', '', 'an account would fall below zero');
    end if;
end $$;

-- What can leave persons' accounts on a day without their falling below zero then or
-- later: the least of the balances from the end of that day on.
create function available(p_members uuid[], p_kinds text[], p_assets text[], p_days date[])
returns table (place bigint, amount_minor numeric)
language sql stable set search_path from current as $$
    select w.place, coalesce(b.amount_minor - greatest(0, later.amount), 0)
    from unnest(p_members, p_kinds, p_assets, p_days) with ordinality
        as w (member_id, kind, asset_id, day, place)
    left join account a on a.member_id = w.member_id and a.kind = w.kind
        and a.asset_id = w.asset_id
    left join balance b on b.account_id = a.account_id
    -- Account by account, and the days one by one: what a planner that knows nothing of the
    -- tables takes for quicker would read all of the journal.
    cross join lateral (
        select max(d.amount) as amount
        from (
            select sum(sum(p.amount_minor)) over (order by p.day desc) as amount
            from (
                select p.amount_minor, (select e.effective_on from journal_entry e
                    where e.entry_id = p.entry_id) as day
                from posting p
                where p.account_id = a.account_id
            ) p
            where p.day > w.day
            group by p.day
        ) d
    ) later;
$$;

-- Postings that take back those of these entries.
create function reversals(p_entries bigint[])
returns table (entry_id bigint, posting posting_draft)
language sql stable set search_path from current as $$
    select p.entry_id, row('reversal:' || p.entry_id, a.kind, a.member_id, a.asset_id,
        -p.amount_minor)::posting_draft
    from posting p
    join account a on a.account_id = p.account_id
    where p.entry_id = any (p_entries);
$$;

create view journal_record as
select e.pool_id, e.entry_id, e.kind, e.effective_on, utc_text(e.recorded_at) as recorded_at,
    e.actor, e.source, e.settlement_id, e.reverses,
    (select r.entry_id from journal_entry r where r.reverses = e.entry_id) as reversed_by,
    e.reason, e.metadata,
    (select count(*) from posting p where p.entry_id = e.entry_id) as posting_count,
    (select json_agg(json_build_object('account', a.kind, 'member_id', a.member_id,
            'asset_id', a.asset_id, 'amount_minor', a.amount_minor,
            'balance_after_minor', a.balance_after_minor))
        from (
            select a.kind, a.member_id, a.asset_id, p.amount_minor, p.balance_after_minor
            from posting p
            join account a on a.account_id = p.account_id
            where p.entry_id = e.entry_id
            order by a.kind, a.member_id, a.asset_id
            -- Entries of settlements have a thousand: the export has all.
            limit 100
        ) a) as postings
from journal_entry e;

-- The balances of a pool's accounts on a day, by what was recorded until a time, or by
-- all that is.
create function balances(
    p_pool_id uuid, p_as_of date, p_known_at timestamptz, p_after uuid, p_limit integer
) returns table (member_id uuid, account text, asset_id text, amount_minor text)
language plpgsql security definer set search_path from current set jit = off as $$
begin
    perform await_journal(p_known_at);
    return query
    select a.member_id, a.kind, a.asset_id, sum(p.amount_minor)::text
    from (
        select m.member_id from member m
        where m.pool_id = p_pool_id and m.member_id > p_after
        order by m.member_id limit p_limit
    ) m
    join account a on a.member_id = m.member_id
    join posting p on p.account_id = a.account_id
    join journal_entry e on e.entry_id = p.entry_id
    where e.effective_on <= p_as_of and e.recorded_at <= coalesce(p_known_at, 'infinity')
    group by a.member_id, a.kind, a.asset_id
    having sum(p.amount_minor) <> 0
    order by a.member_id, a.kind, a.asset_id;
end $$;

-- The last member of a page of members, if there are more after it.
create function member_page_end(p_pool_id uuid, p_after uuid, p_limit integer) returns uuid
language sql stable security definer set search_path from current set jit = off as $$
    with page as (
        select member_id, row_number() over (order by member_id) as position
        from member
        where pool_id = p_pool_id and member_id > p_after
        order by member_id limit p_limit + 1
    )
    select max(member_id::text) filter (where position = p_limit)::uuid
    from page
    having count(*) > p_limit;
$$;
