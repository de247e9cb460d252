-- A settlement on its way: its inputs are frozen, its lines computed, and then it is
-- published at once. Each step survives on its own; readers see only the progress.

-- Begins a run: from now on nothing is booked into the period. A run for another
-- period, which a late death overtook, is given up.
create function begin_run(
    p_pool_id uuid, p_period date, p_settlement_id uuid, p_actor text, p_now timestamptz
) returns settlement_run
language plpgsql set search_path from current as $$
declare
    v_next pool_period := require_next_period(p_pool_id, p_period);
    v_run settlement_run;
begin
    delete from settlement_run where pool_id = p_pool_id;
    insert into settlement_run (settlement_id, pool_id, period, last_day, revision, replaces,
        rules_version, carried_in_cents, members, state, started_at, started_by)
    values (p_settlement_id, p_pool_id, p_period, v_next.last_day, v_next.revision,
        v_next.replaces, v_next.rules_version, v_next.carried_in_cents,
        (select count(*) from participants(p_pool_id, v_next.last_day, v_next.replaced)),
        'freezing', p_now, p_actor)
    returning * into v_run;
    return v_run;
end $$;

create function run_document(p_run settlement_run) returns json
language sql stable set search_path from current as $$
    select json_build_object('settlement_id', p_run.settlement_id, 'state', p_run.state,
        'frozen', p_run.frozen, 'members', p_run.members);
$$;

-- The first step of a large settlement.
create function start_settlement(
    p_pool_id uuid, p_period date, p_settlement_id uuid, p_actor text, p_now timestamptz
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_run settlement_run;
begin
    p_now := take_journal(p_now);
    select * into v_run from settlement_run where pool_id = p_pool_id and period = p_period;
    if not found then
        v_run := begin_run(p_pool_id, p_period, p_settlement_id, p_actor, p_now);
    end if;
    return run_document(v_run);
end $$;

-- Freezes the next members' inputs. Nothing that they depend on is booked any more,
-- so it needs no lock on the journal: only on the run.
create function freeze_members(p_settlement_id uuid, p_limit bigint) returns json
language plpgsql security definer set search_path from current set jit = off
    set work_mem = '128MB' as $$
declare
    v_run settlement_run;
    v_replaced uuid[];
    v_count bigint;
begin
    select * into v_run from settlement_run where settlement_id = p_settlement_id for update;
    if not found then
        perform refuse(409, 'inputs-changed', '', 'the settlement was begun anew: try again');
    end if;
    if v_run.state <> 'freezing' then
        return run_document(v_run);
    end if;
    if v_run.frozen = 0 then
        -- What earlier runs of the pool left behind.
        delete from settlement_run_line l
        where l.settlement_id <> p_settlement_id
            and not exists (select from settlement_run r where r.settlement_id = l.settlement_id);
        delete from settlement_run_line l where l.settlement_id = p_settlement_id;
    end if;
    select replaced into v_replaced
    from pool_period where pool_id = v_run.pool_id and next_period = v_run.period;
    -- A late death made an earlier period due: what is replaced now is not what this run
    -- replaces, though the death may be withdrawn before it is published.
    if not found then
        perform refuse(409, 'inputs-changed', '', 'an earlier period is to be settled first');
    end if;
    insert into settlement_run_line (settlement_id, ordinal, member_id, birth_date, sex,
        enrolled_on, died_on, death_confirmed, cash_cents, securities, securities_cents)
    select p_settlement_id, v_run.frozen + row_number() over (order by c.member_id), c.*
    from candidates(v_run.pool_id, v_run.period, v_run.last_day, v_replaced,
        coalesce((select member_id from settlement_run_line
                where settlement_id = p_settlement_id order by ordinal desc limit 1),
            '00000000-0000-0000-0000-000000000000'), p_limit) c;
    get diagnostics v_count = row_count;
    update settlement_run
    set frozen = frozen + v_count,
        state = case when v_count < p_limit then 'frozen' else state end,
        members = case when v_count < p_limit then frozen + v_count else members end
    where settlement_id = p_settlement_id
    returning * into v_run;
    if v_run.state = 'frozen' then
        analyze settlement_run_line;
    end if;
    return run_document(v_run);
end $$;

-- A page of frozen candidates, in the form of candidate_page.
create function frozen_page(p_settlement_id uuid, p_after bigint, p_limit bigint) returns json
language sql stable security definer set search_path from current set jit = off as $$
    select json_build_object('sha256', '', 'candidates', coalesce(
        json_agg(json_build_array(c.member_id, c.birth_date, c.sex, c.enrolled_on, c.died_on,
            c.death_confirmed, c.cash_cents, c.securities, c.securities_cents)
            order by c.ordinal), '[]'))
    from settlement_run_line c
    where c.settlement_id = p_settlement_id and c.ordinal > p_after
        and c.ordinal <= p_after + p_limit;
$$;

-- Gives up a run that cannot be settled as it is.
create function give_up_settlement(p_settlement_id uuid) returns json
language plpgsql security definer set search_path from current set jit = off as $$
begin
    delete from settlement_run where settlement_id = p_settlement_id;
    return json_build_object('given_up', p_settlement_id);
end $$;

-- Takes what was computed: for each candidate in the order of the ordinals the age in
-- months, the index of the rate (0: not at risk), the fate (0 survived, 1 left to the
-- pool, 2 to the estate, 3 no line), the credit, and what goes to the estate.
create function compute_lines(
    p_settlement_id uuid, p_result json, p_ages integer[], p_rates integer[],
    p_fates smallint[], p_credits bigint[], p_estates bigint[]
) returns void
language plpgsql set search_path from current as $$
declare
    v_run settlement_run;
    v_rates text[] := array(select json_array_elements_text(p_result -> 'rates'));
    v_leaves bytea;
    v_tree record;
    v_journal record;
begin
    select * into v_run from settlement_run where settlement_id = p_settlement_id for update;
    if not found or v_run.state <> 'frozen' or v_run.frozen <> coalesce(cardinality(p_ages), 0) then
        perform refuse(409, 'inputs-changed', '', 'the settlement was begun anew: try again');
    end if;
    -- An attempt that was given up between this step and the next.
    if exists (select from settlement_line where settlement_id = p_settlement_id) then
        delete from settlement_line where settlement_id = p_settlement_id;
    end if;

    with line as (
        insert into settlement_line (settlement_id, leaf_index, member_id, fate, at_risk_cents, q,
            credit_cents, sex, age_months, cash_cents, securities_cents, estate_cents)
        select p_settlement_id, row_number() over (order by i.ordinal) - 1, i.member_id,
            (array['survived', 'left_to_pool', 'left_to_estate'])[u.fate + 1],
            i.cash_cents + i.securities_cents, rate.q,
            u.credit, i.sex, u.age, i.cash_cents, i.securities_cents, u.estate
        from settlement_run_line i
        join unnest(p_ages, p_rates, p_fates, p_credits, p_estates) with ordinality
            as u (age, rate, fate, credit, estate, ordinal) on u.ordinal = i.ordinal
        left join unnest(v_rates) with ordinality as rate (q, index) on rate.index = u.rate
        where i.settlement_id = p_settlement_id and u.fate < 3
        returning leaf_index, leaf_hash(line_leaf(settlement_line)) as leaf
    )
    select string_agg(leaf, ''::bytea order by leaf_index) into v_leaves from line;
    -- A million new rows of which the planner knows nothing would be joined one by one.
    if v_run.frozen > 10000 then
        analyze settlement_line;
    end if;
    select * into v_tree from merkle_tree(v_leaves);
    v_journal := seal_journal(v_run.pool_id);

    update settlement_run
    set state = 'computed', tiles = v_tree.tiles,
        result = json_build_object('sharing', p_result::jsonb - 'rates',
            'lines', json_build_object('leaves', coalesce(length(v_leaves) / 32, 0),
                'root', encode(v_tree.root, 'hex')),
            'journal', json_build_object('from', v_journal.first, 'leaves', v_journal.leaves,
                'root', encode(v_journal.root, 'hex'), 'to', v_journal.last))
    where settlement_id = p_settlement_id;
    perform check_settlement(p_settlement_id);
end $$;

-- The stretch of the pool's journal since the last seal, and its root.
create function seal_journal(
    p_pool_id uuid, out first bigint, out last bigint, out leaves bigint, out root bytea)
language plpgsql stable set search_path from current as $$
declare
    v_leaves bytea;
begin
    first := coalesce((
        select (s.document::json -> 'journal' ->> 'to')::bigint + 1
        from settlement_seal s where s.pool_id = p_pool_id
        order by s.number desc limit 1), 1);
    last := coalesce((select max(e.entry_id) from journal_entry e where e.pool_id = p_pool_id), 0);
    select string_agg(leaf_hash(l.leaf), ''::bytea
        order by l.entry_id, l.account collate "C", l.member_id, l.asset_id collate "C")
    into v_leaves
    from journal_leaves(p_pool_id, first, last) l;
    leaves := coalesce(length(v_leaves) / 32, 0);
    select t.root into root from merkle_tree(v_leaves) t;
    last := greatest(last, first - 1);
end $$;

create function compute_settlement(
    p_settlement_id uuid, p_result text, p_ages text, p_rates text, p_fates text,
    p_credits text, p_estates text
) returns json
language plpgsql security definer set search_path from current set jit = off
    set work_mem = '128MB' as $$
begin
    perform compute_lines(p_settlement_id, p_result::json, p_ages::integer[],
        p_rates::integer[], p_fates::smallint[], p_credits::bigint[], p_estates::bigint[]);
    return (select run_document(r) from settlement_run r where r.settlement_id = p_settlement_id);
end $$;

-- A settlement conserves money, or it goes no further.
create function check_settlement(p_settlement_id uuid) returns void
language plpgsql stable set search_path from current as $$
declare
    v_run settlement_run;
    v_sharing json;
    v_left numeric;
    v_credits numeric;
    v_members bigint;
    v_dead_before bigint;
begin
    select * into strict v_run from settlement_run where settlement_id = p_settlement_id;
    v_sharing := v_run.result -> 'sharing';
    select coalesce(sum(at_risk_cents - estate_cents) filter (where fate = 'left_to_pool'), 0),
        coalesce(sum(credit_cents), 0),
        count(*) filter (where estate_cents > at_risk_cents
            or (fate = 'survived' and estate_cents > 0))
    into v_left, v_credits, v_members
    from settlement_line where settlement_id = p_settlement_id;
    select count(*) into v_dead_before
    from settlement_line l
    join settlement_line earlier on earlier.member_id = l.member_id
        and earlier.settlement_id <> p_settlement_id and earlier.fate <> 'survived'
    join current_settlement s on s.settlement_id = earlier.settlement_id and s.period < v_run.period
    where l.settlement_id = p_settlement_id and l.fate <> 'survived';
    if (v_sharing ->> 'carried_in_cents')::bigint <> v_run.carried_in_cents
        or (v_sharing ->> 'pot_cents')::bigint <> v_run.carried_in_cents + v_left
        or (v_sharing ->> 'pot_cents')::bigint
            <> v_credits + (v_sharing ->> 'carried_out_cents')::bigint
        or v_members > 0 or v_dead_before > 0
    then
        perform refuse(500, 'unbalanced-settlement', '', 'pot and credits do not add up');
    end if;
end $$;
