-- The journal and the broker compared, member by member.

-- The broker may say any numbers, and their sum must not end the report: what is
-- too large is shown as the largest.
create function clamped(p_amount numeric) returns bigint
language sql immutable strict set search_path from current as $$
    select greatest(-9e18, least(9e18, p_amount))::bigint;
$$;

-- Where the broker holds something else than it should by the journal, for the
-- p_limit members after p_after in the order of their ids.
--
-- expected_minor: only entries that came from the broker moved anything there.
-- Longevity credits, forfeitures and operators' entries are book money until
-- somebody transfers it, which shows as not_transferred.
create function reconciliation(p_pool_id uuid, p_after uuid, p_limit integer)
returns table (
    member_id uuid, asset_id text, ledger_minor bigint, expected_minor bigint,
    broker_minor bigint, difference_minor bigint, against text, broker_as_of timestamptz,
    cause text)
language sql stable security definer set search_path from current set jit = off as $$
    with page as materialized (
        select m.member_id, m.upvest_user_id
        from member m
        where m.pool_id = p_pool_id
            and m.member_id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')
        order by m.member_id
        limit p_limit
    ), owed as (
        select a.account_id, a.member_id, a.asset_id
        from page m
        join account a on a.member_id = m.member_id
    ), expected as materialized (
        -- The balances less what is only in the books: of the journal's entries
        -- most came from the broker, and need not be read.
        select moved.member_id, moved.asset_id, sum(moved.amount) as amount
        from (
            select o.member_id, o.asset_id, b.amount_minor as amount
            from owed o
            join balance b on b.account_id = o.account_id
            union all
            select o.member_id, o.asset_id, -p.amount_minor
            from owed o
            join posting p on p.account_id = o.account_id
            join journal_entry e on e.entry_id = p.entry_id
            where e.pool_id = p_pool_id and e.source not like 'upvest:%'
        ) moved
        group by moved.member_id, moved.asset_id
        having sum(moved.amount) <> 0
    ), snapshot as materialized (
        select * from broker_snapshot((select array_agg(page.member_id) from page))
    ), compared as (
        select member_id, asset_id, against from snapshot
        union
        select member_id, asset_id, case asset_id when 'EUR' then 'cash_balance' else 'position' end
        from expected
    ), difference as materialized (
        select c.member_id, c.asset_id, c.against, coalesce(b.amount_minor, 0) as ledger,
            coalesce(e.amount, 0) as expected, s.amount as broker,
            s.amount - coalesce(e.amount, 0) as difference, s.as_of_ns,
            coalesce(s.complete, false) as complete
        from compared c
        left join expected e on e.member_id = c.member_id and e.asset_id = c.asset_id
        left join snapshot s on s.member_id = c.member_id and s.asset_id = c.asset_id
            and s.against = c.against
        left join account a on a.member_id = c.member_id and a.asset_id = c.asset_id
            and a.kind = 'member'
        left join balance b on b.account_id = a.account_id
        where s.amount is distinct from coalesce(e.amount, 0)
            or (c.against = 'cash_balance' and s.amount <> coalesce(b.amount_minor, 0))
    ), grouped as (
        select m.member_id, g.account_group_id
        from page m
        join broker_account_group g on g.user_id = m.upvest_user_id
        where m.member_id in (select difference.member_id from difference)
    ), waiting as (
        select g.member_id, t.asset_id
        from grouped g
        join broker_transaction t on t.account_group_id = g.account_group_id
        -- A transaction of nothing is never posted.
        where not t.posted and t.amount_minor <> 0
    ), latest as (
        select o.member_id, o.asset_id, max(w.created_at_ns) as created_at_ns
        from owed o
        -- Events arrive nearly in the order of their creation: the last few tell.
        cross join lateral (
            select p.entry_id from posting p
            where p.account_id = o.account_id
            order by p.entry_id desc
            limit 20
        ) p
        join journal_entry e on e.entry_id = p.entry_id
        join broker_transaction t on t.transaction_id
            = case when e.source ~ '^upvest:[0-9a-f-]{36}$' then substr(e.source, 8)::uuid end
        join webhook_event w on w.event_id = t.event_id
        where (o.member_id, o.asset_id) in (
            select d.member_id, d.asset_id from difference d where d.complete and d.difference <> 0)
        group by o.member_id, o.asset_id
    ), named as materialized (
        -- Every id in a transaction that was not understood.
        select distinct unnest(w.subjects) as id
        from webhook_event w
        where w.state = 'quarantined'
            and w.event_type in ('CASH_TRANSACTION.EXECUTED', 'SECURITY_TRANSACTION.EXECUTED')
    ), quarantined as (
        select g.member_id
        from grouped g
        left join broker_account b on b.account_group_id = g.account_group_id
        where g.account_group_id in (select id from named)
            or b.broker_account_id in (select id from named)
    )
    select d.member_id, d.asset_id, d.ledger, d.expected::bigint,
        clamped(d.broker), clamped(d.difference), d.against,
        timestamptz 'epoch' + nullif(d.as_of_ns, 0) / 1000 * interval '1 microsecond',
        case
            when d.difference = 0 then 'not_transferred'
            when not d.complete then 'no_snapshot'
            when (d.member_id, d.asset_id) in (select * from waiting) then 'transactions_wait'
            when l.created_at_ns > d.as_of_ns then 'snapshot_is_older'
            when d.member_id in (select * from quarantined) then 'event_in_quarantine'
            else 'unknown'
        end
    from difference d
    left join latest l on l.member_id = d.member_id and l.asset_id = d.asset_id
    order by d.member_id, d.asset_id, d.against;
$$;
