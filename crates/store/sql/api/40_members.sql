-- Pools, members, deaths.

create view pool_record as
select p.pool_id, p.name, to_char(p.first_period, 'YYYY-MM') as first_period,
    to_char(n.next_period, 'YYYY-MM') as next_period,
    (select count(*) from member m where m.pool_id = p.pool_id) as members,
    (select count(*) from member m where m.pool_id = p.pool_id
        and not exists (select from death d where d.member_id = m.member_id)) as active_members,
    r.rules_version,
    json_build_object('mortality_table', r.mortality_table, 'closing', r.closing,
        'fractional_age', r.fractional_age, 'sharing_rule', r.sharing_rule) as rules
from pool p
join pool_period n on n.pool_id = p.pool_id
join lateral (
    select * from pool_rules where pool_id = p.pool_id order by rules_version desc limit 1
) r on true;

create view member_record as
select m.member_id, m.pool_id, m.upvest_user_id, m.sex,
    coalesce(m.birth_date, u.birth_date) as birth_date, m.enrolled_on,
    case
        when h.holder <> 'member' then 'deceased'
        when d.member_id is not null then 'death_reported'
        else 'active'
    end as state,
    d.died_on,
    coalesce((
        select b.amount_minor from account a join balance b on b.account_id = a.account_id
        where a.member_id = m.member_id and a.kind = 'member' and a.asset_id = 'EUR'), 0)
        as cash_cents
from member m
join member_holder h on h.member_id = m.member_id
left join broker_user u on u.user_id = m.upvest_user_id
left join death d on d.member_id = m.member_id;

create function open_pool(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_command text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_command jsonb := p_command::jsonb;
    v_rules jsonb := v_command -> 'rules';
    v_reply json;
begin
    v_reply := replayed(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    insert into pool (pool_id, name, currency, first_period, recorded_at, recorded_by)
    values (p_pool_id, v_command ->> 'name', v_command ->> 'currency',
        ((v_command ->> 'first_period') || '-01')::date, p_now, p_actor);
    insert into pool_rules (pool_id, rules_version, mortality_table, closing, fractional_age,
        sharing_rule, recorded_at, recorded_by)
    values (p_pool_id, 1, v_rules ->> 'mortality_table', v_rules ->> 'closing',
        v_rules ->> 'fractional_age', v_rules ->> 'sharing_rule', p_now, p_actor);
    return remember(p_actor, p_key,
        (select to_json(r) from pool_record r where r.pool_id = p_pool_id));
end $$;

create function enrol_member(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_member_id uuid, p_command text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_command jsonb := p_command::jsonb;
    v_user_id uuid := (v_command ->> 'upvest_user_id')::uuid;
    v_enrolled_on date := (v_command ->> 'enrolled_on')::date;
    v_reply json;
begin
    perform take_journal();
    v_reply := replayed(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_pool(p_pool_id);
    if exists (select from member where upvest_user_id = v_user_id) then
        perform refuse(409, 'already-enrolled', '/upvest_user_id', 'the user is enrolled already');
    end if;
    if exists (select from settlement where pool_id = p_pool_id)
        and v_enrolled_on < (select next_period from pool_period where pool_id = p_pool_id)
    then
        perform refuse(409, 'period-settled', '/enrolled_on', 'the month is settled already');
    end if;
    insert into member (member_id, pool_id, upvest_user_id, sex, birth_date, enrolled_on,
        recorded_at, recorded_by)
    values (p_member_id, p_pool_id, v_user_id, v_command ->> 'sex',
        (v_command ->> 'birth_date')::date, v_enrolled_on, p_now, p_actor);
    perform post_transactions(
        (select array_agg(account_group_id) from broker_account_group where user_id = v_user_id),
        p_now);
    return remember(p_actor, p_key,
        (select to_json(r) from member_record r where r.member_id = p_member_id));
end $$;

create function report_death(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_death_id uuid, p_command text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_command jsonb := p_command::jsonb;
    v_died_on date := (v_command ->> 'died_on')::date;
    v_member member;
    v_reply json;
begin
    perform take_journal();
    v_reply := replayed(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_pool(p_pool_id);
    select * into v_member from member
    where pool_id = p_pool_id and member_id = (v_command ->> 'member_id')::uuid;
    if not found then
        perform refuse(422, 'unknown-member', '/member_id', 'the pool has no such member');
    end if;
    if v_died_on < v_member.enrolled_on then
        perform refuse(422, 'death-before-enrolment', '/died_on',
            'the death is before the enrolment');
    end if;
    if exists (select from death where member_id = v_member.member_id) then
        perform refuse(409, 'death-already-reported', '/member_id',
            'a death of the member was reported already');
    end if;
    if v_died_on < (select next_period from pool_period where pool_id = p_pool_id) then
        perform refuse(409, 'period-settled', '/died_on', 'the month is settled already');
    end if;
    insert into death (death_id, member_id, died_on, recorded_at, recorded_by)
    values (p_death_id, v_member.member_id, v_died_on, p_now, p_actor);
    return remember(p_actor, p_key, json_build_object(
        'death_id', p_death_id, 'member_id', v_member.member_id, 'died_on', v_died_on,
        'period', to_char(v_died_on, 'YYYY-MM')));
end $$;
