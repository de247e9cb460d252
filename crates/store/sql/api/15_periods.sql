-- Rules, periods, and which settlements hold.

-- Rules that were recorded before they were documents are read as one.
create view pool_rules_record as
select r.pool_id, r.rules_version,
    coalesce(r.from_period, p.first_period) as from_period,
    coalesce(r.document::json, json_build_object(
        'basis', json_build_object(
            'mortality', json_build_object('table', json_build_object(
                'id', r.mortality_table, 'closing', r.closing)),
            'blend', 'by_sex', 'improvement', 'none', 'fractional_age', r.fractional_age),
        'cadence', 'month', 'caps', json_build_object(), 'sharing_rule', r.sharing_rule)) as rules,
    utc_text(r.recorded_at) as recorded_at, r.recorded_by
from pool_rules r
join pool p on p.pool_id = r.pool_id;

-- The months of a cadence.
create function cadence_months(p_rules json) returns integer
language sql immutable set search_path from current as $$
    select case p_rules ->> 'cadence' when 'quarter' then 3 when 'year' then 12 else 1 end;
$$;

-- The settlements that no later one replaced.
create view current_settlement as
select s.settlement_id, s.pool_id, s.period, s.revision, s.carried_out_cents,
    coalesce(s.last_day, (s.period + interval '1 month - 1 day')::date) as last_day
from settlement s
where not exists (select from settlement_reversal r where r.settlement_id = s.settlement_id);

-- Deaths that are certain.
create view certain_death as
select d.member_id, d.died_on
from death d
where d.confirmed_at is not null and d.withdrawn_at is null;

-- Current settlements whose dead are not those that are known now: a death was
-- confirmed late, or withdrawn.
create view stale_settlement as
select s.settlement_id, s.pool_id, s.period
from current_settlement s
where exists (
        select from settlement_line l
        where l.settlement_id = s.settlement_id and l.fate <> 'survived'
            and not exists (select from certain_death d where d.member_id = l.member_id
                and d.died_on between s.period and s.last_day))
    or exists (
        select from certain_death d
        join member m on m.member_id = d.member_id
        where m.pool_id = s.pool_id and d.died_on between s.period and s.last_day
            and not exists (select from settlement_line l
                where l.settlement_id = s.settlement_id and l.member_id = d.member_id
                    and l.fate <> 'survived'));

-- The period that is to be settled next: the earliest that is stale, or else the one
-- after the last.
create view pool_period as
select n.pool_id, n.next_period,
    (n.next_period + make_interval(months => cadence_months(r.rules)) - interval '1 day')::date
        as last_day,
    r.rules_version, r.rules,
    (select s.settlement_id from current_settlement s
        where s.pool_id = n.pool_id and s.period = n.next_period) as replaces,
    array(select s.settlement_id from current_settlement s
        where s.pool_id = n.pool_id and s.period >= n.next_period) as replaced,
    (select coalesce(max(s.revision), 0) + 1 from settlement s
        where s.pool_id = n.pool_id and s.period = n.next_period) as revision,
    coalesce((select s.carried_out_cents from current_settlement s
        where s.pool_id = n.pool_id and s.period < n.next_period
        order by s.period desc limit 1), 0) as carried_in_cents
from (
    select p.pool_id, coalesce(
        (select min(s.period) from stale_settlement s where s.pool_id = p.pool_id),
        (select max(s.last_day) + 1 from current_settlement s where s.pool_id = p.pool_id),
        p.first_period) as next_period
    from pool p
) n
join lateral (
    select r.rules_version, r.rules from pool_rules_record r
    where r.pool_id = n.pool_id and r.from_period <= n.next_period
    order by r.rules_version desc limit 1
) r on true;

-- open_from: the first day that can still be booked: after all that was ever settled, and
-- after the period that is being settled. unsettled_from: the first day after what is
-- settled now; it is earlier while periods are being settled again.
create view pool_books as
select p.pool_id,
    greatest(
        (select max(coalesce(s.last_day, (s.period + interval '1 month - 1 day')::date)) + 1
            from settlement s where s.pool_id = p.pool_id),
        r.last_day + 1) as open_from,
    greatest(
        (select max(s.last_day) + 1 from current_settlement s where s.pool_id = p.pool_id),
        r.last_day + 1) as unsettled_from
from pool p
left join settlement_run r on r.pool_id = p.pool_id;

-- Who owns what a member's broker accounts hold: the member, or after a settled
-- death the pool or the estate, from the last day of the period of death.
create view member_holder as
select m.member_id,
    case l.fate when 'left_to_pool' then 'pool' when 'left_to_estate' then 'estate'
        else 'member' end as holder,
    l.last_day as left_on, l.settlement_id
from member m
left join lateral (
    select l.fate, s.last_day, s.settlement_id
    from settlement_line l
    join current_settlement s on s.settlement_id = l.settlement_id
    where l.member_id = m.member_id and l.fate <> 'survived'
    limit 1
) l on true;

create function require_next_period(p_pool_id uuid, p_period date) returns pool_period
language plpgsql stable set search_path from current as $$
declare
    v_next pool_period;
begin
    perform require_pool(p_pool_id);
    select * into strict v_next from pool_period where pool_id = p_pool_id;
    if p_period <> v_next.next_period then
        perform refuse(409, 'period-out-of-order', '/period',
            'the period to settle next begins with ' || to_char(v_next.next_period, 'YYYY-MM'));
    end if;
    return v_next;
end $$;

-- Ends the statement if the day lies in a period that is settled.
create function require_open(p_pool_id uuid, p_day date, p_pointer text) returns void
language plpgsql stable set search_path from current as $$
begin
    if p_day < (select open_from from pool_books where pool_id = p_pool_id) then
        perform refuse(409, 'period-settled', p_pointer, 'the period is settled already');
    end if;
end $$;
