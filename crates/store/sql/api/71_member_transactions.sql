-- What was booked for a member, and what the member holds.

-- The entries of a member's accounts after p_after, at most p_limit, in the order in which
-- they were recorded: what of each concerns the member, and nobody else.
create function member_transactions(p_member_id uuid, p_after bigint, p_limit bigint)
returns json
language sql stable security definer set search_path from current set jit = off as $$
    with own as (
        select a.account_id, a.kind, a.asset_id
        from account a
        where a.member_id = p_member_id and a.kind in ('member', 'estate', 'payout')
    ), page as (
        select q.entry_id, row_number() over (order by q.entry_id) as position
        from (
            select distinct p.entry_id
            from own
            join posting p on p.account_id = own.account_id
            where p.entry_id > p_after
            order by p.entry_id limit p_limit + 1
        ) q
    )
    select json_build_object(
        'items', coalesce(json_agg(json_build_object(
            'entry_id', e.entry_id, 'kind', e.kind,
            'upvest_type', case when e.source like 'upvest:%'
                then e.metadata ->> 'upvest_type' end,
            'effective_on', e.effective_on, 'recorded_at', utc_text(e.recorded_at),
            'settlement_period', (select to_char(s.period, 'YYYY-MM') from settlement s
                where s.settlement_id = e.settlement_id),
            'reverses', e.reverses,
            'reversed_by', (select r.entry_id from journal_entry r where r.reverses = e.entry_id),
            'reason', e.reason,
            'postings', (
                select json_agg(json_build_object('account', own.kind, 'asset_id', own.asset_id,
                    'amount_minor', p.amount_minor,
                    'balance_after_minor', p.balance_after_minor)
                    order by own.kind, own.asset_id)
                from own
                join posting p on p.account_id = own.account_id and p.entry_id = e.entry_id)
            ) order by e.entry_id) filter (where page.position <= p_limit), '[]'),
        'next', case when count(*) > p_limit
            then max(e.entry_id) filter (where page.position = p_limit)::text end)
    from page
    join journal_entry e on e.entry_id = page.entry_id;
$$;

-- What a member holds by the journal, with the last valuation of each position until
-- p_today: by the operator, or by the broker.
create function member_positions(p_member_id uuid, p_today date) returns json
language plpgsql stable security definer set search_path from current set jit = off
-- A session plans it once, and not with every call: that takes longer than it.
set plan_cache_mode = force_generic_plan as $$
begin
    return (
        with held as (
            select a.asset_id, b.amount_minor as quantity
            from account a
            join balance b on b.account_id = a.account_id
            where a.member_id = p_member_id and a.kind = 'member'
        ), by_broker as (
            -- The last valuation of each of the member's broker accounts, whole.
            select p.asset_id, max(v.valued_on) as valued_on, sum(p.quantity_minor) as quantity,
                sum(p.value_cents) as value_cents, max(p.priced_at_ns) as priced_at_ns
            from (
                select distinct on (v.broker_account_id) v.event_id, v.valued_on
                from member m
                join broker_account_group g on g.user_id = m.upvest_user_id
                join broker_account b on b.account_group_id = g.account_group_id
                join broker_valuation v on v.broker_account_id = b.broker_account_id
                where m.member_id = p_member_id and v.valued_on <= p_today
                order by v.broker_account_id, v.valued_on desc
            ) v
            join broker_valuation_position p on p.event_id = v.event_id
            group by p.asset_id
        ), by_operator as (
            select distinct on (v.asset_id) v.asset_id, v.valued_on, v.quantity_minor as quantity,
                v.value_cents
            from operator_valuation v
            where v.member_id = p_member_id and v.valued_on <= p_today
            order by v.asset_id, v.valued_on desc, v.recorded_at desc
        ), valued as (
            select distinct on (asset_id) *
            from (
                select asset_id, valued_on, quantity, value_cents, null::bigint as priced_at_ns,
                    'operator' as valued_by
                from by_operator
                union all
                select asset_id, valued_on, quantity::bigint, value_cents::bigint, priced_at_ns,
                    'broker'
                from by_broker
            ) v
            order by asset_id, valued_on desc, valued_by desc
        )
        select json_build_object(
            'cash_cents', coalesce((select quantity from held where asset_id = 'EUR'), 0),
            'positions', (
                select coalesce(json_agg(json_build_object('isin', h.asset_id,
                    'quantity_units', h.quantity,
                    -- A valuation is of the position only if it is of as much of it.
                    'value_cents', case when v.quantity = h.quantity then v.value_cents end,
                    'price', case when v.quantity > 0
                        then trim_scale(round(v.value_cents::numeric * 10000000 / v.quantity, 6))::text
                        end,
                    'valued_on', v.valued_on, 'age_days', p_today - v.valued_on,
                    'priced_at', utc_text(to_timestamp(v.priced_at_ns / 1000000000)),
                    'valued_by', v.valued_by) order by h.asset_id), '[]')
                from held h
                left join valued v on v.asset_id = h.asset_id
                where h.asset_id <> 'EUR' and h.quantity <> 0))
        from member m
        where m.member_id = p_member_id);
end $$;
