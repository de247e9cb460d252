-- Pools and members.

create view pool_record as
select p.pool_id, p.name, p.currency, to_char(p.first_period, 'YYYY-MM') as first_period,
    to_char(n.next_period, 'YYYY-MM') as next_period,
    n.replaces is not null as resettlement,
    (select count(*) from member m where m.pool_id = p.pool_id) as members,
    (select count(*) from member m where m.pool_id = p.pool_id and m.closed_on is null
        and not exists (select from death d
            where d.member_id = m.member_id and d.withdrawn_at is null)) as active_members,
    n.rules_version, n.rules
from pool p
join pool_period n on n.pool_id = p.pool_id;

create view member_record as
select m.member_id, m.pool_id, m.upvest_user_id, m.sex,
    coalesce(m.birth_date, u.birth_date) as birth_date, m.enrolled_on,
    case
        when h.holder <> 'member' then 'deceased'
        when d.member_id is not null then 'death_reported'
        when m.closed_on is not null then 'closed'
        else 'active'
    end as state,
    d.died_on, m.closed_on,
    coalesce((
        select b.amount_minor from account a join balance b on b.account_id = a.account_id
        where a.member_id = m.member_id and a.kind = 'member' and a.asset_id = 'EUR'), 0)
        as cash_cents
from member m
join member_holder h on h.member_id = m.member_id
left join broker_user u on u.user_id = m.upvest_user_id
left join death d on d.member_id = m.member_id and d.withdrawn_at is null;

create function open_pool(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_command text, p_rules text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_command jsonb := p_command::jsonb;
    v_first date := ((v_command ->> 'first_period') || '-01')::date;
    v_reply json;
begin
    v_reply := replayed(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    insert into pool (pool_id, name, currency, first_period, recorded_at, recorded_by)
    values (p_pool_id, v_command ->> 'name', v_command ->> 'currency', v_first, p_now, p_actor);
    insert into pool_rules (pool_id, rules_version, document, from_period, recorded_at, recorded_by)
    values (p_pool_id, 1, p_rules, v_first, p_now, p_actor);
    return remember(p_actor, p_key,
        (select to_json(r) from pool_record r where r.pool_id = p_pool_id));
end $$;

-- Records the next version of the rules. The highest version that has begun holds.
create function set_rules(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_from_period date, p_rules text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_pool pool;
    v_version bigint;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_pool := require_pool(p_pool_id);
    perform require_open(p_pool_id, p_from_period, '/from_period');
    if p_from_period < v_pool.first_period then
        perform refuse(422, 'invalid-field', '/from_period', 'is before the first period');
    end if;
    select max(rules_version) + 1 into strict v_version from pool_rules where pool_id = p_pool_id;
    insert into pool_rules (pool_id, rules_version, document, from_period, recorded_at, recorded_by)
    values (p_pool_id, v_version, p_rules, p_from_period, p_now, p_actor);
    return remember(p_actor, p_key, (
        select json_build_object('rules_version', r.rules_version,
            'from_period', to_char(r.from_period, 'YYYY-MM'), 'rules', r.rules,
            'recorded_at', r.recorded_at, 'recorded_by', r.recorded_by)
        from pool_rules_record r
        where r.pool_id = p_pool_id and r.rules_version = v_version));
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
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_pool(p_pool_id);
    if exists (select from member where upvest_user_id = v_user_id) then
        perform refuse(409, 'already-enrolled', '/upvest_user_id', 'the user is enrolled already');
    end if;
    perform require_open(p_pool_id, v_enrolled_on, '/enrolled_on');
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

-- Ends a membership. The account is empty before.
create function close_member(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_member_id uuid, p_closed_on date
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_member member;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_pool(p_pool_id);
    v_member := require_member(p_pool_id, p_member_id, 404, '');
    if v_member.closed_on is not null then
        perform refuse(409, 'member-closed', '', 'the membership has ended already');
    end if;
    if exists (select from death d where d.member_id = p_member_id and d.withdrawn_at is null) then
        perform refuse(409, 'death-already-reported', '', 'a death of the member was reported');
    end if;
    if p_closed_on < v_member.enrolled_on then
        perform refuse(422, 'invalid-field', '/closed_on', 'is before the enrolment');
    end if;
    perform require_open(p_pool_id, p_closed_on, '/closed_on');
    if exists (
        select from account a
        join balance b on b.account_id = a.account_id
        where a.member_id = p_member_id and b.amount_minor <> 0
    ) then
        perform refuse(409, 'account-not-empty', '', 'the member still holds money or securities');
    end if;
    if exists (
        select from account a
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where a.member_id = p_member_id and e.effective_on > p_closed_on
    ) then
        perform refuse(409, 'account-not-empty', '/closed_on',
            'something was booked for the member after that day');
    end if;
    update member set closed_on = p_closed_on, closed_at = p_now, closed_by = p_actor
    where member_id = p_member_id;
    return remember(p_actor, p_key,
        (select to_json(r) from member_record r where r.member_id = p_member_id));
end $$;

create view beneficiary_record as
select m.pool_id, m.member_id, coalesce(max(b.version), 0) as version,
    coalesce(json_agg(json_build_object('reference', b.reference, 'share_ppm', b.share_ppm)
        order by b.position) filter (where b.member_id is not null), '[]') as beneficiaries
from member m
left join beneficiary b on b.member_id = m.member_id
    and b.version = (select max(v.version) from beneficiary v where v.member_id = m.member_id)
group by m.pool_id, m.member_id;

-- Records to whom a member's estate goes, all of it anew.
create function set_beneficiaries(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_member_id uuid, p_beneficiaries text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_pool(p_pool_id);
    perform require_member(p_pool_id, p_member_id, 404, '');
    insert into beneficiary (member_id, version, position, reference, share_ppm, recorded_at,
        recorded_by)
    select p_member_id,
        (select coalesce(max(version), 0) + 1 from beneficiary where member_id = p_member_id),
        b.position, b.reference, b.share_ppm, p_now, p_actor
    from rows from (json_to_recordset(p_beneficiaries::json)
        as (reference text, share_ppm bigint)) with ordinality
        as b (reference, share_ppm, position);
    return remember(p_actor, p_key, (
        select json_build_object('member_id', r.member_id, 'version', r.version,
            'beneficiaries', r.beneficiaries)
        from beneficiary_record r where r.member_id = p_member_id));
end $$;
