-- What a return is computed from.

-- What a member put in and took out from p_first, or the month of the first booking if that
-- is later, to p_last, day by day, and what the account
-- was worth: on the day before, at the end of each month that is valued, and on each day of
-- a flow on which it is valued. A member who died has it until the month before the period
-- in which the death was settled.
create function performance_inputs(p_member_id uuid, p_first date, p_last date) returns json
language sql stable security definer set search_path from current set jit = off as $$
    with bounds as (
        select
            greatest(p_first, (select date_trunc('month', min(e.effective_on))::date
                from account a
                join posting p on p.account_id = a.account_id
                join journal_entry e on e.entry_id = p.entry_id
                where a.member_id = p_member_id and a.kind = 'member')) as first_day,
            least(p_last, (select (date_trunc('month', h.left_on) - interval '1 day')::date
                from member_holder h where h.member_id = p_member_id)) as last_day
    ), flow as (
        select e.effective_on as day,
            coalesce(sum(p.amount_minor) filter (where e.kind <> 'longevity_credit'), 0)::bigint
                as external_cents,
            coalesce(sum(p.amount_minor) filter (where e.kind = 'longevity_credit'), 0)::bigint
                as credit_cents
        from account a
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where a.member_id = p_member_id and a.kind = 'member' and a.asset_id = 'EUR'
            and e.kind in ('contribution', 'payout', 'forfeiture', 'longevity_credit')
            and e.effective_on between (select first_day from bounds)
                and (select last_day from bounds)
        group by e.effective_on
    ), day as (
        select (month.first_day + interval '1 month - 1 day')::date as day,
            month.first_day::date as since
        from bounds, generate_series(date_trunc('month', bounds.first_day - 1),
            date_trunc('month', bounds.last_day), interval '1 month') as month (first_day)
        union
        select f.day, f.day
        from flow f
        -- The broker values a portfolio now and then: of many flows the months must do.
        where (select count(*) from flow) <= 400
    ), value as (
        select d.day, max(coalesce(settled.securities_cents, h.securities_cents)
                + h.cash_cents) as value_cents
        from day d
        cross join lateral holdings(null, array[p_member_id], d.since, d.day, '{}') h
        left join (
            select s.last_day, l.securities_cents
            from settlement_line l
            join current_settlement s on s.settlement_id = l.settlement_id
            where l.member_id = p_member_id and l.fate = 'survived'
        ) settled on settled.last_day = d.day
        where d.day <= (select last_day from bounds)
        group by d.day
    )
    select json_build_object(
        'flows', (select coalesce(json_agg(json_build_object('on', f.day,
                'external_cents', f.external_cents, 'credit_cents', f.credit_cents)
                order by f.day), '[]') from flow f),
        'valuations', (select coalesce(json_agg(json_build_object('on', v.day,
                'value_cents', v.value_cents) order by v.day), '[]')
            from value v where v.value_cents is not null))
    from member m
    where m.member_id = p_member_id;
$$;
