-- What should have come from the broker and did not.

-- Gaps that are older than p_hours, the p_limit after p_after in the order of their ids:
-- executions that are settled without their transactions, debits, top-ups and withdrawals
-- that are confirmed without theirs, cancellations without an original, transactions of
-- accounts that belong to nobody.
create function gap_page(p_now timestamptz, p_hours bigint, p_after uuid, p_limit bigint)
returns json
language sql stable security definer set search_path from current set jit = off as $$
    with moved as (
        select o.object_id, o.category, o.status, o.account_group_id, o.broker_account_id, o.event_id,
            o.parent_id,
            exists (select from broker_transaction t where t.reference_id = o.object_id
                and t.asset_id = 'EUR' and not t.cancellation) as has_cash,
            o.category <> 'EXECUTION' or exists (select from broker_transaction t
                where t.reference_id = o.object_id and t.asset_id <> 'EUR' and not t.cancellation)
                as has_units
        from broker_object o
        where (o.category, o.status) in (('EXECUTION', 'SETTLED'), ('TOPUP', 'CONFIRMED'),
            ('TOPUP', 'SETTLED'), ('DIRECT_DEBIT', 'CONFIRMED'), ('WITHDRAWAL', 'CONFIRMED'))
    ), gap as (
        select m.object_id as id,
            case m.category when 'EXECUTION' then 'execution_without_transaction'
                else lower(m.category) || '_without_transaction' end as gap,
            case when m.has_units then array['cash'] when m.has_cash then array['units']
                else array['cash', 'units'] end as missing,
            m.event_id, coalesce(m.account_group_id, a.account_group_id) as account_group_id
        from moved m
        -- An execution knows its order, an order its account.
        left join broker_object r on r.object_id = m.parent_id and r.category = 'ORDER'
        left join broker_account a
            on a.broker_account_id = coalesce(m.broker_account_id, r.broker_account_id)
        where not (m.has_cash and m.has_units)
        union all
        select t.transaction_id,
            case when m.member_id is null then 'account_unknown'
                else 'cancellation_without_original' end,
            array[]::text[], t.event_id, t.account_group_id
        from broker_transaction t
        left join broker_account_group g on g.account_group_id = t.account_group_id
        left join member m on m.upvest_user_id = g.user_id
        where not t.posted and t.amount_minor <> 0
    ), late as (
        select g.id, g.gap, g.missing, g.event_id, g.account_group_id, m.member_id, m.pool_id,
            utc_text(e.received_at) as since, row_number() over (order by g.id) as position
        from gap g
        join webhook_event e on e.event_id = g.event_id
        left join broker_account_group b on b.account_group_id = g.account_group_id
        left join member m on m.upvest_user_id = b.user_id
        where g.id > p_after and e.received_at <= p_now - make_interval(hours => p_hours::integer)
        order by g.id limit p_limit + 1
    )
    select json_build_object(
        'items', coalesce(json_agg(json_build_object(
            'id', id, 'gap', gap, 'missing', missing, 'event_id', event_id,
            'account_group_id', account_group_id, 'member_id', member_id, 'pool_id', pool_id,
            'since', since)
            order by position) filter (where position <= p_limit), '[]'),
        'next', case when count(*) > p_limit
            then max(id::text) filter (where position = p_limit) end)
    from late;
$$;

-- A page of the broker's objects of a category, or of all.
create function object_page(p_category text, p_after uuid, p_limit bigint) returns json
language sql stable security definer set search_path from current set jit = off as $$
    with page as (
        select r.object_id, to_json(r) as item, row_number() over (order by r.object_id) as position
        from broker_object_record r
        where r.object_id > p_after and (p_category = '' or r.category = p_category)
        order by r.object_id limit p_limit + 1
    )
    select json_build_object(
        'items', coalesce(
            json_agg(item order by position) filter (where position <= p_limit), '[]'),
        'next', case when count(*) > p_limit
            then max(object_id::text) filter (where position = p_limit) end)
    from page;
$$;
