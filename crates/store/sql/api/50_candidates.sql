-- Who takes part in a period, and with what.

-- What each of these members holds at the end of a day by the journal's effective
-- dates, and what the last valuations since p_first_day say about it. securities:
-- complete, missing (a position without a valuation) or quantity_differs; the value
-- is null unless complete.
--
-- Settlements in p_replaced are read as if they had not been: what they moved does
-- not count, and what was booked for the dead on the accounts of the pool and the
-- estate since then is the member's.
--
-- Of members of one pool, p_pool_id, it begins with the balances and takes off what came
-- later: this takes no longer when the journal is old. Without a pool it adds up what the
-- members were ever posted. It has no settings of its own, so that it is planned as a part
-- of what calls it.
create function holdings(
    p_pool_id uuid, p_members uuid[], p_first_day date, p_last_day date, p_replaced uuid[])
returns table (member_id uuid, cash_cents bigint, securities text, securities_cents bigint)
language sql stable as $$
    with owned as (
        select a.account_id, a.member_id, a.asset_id
        from account a
        where a.member_id = any (p_members)
            and (a.kind = 'member'
                or (a.kind in ('pool', 'estate') and cardinality(p_replaced) > 0))
    ), later as (
        select p.account_id, sum(p.amount_minor) as amount
        from journal_entry e
        join posting p on p.entry_id = e.entry_id
        where e.pool_id = p_pool_id
            and (e.effective_on > p_last_day or e.settlement_id = any (p_replaced))
        group by p.account_id
    ), part as (
        select o.member_id, o.asset_id, p.amount_minor as amount
        from owned o
        join posting p on p.account_id = o.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where p_pool_id is null and e.effective_on <= p_last_day
            and (e.settlement_id is null or e.settlement_id <> all (p_replaced))
        union all
        select o.member_id, o.asset_id, b.amount_minor - coalesce(l.amount, 0)
        from owned o
        join balance b on b.account_id = o.account_id
        left join later l on l.account_id = o.account_id
        where p_pool_id is not null
    ), held as (
        select member_id, asset_id, sum(amount) as amount
        from part
        group by member_id, asset_id
    ), valuation as (
        select distinct on (v.broker_account_id) m.member_id, v.event_id
        from member m
        join broker_account_group g on g.user_id = m.upvest_user_id
        join broker_account b on b.account_group_id = g.account_group_id
        join broker_valuation v on v.broker_account_id = b.broker_account_id
        where m.member_id = any (p_members)
            and v.valued_on between p_first_day and p_last_day
        order by v.broker_account_id, v.valued_on desc
    ), by_broker as (
        select v.member_id, p.asset_id, sum(p.quantity_minor) as quantity,
            sum(p.value_cents) as value_cents
        from valuation v
        join broker_valuation_position p on p.event_id = v.event_id
        group by v.member_id, p.asset_id
    ), by_operator as (
        select distinct on (v.member_id, v.asset_id) v.member_id, v.asset_id,
            v.quantity_minor as quantity, v.value_cents
        from operator_valuation v
        where v.member_id = any (p_members) and v.valued_on between p_first_day and p_last_day
        order by v.member_id, v.asset_id, v.valued_on desc, v.recorded_at desc
    ), valued as (
        select member_id, asset_id, coalesce(o.quantity, b.quantity) as quantity,
            coalesce(o.value_cents, b.value_cents) as value_cents
        from by_broker b
        full join by_operator o using (member_id, asset_id)
        -- What the dead left is no longer theirs, though the broker still values it.
        where not exists (
            select from member_holder h
            where h.member_id = coalesce(o.member_id, b.member_id)
                and h.left_on <= p_last_day and h.settlement_id <> all (p_replaced))
    ), position as (
        select member_id, h.amount, v.quantity, v.value_cents
        from (select * from held where asset_id <> 'EUR' and amount <> 0) h
        full join (select * from valued where quantity <> 0) v using (member_id, asset_id)
    ), securities as (
        select member_id,
            bool_or(quantity is null) as missing,
            bool_or(amount is distinct from quantity) as differs,
            sum(value_cents) as value_cents
        from position
        group by member_id
    )
    -- Put together by a sum and not by joins: of how many members there are the planner
    -- knows nothing, and would compare each with each.
    select member_id, coalesce(sum(cash), 0)::bigint,
        case
            when bool_or(missing) then 'missing'
            when bool_or(differs) then 'quantity_differs'
            else 'complete'
        end,
        case when bool_or(differs) is not true then coalesce(sum(value_cents), 0)::bigint end
    from (
        select m.member_id, null::numeric as cash, null::boolean as missing,
            null::boolean as differs, null::numeric as value_cents
        from unnest(p_members) as m (member_id)
        union all
        select h.member_id, h.amount, null, null, null from held h where h.asset_id = 'EUR'
        union all
        select s.member_id, null, s.missing, s.differs, s.value_cents from securities s
    ) part
    group by member_id;
$$;

-- Members who take part in a period: enrolled by its end, not closed in it, not
-- settled as dead before it; settlements in p_replaced do not count.
create function participants(p_pool_id uuid, p_last_day date, p_replaced uuid[])
returns table (
    member_id uuid, birth_date date, sex text, enrolled_on date, died_on date,
    death_confirmed boolean)
language sql stable
begin atomic
    select m.member_id, coalesce(m.birth_date, u.birth_date), m.sex, m.enrolled_on, d.died_on,
        d.confirmed_at is not null
    from member m
    left join broker_user u on u.user_id = m.upvest_user_id
    left join death d on d.member_id = m.member_id and d.withdrawn_at is null
    where m.pool_id = p_pool_id and m.enrolled_on <= p_last_day
        and (m.closed_on is null or m.closed_on > p_last_day or d.died_on <= p_last_day)
        and not exists (
            select from settlement_line l
            join current_settlement s on s.settlement_id = l.settlement_id
            where l.member_id = m.member_id and l.fate <> 'survived'
                and l.settlement_id <> all (p_replaced));
end;

-- At most p_limit of them after p_after, in the order of their ids, with what they
-- hold at the period's end. A period that is settled again keeps its valuations: what
-- came or was corrected since is no reason to share anew.
create function candidates(
    p_pool_id uuid, p_first_day date, p_last_day date, p_replaced uuid[], p_after uuid,
    p_limit bigint)
returns table (
    member_id uuid, birth_date date, sex text, enrolled_on date, died_on date,
    death_confirmed boolean, cash_cents bigint, securities text, securities_cents bigint)
language sql stable set search_path from current as $$
    with page as (
        select * from participants(p_pool_id, p_last_day, p_replaced) p
        where p.member_id > p_after
        order by p.member_id
        limit p_limit
    )
    select p.*, h.cash_cents,
        case when v.securities_cents is null then h.securities else 'complete' end,
        coalesce(v.securities_cents, h.securities_cents)
    from page p
    join holdings(p_pool_id, (select array_agg(page.member_id) from page), p_first_day, p_last_day,
        p_replaced) h on h.member_id = p.member_id
    left join (
        select l.member_id, l.securities_cents
        from settlement_line l
        where l.settlement_id = (
            select s.settlement_id from settlement s
            where s.pool_id = p_pool_id and s.period = p_first_day
            order by s.revision desc limit 1)
    ) v on v.member_id = p.member_id
    order by p.member_id;
$$;

-- What a component needs to know before it settles a period: the settlement if it is
-- settled and stands, or else what it is computed from.
create function settlement_state(p_pool_id uuid, p_period date) returns json
language plpgsql stable security definer set search_path from current set jit = off as $$
declare
    v_next pool_period;
begin
    perform require_pool(p_pool_id);
    if exists (select from current_settlement where pool_id = p_pool_id and period = p_period)
        and not exists (select from stale_settlement where pool_id = p_pool_id and period <= p_period)
    then
        return (
            select json_build_object('settled', to_json(r))
            from settlement_record r
            where r.pool_id = p_pool_id and r.period = to_char(p_period, 'YYYY-MM')
                and r.state = 'settled');
    end if;
    v_next := require_next_period(p_pool_id, p_period);
    return json_build_object('open', json_build_object(
        'first_day', v_next.next_period, 'last_day', v_next.last_day,
        'rules_version', v_next.rules_version, 'rules', v_next.rules,
        'revision', v_next.revision, 'carried_in_cents', v_next.carried_in_cents,
        'members', coalesce(
            (select r.members from settlement_run r
                where r.pool_id = p_pool_id and r.period = p_period),
            (select count(*) from participants(p_pool_id, v_next.last_day, v_next.replaced))),
        'run', (select json_build_object('settlement_id', r.settlement_id, 'state', r.state,
                'frozen', r.frozen, 'members', r.members)
            from settlement_run r where r.pool_id = p_pool_id and r.period = p_period)));
end $$;

-- A page of candidates as an array of arrays, with its digest.
create function candidate_page(p_pool_id uuid, p_period date, p_after uuid, p_limit bigint)
returns json
language plpgsql stable security definer set search_path from current set jit = off as $$
declare
    v_next pool_period := require_next_period(p_pool_id, p_period);
begin
    return (
        select json_build_object(
            'sha256', encode(sha256(convert_to(
                coalesce(string_agg(c::text, E'\n' order by c.member_id), ''), 'UTF8')), 'hex'),
            'candidates', coalesce(json_agg(json_build_array(c.member_id, c.birth_date, c.sex,
                c.enrolled_on, c.died_on, c.death_confirmed, c.cash_cents, c.securities,
                c.securities_cents) order by c.member_id), '[]'))
        from candidates(p_pool_id, v_next.next_period, v_next.last_day, v_next.replaced, p_after,
            p_limit) c);
end $$;
