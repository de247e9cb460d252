-- What the broker says it holds, member by member.

-- What the broker says it holds for each of these members, by each of the three
-- sources that say so, in all of the member's groups and accounts together. It is
-- as of the oldest of the snapshots (0: one without a time), and complete unless
-- one of the groups or accounts has none. A valuation lists all that an account
-- holds, so it says zero of what it does not list.
create function broker_snapshot(p_members uuid[])
returns table (
    member_id uuid, asset_id text, against text, amount numeric, as_of_ns bigint, complete boolean)
language sql stable set search_path from current as $$
    with grouped as (
        select m.member_id, g.account_group_id
        from member m
        join broker_account_group g on g.user_id = m.upvest_user_id
        where m.member_id = any (p_members)
    ), accounts as (
        select g.member_id, b.broker_account_id
        from grouped g
        join broker_account b on b.account_group_id = g.account_group_id
    ), newest as (
        select a.member_id, v.event_id,
            -- Its event is made after the day that it describes.
            least(v.as_of_ns, extract(epoch from v.valued_on + 1)::bigint * 1000000000) as as_of_ns
        from accounts a
        left join lateral (
            select * from broker_valuation
            where broker_account_id = a.broker_account_id
            order by valued_on desc
            limit 1
        ) v on true
    ), valued as (
        select member_id, min(as_of_ns) as as_of_ns, bool_and(event_id is not null) as complete
        from newest
        group by member_id
        having count(event_id) > 0
    ), listed as (
        select n.member_id, p.asset_id, p.quantity_minor
        from newest n
        join broker_valuation_position p on p.event_id = n.event_id
        union all
        select member_id, asset_id, 0
        from account
        where member_id = any (p_members) and asset_id <> 'EUR'
    )
    select g.member_id, 'EUR', 'cash_balance', sum(s.amount_minor), min(s.as_of_ns),
        bool_and(s.account_group_id is not null)
    from grouped g
    left join broker_cash_balance s on s.account_group_id = g.account_group_id
    group by g.member_id
    having count(s.account_group_id) > 0
    union all
    -- An account has no snapshot of what it never held.
    select a.member_id, s.asset_id, 'position', sum(s.quantity_minor), min(s.as_of_ns), true
    from accounts a
    join broker_position s on s.broker_account_id = a.broker_account_id
    group by a.member_id, s.asset_id
    union all
    select v.member_id, l.asset_id, 'account_valuation', sum(l.quantity_minor), v.as_of_ns,
        v.complete
    from valued v
    join listed l on l.member_id = v.member_id
    group by v.member_id, l.asset_id, v.as_of_ns, v.complete;
$$;
