-- The entries of a settlement: what it replaces taken back, what the dead leave, the credits.

-- Takes back what these settlements posted, on the days on which they did, and gives
-- their dead what was booked for them since.
create function reverse_settlements(
    p_settlements uuid[], p_replaced_by uuid, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_settlement uuid;
begin
    if cardinality(p_settlements) = 0 then
        return;
    end if;
    -- Set-based and apart from post, as post_credits is: each settlement of a million
    -- members has a million postings.
    with entry as (
        insert into journal_entry (pool_id, kind, effective_on, recorded_at, actor, source,
            settlement_id, reverses, reason)
        select e.pool_id, e.kind, e.effective_on, p_now, p_actor, 'reversal:' || e.entry_id,
            e.settlement_id, e.entry_id, 'the deaths of the period changed'
        from journal_entry e
        where e.settlement_id = any (p_settlements) and e.reverses is null
            and not exists (select from journal_entry r where r.reverses = e.entry_id)
        order by e.entry_id desc
        returning entry_id, reverses
    ), moved as materialized (
        select e.entry_id, p.account_id, -p.amount_minor as amount
        from entry e
        join posting p on p.entry_id = e.reverses
    ), posted as (
        insert into posting (entry_id, account_id, amount_minor, balance_after_minor)
        select m.entry_id, m.account_id, m.amount,
            b.amount_minor + sum(m.amount) over (partition by m.account_id order by m.entry_id)
        from moved m
        join balance b on b.account_id = m.account_id
        order by m.account_id
    )
    update balance b
    set amount_minor = b.amount_minor + m.amount
    from (select account_id, sum(amount)::bigint as amount from moved group by account_id) m
    where b.account_id = m.account_id;

    foreach v_settlement in array p_settlements loop
        perform move_later_bookings(v_settlement, 'returned', '-infinity', p_actor, p_now);
    end loop;
    insert into settlement_reversal (settlement_id, replaced_by, recorded_at)
    select s, p_replaced_by, p_now from unnest(p_settlements) s;
end $$;

-- Moves what was booked for the dead of a settlement after p_after, day by day: 'later'
-- from the member's account to the holder of what the dead left, 'returned' back from
-- there. What was paid out from the estate stays the estate's: it is the estate that it
-- is moved to, whoever holds the rest.
create function move_later_bookings(
    p_settlement_id uuid, p_direction text, p_after date, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_prefix text := 'settlement:' || p_settlement_id || ':' || p_direction || ':';
    v_entries entry_draft[];
    v_postings posting_draft[];
begin
    with dead as (
        select l.member_id, s.pool_id,
            case l.fate when 'left_to_pool' then 'pool' else 'estate' end as holder
        from settlement_line l
        join settlement s on s.settlement_id = l.settlement_id
        where l.settlement_id = p_settlement_id and l.fate <> 'survived'
    ), booked as (
        select d.member_id, d.pool_id, d.holder, a.kind, a.asset_id, e.effective_on as day,
            p.amount_minor as amount,
            a.kind = 'estate' and e.settlement_id is null and (e.source like 'payout:%'
                or exists (select from journal_entry o
                    where o.entry_id = e.reverses and o.source like 'payout:%')) as from_estate
        from dead d
        join account a on a.member_id = d.member_id and a.kind in ('member', 'pool', 'estate')
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where e.effective_on > p_after
    ), moved as (
        select member_id, pool_id, asset_id, day, 'member' as kind, -amount as amount
        from booked where p_direction = 'later' and kind = 'member'
        union all
        select member_id, pool_id, asset_id, day, holder, amount
        from booked where p_direction = 'later' and kind = 'member'
        union all
        select member_id, pool_id, asset_id, day, holder, -amount
        from booked where p_direction = 'later' and from_estate
        union all
        select member_id, pool_id, asset_id, day, 'estate', amount
        from booked where p_direction = 'later' and from_estate
        union all
        select member_id, pool_id, asset_id, day, kind, -amount
        from booked where p_direction = 'returned' and kind <> 'member'
        union all
        select member_id, pool_id, asset_id, day, 'member', amount
        from booked where p_direction = 'returned' and kind <> 'member'
    ), netted as (
        select pool_id, day, kind, member_id, asset_id, sum(amount)::bigint as amount
        from moved
        group by pool_id, day, kind, member_id, asset_id
        having sum(amount) <> 0
    )
    select
        (select array_agg(row(v_prefix || day, pool_id, 'forfeiture', day, p_settlement_id, null,
                null, null)::entry_draft order by day)
            from (select distinct pool_id, day from netted) d),
        array_agg(row(v_prefix || day, kind, member_id, asset_id, amount)::posting_draft)
    into v_entries, v_postings
    from netted;
    if v_entries is not null then
        perform post(v_entries, v_postings, true, p_actor, p_now);
    end if;
end $$;

-- What the dead leave, on the period's last day: the pool takes over what they held and
-- pays the pot for their stakes, and the estate for what was not at stake. What is
-- booked for them later follows. An entry has the dead of at most a thousand lines.
create function post_forfeitures(
    p_settlement_id uuid, p_pool_id uuid, p_last_day date, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_entries entry_draft[];
    v_postings posting_draft[];
begin
    with dead as (
        select member_id, at_risk_cents, estate_cents,
            case fate when 'left_to_pool' then 'pool' else 'estate' end as holder,
            'settlement:' || settlement_id || ':forfeiture:' || leaf_index / 1000 as source
        from settlement_line
        where settlement_id = p_settlement_id and fate <> 'survived'
    ), held as (
        select d.source, d.member_id, d.holder, a.asset_id,
            sum(p.amount_minor)::bigint as amount
        from dead d
        join account a on a.member_id = d.member_id and a.kind = 'member'
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where e.effective_on <= p_last_day
        group by d.source, d.member_id, d.holder, a.asset_id
    ), moved as (
        select source, 'member' as kind, member_id, asset_id, -amount as amount from held
        union all
        select source, holder, member_id, asset_id, amount from held
        union all
        select source, 'pool', member_id, 'EUR', -at_risk_cents from dead where holder = 'pool'
        union all
        select source, 'estate', member_id, 'EUR', estate_cents from dead where holder = 'pool'
        union all
        select source, 'pot', null, 'EUR', at_risk_cents - estate_cents
        from dead where holder = 'pool'
    ), netted as (
        select source, kind, member_id, asset_id, sum(amount)::bigint as amount
        from moved
        group by source, kind, member_id, asset_id
        having sum(amount) <> 0
    )
    select (select array_agg(row(source, p_pool_id, 'forfeiture', p_last_day, p_settlement_id,
                null, null, null)::entry_draft order by length(source), source)
            from (select distinct source from netted) s),
        array_agg(row(source, kind, member_id, asset_id, amount)::posting_draft)
    into v_entries, v_postings
    from netted;
    if v_entries is not null then
        perform post(v_entries, v_postings, true, p_actor, p_now);
    end if;
    perform move_later_bookings(p_settlement_id, 'later', p_last_day, p_actor, p_now);
end $$;

-- The credits: an entry for each thousand lines. Set-based and apart from post, since a
-- pool of a million has a million of them; in the order of the accounts, so that the
-- indexes grow at their ends.
create function post_credits(
    p_settlement_id uuid, p_pool_id uuid, p_last_day date, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_source text := 'settlement:' || p_settlement_id || ':credit:';
    v_pot bigint;
    v_pot_minor bigint;
begin
    if not exists (select from settlement_line
        where settlement_id = p_settlement_id and credit_cents > 0)
    then
        return;
    end if;
    insert into account (pool_id, kind, member_id, asset_id)
    select p_pool_id, case l.fate when 'survived' then 'member' else 'estate' end, l.member_id, 'EUR'
    from settlement_line l
    where l.settlement_id = p_settlement_id and l.credit_cents > 0
        and not exists (select from account a
            where a.member_id = l.member_id and a.asset_id = 'EUR'
                and a.kind = case l.fate when 'survived' then 'member' else 'estate' end)
    union all
    select p_pool_id, 'pot', null, 'EUR'
    on conflict do nothing;
    select a.account_id, coalesce(b.amount_minor, 0) into strict v_pot, v_pot_minor
    from account a
    left join balance b on b.account_id = a.account_id
    where a.pool_id = p_pool_id and a.kind = 'pot' and a.asset_id = 'EUR';

    insert into journal_entry (pool_id, kind, effective_on, recorded_at, actor, source,
        settlement_id)
    select p_pool_id, 'longevity_credit', p_last_day, p_now, p_actor, v_source || part,
        p_settlement_id
    from (
        select distinct leaf_index / 1000 as part
        from settlement_line where settlement_id = p_settlement_id and credit_cents > 0
    ) parts
    order by part;
    with credited as materialized (
        select e.entry_id, a.account_id, l.credit_cents as amount, b.amount_minor as before
        from settlement_line l
        join journal_entry e on e.settlement_id = p_settlement_id
            and e.source = v_source || (l.leaf_index / 1000)
        join account a on a.member_id = l.member_id and a.asset_id = 'EUR'
            and a.kind = case l.fate when 'survived' then 'member' else 'estate' end
        left join balance b on b.account_id = a.account_id
        where l.settlement_id = p_settlement_id and l.credit_cents > 0
    ), posted as (
        insert into posting (entry_id, account_id, amount_minor, balance_after_minor)
        select entry_id, account_id, amount, coalesce(before, 0) + amount
        from credited
        order by account_id
    ), posted_pot as (
        insert into posting (entry_id, account_id, amount_minor, balance_after_minor)
        select entry_id, v_pot, -amount, v_pot_minor - sum(amount) over (order by entry_id)
        from (select entry_id, sum(amount) as amount from credited group by entry_id) part
    ), moved as (
        update balance b
        set amount_minor = b.amount_minor + c.amount
        from credited c
        where c.account_id = b.account_id and c.before is not null
    ), opened as (
        insert into balance (account_id, amount_minor)
        select account_id, amount from credited where before is null
    )
    insert into balance (account_id, amount_minor)
    select v_pot, -sum(amount) from credited
    on conflict (account_id) do update
        set amount_minor = balance.amount_minor + excluded.amount_minor;
end $$;
