-- Settlements.

create view settlement_record as
select s.settlement_id, s.pool_id, to_char(s.period, 'YYYY-MM') as period, s.rules_version,
    s.outcome,
    (select count(*) from settlement_line l
        where l.settlement_id = s.settlement_id and l.q is not null) as members_at_risk,
    (select count(*) from settlement_line l
        where l.settlement_id = s.settlement_id and l.fate <> 'survived') as deaths,
    s.carried_in_cents, s.pot_cents, s.credits_cents, s.carried_out_cents, s.group_gain
from settlement s;

create view member_settlement_record as
select l.member_id, to_char(s.period, 'YYYY-MM') as period, l.fate, l.at_risk_cents, l.q,
    l.credit_cents
from settlement_line l
join settlement s on s.settlement_id = l.settlement_id;

-- What each of these members holds at the end of a day by the journal's
-- effective dates, and what the broker's last valuation since p_first_day says
-- about it. securities: complete, missing (a position without a valuation) or
-- quantity_differs; the value is null unless complete.
create function holdings(p_members uuid[], p_first_day date, p_last_day date)
returns table (member_id uuid, cash_cents bigint, securities text, securities_cents bigint)
language sql stable set search_path from current as $$
    with held as (
        select a.member_id, a.asset_id, sum(p.amount_minor) as amount
        from account a
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where a.kind = 'member' and a.member_id = any (p_members)
            and e.effective_on <= p_last_day
        group by a.member_id, a.asset_id
    ), valuation as (
        select distinct on (v.broker_account_id) m.member_id, v.event_id
        from member m
        join broker_account_group g on g.user_id = m.upvest_user_id
        join broker_account b on b.account_group_id = g.account_group_id
        join broker_valuation v on v.broker_account_id = b.broker_account_id
        join member_holder o on o.member_id = m.member_id
        where m.member_id = any (p_members)
            and v.valued_on between p_first_day and p_last_day
            -- What the dead left is no longer theirs, though the broker still
            -- values it.
            and (o.left_on is null or o.left_on > p_last_day)
        order by v.broker_account_id, v.valued_on desc
    ), valued as (
        select v.member_id, p.asset_id, sum(p.quantity_minor) as quantity,
            sum(p.value_cents) as value_cents
        from valuation v
        join broker_valuation_position p on p.event_id = v.event_id
        group by v.member_id, p.asset_id
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
    select m.member_id, coalesce(h.amount, 0)::bigint,
        case
            when s.missing then 'missing'
            when s.differs then 'quantity_differs'
            else 'complete'
        end,
        case when s.differs is not true then coalesce(s.value_cents, 0)::bigint end
    from unnest(p_members) as m (member_id)
    left join held h on h.member_id = m.member_id and h.asset_id = 'EUR'
    left join securities s on s.member_id = m.member_id;
$$;

-- The members who were not settled as dead before the month, with what they hold
-- at its end.
create function candidates(p_pool_id uuid, p_period date)
returns table (
    member_id uuid, birth_date date, sex text, enrolled_on date, died_on date,
    cash_cents bigint, securities text, securities_cents bigint)
language sql stable set search_path from current as $$
    with alive as (
        select r.member_id, r.birth_date, r.sex, r.enrolled_on, r.died_on
        from member_record r
        where r.pool_id = p_pool_id and r.state <> 'deceased'
            and r.enrolled_on < p_period + interval '1 month'
    )
    select a.*, h.cash_cents, h.securities, h.securities_cents
    from alive a
    join holdings((select array_agg(alive.member_id) from alive), p_period,
        (p_period + interval '1 month - 1 day')::date) h on h.member_id = a.member_id
    order by a.member_id;
$$;

create function pot_cents(p_pool_id uuid) returns bigint
language sql stable set search_path from current as $$
    select coalesce((
        select b.amount_minor
        from account a
        join balance b on b.account_id = a.account_id
        where a.pool_id = p_pool_id and a.kind = 'pot' and a.asset_id = 'EUR'), 0);
$$;

-- A digest of everything that a settlement is computed from.
create function inputs_sha256(p_pool_id uuid, p_period date) returns text
language sql stable set search_path from current as $$
    select encode(sha256(convert_to(
        pot_cents(p_pool_id)
            || coalesce((select string_agg(c::text, E'\n' order by c.member_id)
                from candidates(p_pool_id, p_period) c), ''),
        'UTF8')), 'hex');
$$;

create function require_next_period(p_pool_id uuid, p_period date) returns void
language plpgsql stable set search_path from current as $$
declare
    v_next date;
begin
    select next_period into strict v_next from pool_period where pool_id = p_pool_id;
    if p_period <> v_next then
        perform refuse(409, 'period-out-of-order', '/period',
            'the month to settle next is ' || to_char(v_next, 'YYYY-MM'));
    end if;
end $$;

-- What the component computes a settlement from: the pool, its candidates and the
-- digest of both. Null if the month is settled already.
create function settlement_basis(p_pool_id uuid, p_period date) returns json
language plpgsql stable security definer set search_path from current set jit = off as $$
begin
    perform require_pool(p_pool_id);
    if exists (select from settlement where pool_id = p_pool_id and period = p_period) then
        return 'null';
    end if;
    perform require_next_period(p_pool_id, p_period);
    return (
        select json_build_object(
            'rules', r.rules, 'rules_version', r.rules_version,
            'carried_in_cents', pot_cents(p_pool_id),
            'inputs_sha256', inputs_sha256(p_pool_id, p_period),
            'candidates', coalesce((select json_agg(to_json(c) order by c.member_id)
                from candidates(p_pool_id, p_period) c), '[]'))
        from pool_record r
        where r.pool_id = p_pool_id);
end $$;

-- Records a settlement with all its postings: once per pool and month, whoever
-- asks. Refuses if what it was computed from has changed since.
create function record_settlement(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_period date, p_settlement_id uuid, p_draft text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_draft jsonb := p_draft::jsonb;
    v_last_day date := (p_period + interval '1 month - 1 day')::date;
    v_reply json;
begin
    perform take_journal();
    v_reply := replayed(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    select to_json(r) into v_reply
    from settlement_record r
    where r.pool_id = p_pool_id and r.period = to_char(p_period, 'YYYY-MM');
    if v_reply is not null then
        return remember(p_actor, p_key, v_reply);
    end if;
    perform require_pool(p_pool_id);
    perform require_next_period(p_pool_id, p_period);
    if inputs_sha256(p_pool_id, p_period) is distinct from v_draft ->> 'inputs_sha256' then
        perform refuse(409, 'inputs-changed', '',
            'members or balances changed while the month was being settled: try again');
    end if;

    insert into settlement (settlement_id, pool_id, period, rules_version, outcome,
        carried_in_cents, pot_cents, credits_cents, carried_out_cents, group_gain, inputs_sha256,
        recorded_at, recorded_by)
    select p_settlement_id, p_pool_id, p_period, d.rules_version, d.outcome, d.carried_in_cents,
        d.pot_cents, d.pot_cents - d.carried_out_cents, d.carried_out_cents, d.group_gain,
        d.inputs_sha256, p_now, p_actor
    from jsonb_to_record(v_draft) as d (
        rules_version bigint, outcome text, carried_in_cents bigint, pot_cents bigint,
        carried_out_cents bigint, group_gain text, inputs_sha256 text);

    insert into settlement_line (settlement_id, member_id, fate, at_risk_cents, q, credit_cents)
    select p_settlement_id, l.member_id, l.fate, l.at_risk_cents, l.q, l.credit_cents
    from jsonb_to_recordset(v_draft -> 'lines') as l (
        member_id uuid, fate text, at_risk_cents bigint, q text, credit_cents bigint);

    perform check_settlement(p_settlement_id);
    perform post_settlement(p_settlement_id, p_pool_id, v_last_day, p_actor, p_now);
    return remember(p_actor, p_key,
        (select to_json(r) from settlement_record r where r.settlement_id = p_settlement_id));
end $$;

-- A settlement conserves money, or it is not recorded.
create function check_settlement(p_settlement_id uuid) returns void
language plpgsql set search_path from current as $$
declare
    v_settlement settlement;
    v_left numeric;
    v_credits numeric;
begin
    select * into strict v_settlement from settlement where settlement_id = p_settlement_id;
    select coalesce(sum(at_risk_cents) filter (where fate = 'left_to_pool'), 0),
        coalesce(sum(credit_cents), 0)
    into v_left, v_credits
    from settlement_line where settlement_id = p_settlement_id;
    if v_settlement.carried_in_cents <> pot_cents(v_settlement.pool_id)
        or v_settlement.pot_cents <> v_settlement.carried_in_cents + v_left
        or v_settlement.credits_cents <> v_credits
    then
        perform refuse(500, 'unbalanced-settlement', '', 'pot and credits do not add up');
    end if;
end $$;

-- Two entries on the month's last day: what the dead leave, and the credits. A
-- dead member's later movements follow in a third, so that the account ends at
-- zero.
create function post_settlement(
    p_settlement_id uuid, p_pool_id uuid, p_last_day date, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_source text := 'settlement:' || p_settlement_id;
    v record;
begin
    with dead as (
        select member_id, at_risk_cents,
            case fate when 'left_to_pool' then 'pool' else 'estate' end as holder
        from settlement_line
        where settlement_id = p_settlement_id and fate <> 'survived'
    ), held as (
        select d.member_id, d.holder, a.asset_id,
            coalesce(sum(p.amount_minor) filter (where e.effective_on <= p_last_day), 0) as amount,
            coalesce(sum(p.amount_minor) filter (where e.effective_on > p_last_day), 0) as later,
            max(e.effective_on) as latest_on
        from dead d
        join account a on a.member_id = d.member_id and a.kind = 'member'
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        group by d.member_id, d.holder, a.asset_id
    ), posting as (
        select v_source || ':forfeiture' as source, 'member' as kind, member_id, asset_id,
            -amount as amount
        from held
        union all
        select v_source || ':forfeiture', holder,
            case when holder = 'estate' then member_id end, asset_id, amount
        from held
        union all
        -- The pool takes the securities over at their value and owes the pot for
        -- all that the dead left.
        select v_source || ':forfeiture', pay.kind, null, 'EUR', pay.sign * at_risk_cents
        from dead, (values ('pool', -1), ('pot', 1)) as pay (kind, sign)
        where holder = 'pool'
        union all
        select v_source || ':credit', 'member', member_id, 'EUR', credit_cents
        from settlement_line where settlement_id = p_settlement_id
        union all
        select v_source || ':credit', 'pot', null, 'EUR', -credits_cents
        from settlement where settlement_id = p_settlement_id
        union all
        select v_source || ':later', 'member', member_id, asset_id, -later from held
        union all
        select v_source || ':later', holder, case when holder = 'estate' then member_id end,
            asset_id, later
        from held
    ), netted as (
        select source, kind, member_id, asset_id, sum(amount)::bigint as amount
        from posting
        group by source, kind, member_id, asset_id
        having sum(amount) <> 0
    ), entry as (
        select distinct source,
            case when source like '%:credit' then 'longevity_credit' else 'forfeiture' end as kind,
            case when source like '%:later' then (select max(latest_on) from held)
                else p_last_day end as effective_on
        from netted
    )
    select
        (select array_agg(source order by effective_on, source desc) from entry) as sources,
        (select array_agg(p_pool_id) from entry) as pools,
        (select array_agg(kind order by effective_on, source desc) from entry) as kinds,
        (select array_agg(effective_on order by effective_on, source desc) from entry) as effective,
        array_agg(source order by source, kind, member_id, asset_id) as posting_sources,
        array_agg(kind order by source, kind, member_id, asset_id) as account_kinds,
        array_agg(member_id order by source, kind, member_id, asset_id) as members,
        array_agg(asset_id order by source, kind, member_id, asset_id) as assets,
        array_agg(amount order by source, kind, member_id, asset_id) as amounts
    into v
    from netted;
    if v.sources is not null then
        perform post(v.sources, v.pools, v.kinds, v.effective, v.posting_sources, v.account_kinds,
            v.members, v.assets, v.amounts, p_actor, p_now);
    end if;
end $$;
