-- Publishing a settlement: what it replaces is taken back, its entries are posted and
-- it is sealed, in one statement.

create view settlement_record as
select s.settlement_id, s.pool_id, to_char(s.period, 'YYYY-MM') as period,
    coalesce(s.last_day, (s.period + interval '1 month - 1 day')::date) as last_day,
    s.revision,
    case when r.settlement_id is null then 'settled' else 'replaced' end as state,
    s.rules_version, s.outcome, s.applied_rule,
    coalesce(z.members_at_risk, 0) as members_at_risk, coalesce(z.deaths, 0) as deaths,
    s.carried_in_cents, s.pot_cents, s.credits_cents, s.carried_out_cents, s.group_gain,
    seal.number as seal_number, seal.head,
    utc_text(s.recorded_at) as recorded_at
from settlement s
left join settlement_size z on z.settlement_id = s.settlement_id
left join settlement_reversal r on r.settlement_id = s.settlement_id
left join settlement_seal seal on seal.settlement_id = s.settlement_id;

create view settlement_run_record as
select r.pool_id, to_char(r.period, 'YYYY-MM') as period, r.settlement_id, r.state,
    case r.state when 'computed' then r.members else 0 end as members_done, r.frozen as members_frozen,
    r.members, r.revision
from settlement_run r;

create view member_settlement_record as
select l.member_id, to_char(s.period, 'YYYY-MM') as period, s.revision, l.fate, l.at_risk_cents,
    l.q, l.credit_cents
from settlement_line l
join current_settlement s on s.settlement_id = l.settlement_id;

-- The settlement of a pool of any size in one statement: for pools whose inputs fit
-- one page. Refuses if they have changed since.
create function settle_at_once(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_period date, p_settlement_id uuid, p_inputs_sha256 text,
    p_result text, p_ages text, p_rates text, p_fates text, p_credits text, p_estates text
) returns json
language plpgsql security definer set search_path from current set jit = off
    set work_mem = '128MB' as $$
declare
    v_state json;
    v_run settlement_run;
    v_next pool_period;
    v_sha256 text;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_state := settlement_state(p_pool_id, p_period);
    if v_state -> 'settled' is not null then
        return remember(p_actor, p_key, v_state -> 'settled');
    end if;
    v_next := require_next_period(p_pool_id, p_period);
    v_run := begin_run(p_pool_id, p_period, p_settlement_id, p_actor, p_now);
    delete from settlement_run_line where settlement_id = p_settlement_id;
    with candidate as materialized (
        select * from candidates(p_pool_id, p_period, v_next.last_day, v_next.replaced,
            '00000000-0000-0000-0000-000000000000', v_run.members)
    ), frozen as (
        insert into settlement_run_line (settlement_id, ordinal, member_id, birth_date, sex,
            enrolled_on, died_on, death_confirmed, cash_cents, securities, securities_cents)
        select p_settlement_id, row_number() over (order by c.member_id), c.* from candidate c
    )
    select encode(sha256(convert_to(
        coalesce(string_agg(c::text, E'\n' order by c.member_id), ''), 'UTF8')), 'hex')
    into v_sha256
    from candidate c;
    if v_sha256 is distinct from p_inputs_sha256 then
        perform refuse(409, 'inputs-changed', '',
            'members or balances changed while the period was being settled: try again');
    end if;
    update settlement_run set state = 'frozen', frozen = members
    where settlement_id = p_settlement_id;
    perform compute_lines(p_settlement_id, p_result::json, p_ages::integer[],
        p_rates::integer[], p_fates::smallint[], p_credits::bigint[], p_estates::bigint[]);
    perform publish(p_settlement_id, p_actor, p_now);
    delete from settlement_run_line where settlement_id = p_settlement_id;
    return remember(p_actor, p_key,
        (select to_json(r) from settlement_record r where r.settlement_id = p_settlement_id));
end $$;

-- The last step of a large settlement.
create function publish_settlement(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz, p_settlement_id uuid
) returns json
language plpgsql security definer set search_path from current set jit = off
    set work_mem = '128MB' as $$
declare
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    if not exists (select from settlement where settlement_id = p_settlement_id) then
        perform publish(p_settlement_id, p_actor, p_now);
    end if;
    return remember(p_actor, p_key,
        (select to_json(r) from settlement_record r where r.settlement_id = p_settlement_id));
end $$;

create function publish(p_settlement_id uuid, p_actor text, p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_run settlement_run;
    v_next pool_period;
begin
    select * into v_run from settlement_run where settlement_id = p_settlement_id;
    if not found or v_run.state <> 'computed' then
        perform refuse(409, 'inputs-changed', '', 'the settlement was begun anew: try again');
    end if;
    v_next := require_next_period(v_run.pool_id, v_run.period);
    if (v_next.revision, v_next.carried_in_cents, v_next.rules_version)
        is distinct from (v_run.revision, v_run.carried_in_cents, v_run.rules_version)
    then
        perform refuse(409, 'inputs-changed', '', 'an earlier period was settled anew: try again');
    end if;

    insert into settlement (settlement_id, pool_id, period, last_day, revision, replaces,
        rules_version, outcome, applied_rule, carried_in_cents, pot_cents, credits_cents,
        carried_out_cents, group_gain, inputs_sha256, recorded_at, recorded_by)
    select p_settlement_id, v_run.pool_id, v_run.period, v_run.last_day, v_run.revision,
        v_run.replaces, v_run.rules_version, s.outcome, s.applied_rule, v_run.carried_in_cents,
        s.pot_cents, s.pot_cents - s.carried_out_cents, s.carried_out_cents, s.group_gain,
        v_run.result -> 'lines' ->> 'root', p_now, p_actor
    from json_to_record(v_run.result -> 'sharing') as s (
        outcome text, applied_rule text, pot_cents bigint, carried_out_cents bigint,
        group_gain text);
    perform reverse_settlements(v_next.replaced, p_settlement_id, p_actor, p_now);
    perform post_forfeitures(p_settlement_id, v_run.pool_id, v_run.last_day, p_actor, p_now);
    perform post_credits(p_settlement_id, v_run.pool_id, v_run.last_day, p_actor, p_now);
    perform seal(v_run, p_actor, p_now);
    delete from settlement_run where settlement_id = p_settlement_id;
end $$;

-- The next link of the pool's chain: its text names the head before it, so that no
-- earlier link can be changed without all later ones.
create function seal(p_run settlement_run, p_actor text, p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_previous settlement_seal;
    v_sharing json := p_run.result -> 'sharing';
    v_document text;
begin
    select * into v_previous from settlement_seal
    where pool_id = p_run.pool_id order by number desc limit 1;
    v_document := concat('{"applied_rule":', v_sharing -> 'applied_rule',
        ',"carried_in_cents":', v_sharing -> 'carried_in_cents',
        ',"carried_out_cents":', v_sharing -> 'carried_out_cents',
        ',"engine_sha256":', v_sharing -> 'engine_sha256',
        ',"first_day":"', p_run.period,
        '","group_gain":', v_sharing -> 'group_gain',
        ',"journal":', replace(replace((p_run.result -> 'journal')::text, ' : ', ':'), ', ', ','),
        ',"last_day":"', p_run.last_day,
        '","lines":', replace(replace((p_run.result -> 'lines')::text, ' : ', ':'), ', ', ','),
        ',"number":', coalesce(v_previous.number, 0) + 1,
        ',"outcome":', v_sharing -> 'outcome',
        ',"pool_id":"', p_run.pool_id,
        '","pot_cents":', v_sharing -> 'pot_cents',
        ',"previous":"', coalesce(v_previous.head, repeat('0', 64)),
        '","recorded_at":"', utc_text(p_now),
        '","recorded_by":', json_text(p_actor),
        ',"replaces":', coalesce('"' || p_run.replaces || '"', 'null'),
        ',"revision":', p_run.revision,
        ',"rules":', (select r.rules from pool_rules_record r
            where r.pool_id = p_run.pool_id and r.rules_version = p_run.rules_version),
        ',"rules_version":', p_run.rules_version,
        ',"settlement_id":"', p_run.settlement_id, '"}');
    insert into settlement_seal (settlement_id, pool_id, number, document, head, tiles)
    values (p_run.settlement_id, p_run.pool_id, coalesce(v_previous.number, 0) + 1, v_document,
        encode(sha256(convert_to(v_document, 'UTF8')), 'hex'), p_run.tiles);
end $$;
