-- What a member's yearly statement is made of.

-- The years of which a member has a statement, until that of the last month that is over.
create function member_years(p_member_id uuid, p_today date) returns json
language sql stable security definer set search_path from current set jit = off as $$
    select coalesce(json_agg(json_build_object('year', y.year,
        'from', to_char(make_date(y.year, 1, 1), 'YYYY-MM'),
        'to', to_char(least(make_date(y.year, 12, 1), b.last_month), 'YYYY-MM'),
        'complete', make_date(y.year, 12, 1) <= b.last_month) order by y.year), '[]')
    from member m
    cross join lateral (
        select (date_trunc('month', p_today) - interval '1 month')::date as last_month,
            least(m.enrolled_on, (
                select min(e.effective_on)
                from account a
                join posting p on p.account_id = a.account_id
                join journal_entry e on e.entry_id = p.entry_id
                where a.member_id = m.member_id)) as first_day,
            -- Nothing is booked for who has left.
            least(m.closed_on, (select h.left_on from member_holder h
                where h.member_id = m.member_id)) as left_on
    ) b
    cross join lateral generate_series(extract(year from b.first_day)::integer,
        extract(year from least(b.last_month, b.left_on))::integer) as y (year)
    where m.member_id = p_member_id
    having count(*) > 0;
$$;

-- A member's year from the month of p_first to that of p_last; nothing if it ends before
-- the membership and its first booking.
create function member_year(p_member_id uuid, p_first date, p_last date) returns json
language sql stable security definer set search_path from current set jit = off as $$
    select json_build_object('member_id', m.member_id, 'pool_id', m.pool_id, 'pool', p.name,
        'booked_until', (
            select utc_text(max(e.recorded_at))
            from account a
            join posting q on q.account_id = a.account_id
            join journal_entry e on e.entry_id = q.entry_id
            where a.member_id = m.member_id),
        'months', (select json_agg(to_json(s) order by s.period)
            from statements(array[m.member_id], p_first, p_last) s),
        'credits', member_credits(m.member_id, p_first, p_last),
        'performance', performance_inputs(m.member_id, p_first,
            (p_last + interval '1 month - 1 day')::date))
    from member m
    join pool p on p.pool_id = m.pool_id
    where m.member_id = p_member_id
        and p_last + interval '1 month' > least(m.enrolled_on, (
            select min(e.effective_on)
            from account a
            join posting q on q.account_id = a.account_id
            join journal_entry e on e.entry_id = q.entry_id
            where a.member_id = m.member_id));
$$;

-- What a forecast of a member's income is computed from. Null if the member has no more.
create function forecast_inputs(p_member_id uuid, p_today date) returns json
language sql stable security definer set search_path from current set jit = off as $$
    select json_build_object('sex', m.sex, 'birth_date', m.birth_date,
        'active', m.state = 'active', 'rules_version', n.rules_version, 'rules', n.rules,
        'held', member_positions(m.member_id, p_today))
    from member_record m
    join pool_period n on n.pool_id = m.pool_id
    where m.member_id = p_member_id;
$$;
