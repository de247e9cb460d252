-- Deaths: reported, confirmed, withdrawn. Only a confirmed one is settled.

create view death_record as
select d.death_id, m.pool_id, d.member_id, d.died_on, to_char(d.died_on, 'YYYY-MM') as month,
    case
        when d.withdrawn_at is not null then 'withdrawn'
        when d.confirmed_at is not null then 'confirmed'
        else 'reported'
    end as state,
    utc_text(d.recorded_at) as reported_at, utc_text(d.confirmed_at) as confirmed_at,
    utc_text(d.withdrawn_at) as withdrawn_at, d.withdrawn_because
from death d
join member m on m.member_id = d.member_id;

create function death_document(p_death_id uuid) returns json
language sql stable set search_path from current as $$
    select to_json(r) from death_record r where r.death_id = p_death_id;
$$;

create function report_death(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_death_id uuid, p_command text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_command jsonb := p_command::jsonb;
    v_died_on date := (v_command ->> 'died_on')::date;
    v_pool pool;
    v_member member;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_pool := require_pool(p_pool_id);
    v_member := require_member(p_pool_id, (v_command ->> 'member_id')::uuid, 422, '/member_id');
    if v_died_on < coalesce(v_member.birth_date, (select u.birth_date from broker_user u
        where u.user_id = v_member.upvest_user_id))
    then
        perform refuse(422, 'death-before-birth', '/died_on', 'the death is before the birth');
    end if;
    if v_died_on < v_member.enrolled_on then
        perform refuse(422, 'death-before-enrolment', '/died_on',
            'the death is before the enrolment');
    end if;
    if v_died_on < v_pool.first_period then
        perform refuse(422, 'death-before-first-period', '/died_on',
            'the death is before the first period that the pool settles');
    end if;
    if v_died_on > v_member.closed_on then
        perform refuse(409, 'member-closed', '/died_on', 'the membership ended before');
    end if;
    if exists (
        select from death
        where member_id = v_member.member_id and withdrawn_at is null
    ) then
        perform refuse(409, 'death-already-reported', '/member_id',
            'a death of the member was reported already');
    end if;
    insert into death (death_id, member_id, died_on, recorded_at, recorded_by)
    values (p_death_id, v_member.member_id, v_died_on, p_now, p_actor);
    return remember(p_actor, p_key, death_document(p_death_id));
end $$;

create function require_death(p_pool_id uuid, p_death_id uuid) returns death
language plpgsql stable set search_path from current as $$
declare
    v_death death;
begin
    perform require_pool(p_pool_id);
    select d.* into v_death
    from death d
    join member m on m.member_id = d.member_id
    where d.death_id = p_death_id and m.pool_id = p_pool_id;
    if not found then
        perform refuse(404, 'not-found', '', 'the pool has no such report');
    end if;
    if v_death.withdrawn_at is not null then
        perform refuse(409, 'death-withdrawn', '', 'the report was withdrawn');
    end if;
    return v_death;
end $$;

-- From now on the death counts. If its period is settled, that settlement and all
-- later ones are due again.
create function confirm_death(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_death_id uuid
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_death death;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_death := require_death(p_pool_id, p_death_id);
    if v_death.confirmed_at is not null then
        perform refuse(409, 'death-already-confirmed', '', 'the death was confirmed already');
    end if;
    update death set confirmed_at = p_now, confirmed_by = p_actor where death_id = p_death_id;
    return remember(p_actor, p_key, death_document(p_death_id));
end $$;

-- The member did not die, or not then. If the death was settled, that settlement and
-- all later ones are due again.
create function withdraw_death(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_death_id uuid, p_reason text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_death(p_pool_id, p_death_id);
    update death
    set withdrawn_at = p_now, withdrawn_by = p_actor, withdrawn_because = p_reason
    where death_id = p_death_id;
    return remember(p_actor, p_key, death_document(p_death_id));
end $$;
