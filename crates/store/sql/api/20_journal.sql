-- Posting: the only way into the journal.

-- Records entries with their postings and moves the balances. The caller holds
-- the journal. An entry is named by its source; a source is recorded once. The
-- postings of an entry sum to zero for each asset, or nothing is recorded.
create function post(
    p_sources text[], p_pools uuid[], p_kinds text[], p_effective date[],
    p_posting_sources text[], p_account_kinds text[], p_members uuid[], p_assets text[],
    p_amounts bigint[],
    p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
begin
    if exists (
        select from unnest(p_posting_sources, p_assets, p_amounts) as p (source, asset_id, amount)
        group by p.source, p.asset_id
        having sum(p.amount) <> 0
    ) then
        perform refuse(500, 'unbalanced-entry', '', 'postings do not sum to zero');
    end if;

    insert into account (pool_id, kind, member_id, asset_id)
    select distinct e.pool_id, p.kind, p.member_id, p.asset_id
    from unnest(p_posting_sources, p_account_kinds, p_members, p_assets)
        as p (source, kind, member_id, asset_id)
    join unnest(p_sources, p_pools) as e (source, pool_id) on e.source = p.source
    on conflict do nothing;

    with entry as (
        insert into journal_entry (pool_id, kind, effective_on, recorded_at, actor, source)
        select e.pool_id, e.kind, e.effective_on, p_now, p_actor, e.source
        from unnest(p_sources, p_pools, p_kinds, p_effective) with ordinality
            as e (source, pool_id, kind, effective_on, position)
        order by e.position
        returning entry_id, pool_id, source
    ), drafted as (
        select e.entry_id, a.account_id, p.amount
        from unnest(p_posting_sources, p_account_kinds, p_members, p_assets, p_amounts)
            as p (source, kind, member_id, asset_id, amount)
        join entry e on e.source = p.source
        join account a on a.pool_id = e.pool_id and a.kind = p.kind and a.asset_id = p.asset_id
            and a.member_id is not distinct from p.member_id
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
end $$;
