-- Publishing a settlement: what it replaces is taken back, its entries are posted and
-- it is sealed, in one statement.

create view settlement_record as
select s.settlement_id, s.pool_id, to_char(s.period, 'YYYY-MM') as period,
    coalesce(s.last_day, (s.period + interval '1 month - 1 day')::date) as last_day,
    s.revision,
    case when r.settlement_id is null then 'settled' else 'replaced' end as state,
    s.rules_version, s.outcome, s.applied_rule,
    (select count(*) from settlement_line l
        where l.settlement_id = s.settlement_id and l.q is not null) as members_at_risk,
    (select count(*) from settlement_line l
        where l.settlement_id = s.settlement_id and l.fate <> 'survived') as deaths,
    s.carried_in_cents, s.pot_cents, s.credits_cents, s.carried_out_cents, s.group_gain,
    seal.number as seal_number, seal.head,
    utc_text(s.recorded_at) as recorded_at
from settlement s
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

-- Takes back what these settlements posted, on the days on which they did, and gives
-- their dead what was booked for them since.
create function reverse_settlements(
    p_settlements uuid[], p_replaced_by uuid, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_entries entry_draft[];
    v_postings posting_draft[];
    v_settlement uuid;
begin
    if cardinality(p_settlements) = 0 then
        return;
    end if;
    select array_agg(row('reversal:' || e.entry_id, e.pool_id, e.kind, e.effective_on,
            e.settlement_id, e.entry_id, 'the deaths of the period changed', null)::entry_draft
            order by e.entry_id desc)
    into v_entries
    from journal_entry e
    where e.settlement_id = any (p_settlements) and e.reverses is null
        and not exists (select from journal_entry r where r.reverses = e.entry_id);
    if v_entries is not null then
        select array_agg(r.posting) into v_postings
        from reversals(array(select (e).reverses from unnest(v_entries) e)) r;
        perform post(v_entries, v_postings, true, p_actor, p_now);
    end if;

    foreach v_settlement in array p_settlements loop
        perform move_later_bookings(v_settlement, 'returned', '-infinity', p_actor, p_now);
    end loop;
    insert into settlement_reversal (settlement_id, replaced_by, recorded_at)
    select s, p_replaced_by, p_now from unnest(p_settlements) s;
end $$;

-- Moves what was booked for the dead of a settlement after p_after, day by day: 'later'
-- from the member's account to the holder of what the dead left, 'returned' back from
-- there. What was paid out from the estate stays the estate's: it is the estate that it
-- is moved to, whoever holds the rest.
create function move_later_bookings(
    p_settlement_id uuid, p_direction text, p_after date, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_prefix text := 'settlement:' || p_settlement_id || ':' || p_direction || ':';
    v_entries entry_draft[];
    v_postings posting_draft[];
begin
    with dead as (
        select l.member_id, s.pool_id,
            case l.fate when 'left_to_pool' then 'pool' else 'estate' end as holder
        from settlement_line l
        join settlement s on s.settlement_id = l.settlement_id
        where l.settlement_id = p_settlement_id and l.fate <> 'survived'
    ), booked as (
        select d.member_id, d.pool_id, d.holder, a.kind, a.asset_id, e.effective_on as day,
            p.amount_minor as amount,
            a.kind = 'estate' and e.settlement_id is null and (e.source like 'payout:%'
                or exists (select from journal_entry o
                    where o.entry_id = e.reverses and o.source like 'payout:%')) as from_estate
        from dead d
        join account a on a.member_id = d.member_id and a.kind in ('member', 'pool', 'estate')
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where e.effective_on > p_after
    ), moved as (
        select member_id, pool_id, asset_id, day, 'member' as kind, -amount as amount
        from booked where p_direction = 'later' and kind = 'member'
        union all
        select member_id, pool_id, asset_id, day, holder, amount
        from booked where p_direction = 'later' and kind = 'member'
        union all
        select member_id, pool_id, asset_id, day, holder, -amount
        from booked where p_direction = 'later' and from_estate
        union all
        select member_id, pool_id, asset_id, day, 'estate', amount
        from booked where p_direction = 'later' and from_estate
        union all
        select member_id, pool_id, asset_id, day, kind, -amount
        from booked where p_direction = 'returned' and kind <> 'member'
        union all
        select member_id, pool_id, asset_id, day, 'member', amount
        from booked where p_direction = 'returned' and kind <> 'member'
    ), netted as (
        select pool_id, day, kind, member_id, asset_id, sum(amount)::bigint as amount
        from moved
        group by pool_id, day, kind, member_id, asset_id
        having sum(amount) <> 0
    )
    select
        (select array_agg(row(v_prefix || day, pool_id, 'forfeiture', day, p_settlement_id, null,
                null, null)::entry_draft order by day)
            from (select distinct pool_id, day from netted) d),
        array_agg(row(v_prefix || day, kind, member_id, asset_id, amount)::posting_draft)
    into v_entries, v_postings
    from netted;
    if v_entries is not null then
        perform post(v_entries, v_postings, true, p_actor, p_now);
    end if;
end $$;

-- What the dead leave, on the period's last day: the pool takes over what they held and
-- pays the pot for their stakes, and the estate for what was not at stake. What is
-- booked for them later follows. An entry has the dead of at most a thousand lines.
create function post_forfeitures(
    p_settlement_id uuid, p_pool_id uuid, p_last_day date, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_entries entry_draft[];
    v_postings posting_draft[];
begin
    with dead as (
        select member_id, at_risk_cents, estate_cents,
            case fate when 'left_to_pool' then 'pool' else 'estate' end as holder,
            'settlement:' || settlement_id || ':forfeiture:' || leaf_index / 1000 as source
        from settlement_line
        where settlement_id = p_settlement_id and fate <> 'survived'
    ), held as (
        select d.source, d.member_id, d.holder, a.asset_id,
            sum(p.amount_minor)::bigint as amount
        from dead d
        join account a on a.member_id = d.member_id and a.kind = 'member'
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where e.effective_on <= p_last_day
        group by d.source, d.member_id, d.holder, a.asset_id
    ), moved as (
        select source, 'member' as kind, member_id, asset_id, -amount as amount from held
        union all
        select source, holder, member_id, asset_id, amount from held
        union all
        select source, 'pool', member_id, 'EUR', -at_risk_cents from dead where holder = 'pool'
        union all
        select source, 'estate', member_id, 'EUR', estate_cents from dead where holder = 'pool'
        union all
        select source, 'pot', null, 'EUR', at_risk_cents - estate_cents
        from dead where holder = 'pool'
    ), netted as (
        select source, kind, member_id, asset_id, sum(amount)::bigint as amount
        from moved
        group by source, kind, member_id, asset_id
        having sum(amount) <> 0
    )
    select (select array_agg(row(source, p_pool_id, 'forfeiture', p_last_day, p_settlement_id,
                null, null, null)::entry_draft order by length(source), source)
            from (select distinct source from netted) s),
        array_agg(row(source, kind, member_id, asset_id, amount)::posting_draft)
    into v_entries, v_postings
    from netted;
    if v_entries is not null then
        perform post(v_entries, v_postings, true, p_actor, p_now);
    end if;
    perform move_later_bookings(p_settlement_id, 'later', p_last_day, p_actor, p_now);
end $$;

-- The credits: an entry for each thousand lines. Set-based and apart from post, since a
-- pool of a million has a million of them; in the order of the accounts, so that the
-- indexes grow at their ends.
create function post_credits(
    p_settlement_id uuid, p_pool_id uuid, p_last_day date, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_source text := 'settlement:' || p_settlement_id || ':credit:';
    v_pot bigint;
    v_pot_minor bigint;
begin
    if not exists (select from settlement_line
        where settlement_id = p_settlement_id and credit_cents > 0)
    then
        return;
    end if;
    insert into account (pool_id, kind, member_id, asset_id)
    select p_pool_id, case l.fate when 'survived' then 'member' else 'estate' end, l.member_id, 'EUR'
    from settlement_line l
    where l.settlement_id = p_settlement_id and l.credit_cents > 0
        and not exists (select from account a
            where a.member_id = l.member_id and a.asset_id = 'EUR'
                and a.kind = case l.fate when 'survived' then 'member' else 'estate' end)
    union all
    select p_pool_id, 'pot', null, 'EUR'
    on conflict do nothing;
    select a.account_id, coalesce(b.amount_minor, 0) into strict v_pot, v_pot_minor
    from account a
    left join balance b on b.account_id = a.account_id
    where a.pool_id = p_pool_id and a.kind = 'pot' and a.asset_id = 'EUR';

    insert into journal_entry (pool_id, kind, effective_on, recorded_at, actor, source,
        settlement_id)
    select p_pool_id, 'longevity_credit', p_last_day, p_now, p_actor, v_source || part,
        p_settlement_id
    from (
        select distinct leaf_index / 1000 as part
        from settlement_line where settlement_id = p_settlement_id and credit_cents > 0
    ) parts
    order by part;
    with credited as materialized (
        select e.entry_id, a.account_id, l.credit_cents as amount, b.amount_minor as before
        from settlement_line l
        join journal_entry e on e.settlement_id = p_settlement_id
            and e.source = v_source || (l.leaf_index / 1000)
        join account a on a.member_id = l.member_id and a.asset_id = 'EUR'
            and a.kind = case l.fate when 'survived' then 'member' else 'estate' end
        left join balance b on b.account_id = a.account_id
        where l.settlement_id = p_settlement_id and l.credit_cents > 0
    ), posted as (
        insert into posting (entry_id, account_id, amount_minor, balance_after_minor)
        select entry_id, account_id, amount, coalesce(before, 0) + amount
        from credited
        order by account_id
    ), posted_pot as (
        insert into posting (entry_id, account_id, amount_minor, balance_after_minor)
        select entry_id, v_pot, -amount, v_pot_minor - sum(amount) over (order by entry_id)
        from (select entry_id, sum(amount) as amount from credited group by entry_id) part
    ), moved as (
        update balance b
        set amount_minor = b.amount_minor + c.amount
        from credited c
        where c.account_id = b.account_id and c.before is not null
    ), opened as (
        insert into balance (account_id, amount_minor)
        select account_id, amount from credited where before is null
    )
    insert into balance (account_id, amount_minor)
    select v_pot, -sum(amount) from credited
    on conflict (account_id) do update
        set amount_minor = balance.amount_minor + excluded.amount_minor;
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
