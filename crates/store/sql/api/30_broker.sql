-- The broker's deliveries: each event kept, and applied once.

-- What applies to none but the event at hand must not hold back others; what says that
-- the database cannot do its work now must: the sender tries again.
create function is_passing(p_sqlstate text) returns boolean
language sql immutable set search_path from current as $$
    select left(p_sqlstate, 2) in ('08', '25', '40', '53', '55', '57', '58');
$$;

-- Puts events into quarantine.
create function quarantine(p_events uuid[], p_reason text) returns void
language sql set search_path from current as $$
    update webhook_event set state = 'quarantined', reason = p_reason, applied_at = null
    where event_id = any (p_events);
$$;

-- Applies effects, each with its event_id and as_of_ns. The caller holds the journal.
create function apply_effects(p_fresh jsonb, p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_kinds text[] := array(
        select distinct e.value ->> 'effect' from jsonb_array_elements(p_fresh) e);
begin
    if v_kinds && array['user', 'account_group', 'account'] then
        perform store_links(p_fresh);
    end if;
    if v_kinds && array['user', 'account_group', 'account', 'object'] then
        perform store_steps(p_fresh, p_now);
    end if;
    if v_kinds && array['security_transaction', 'position_snapshot', 'valuation'] then
        perform store_assets(p_fresh);
    end if;
    if v_kinds && array['cash_balance', 'position_snapshot'] then
        perform store_snapshots(p_fresh);
    end if;
    if 'valuation' = any (v_kinds) then
        perform store_valuations(p_fresh, p_now);
    end if;
    if v_kinds && array['cash_transaction', 'security_transaction'] then
        perform store_transactions(p_fresh, p_now);
    end if;
    perform post_transactions(array(
        select distinct coalesce(e.account_group_id, e.state ->> 'account_group_id')::uuid
        from jsonb_to_recordset(p_fresh) as e (effect text, account_group_id text, state jsonb)
        where effect in ('account_group', 'cash_transaction', 'security_transaction')
            or e.state ->> 'category' = 'WITHDRAWAL'), p_now);
end $$;

-- The same, one event at a time if together they cannot: an event that cannot be
-- applied goes into quarantine alone.
create function apply_each(p_fresh jsonb, p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_effect jsonb;
begin
    begin
        perform apply_effects(p_fresh, p_now);
        return;
    exception when others then
        if is_passing(sqlstate) then
            raise;
        end if;
    end;
    for v_effect in select value from jsonb_array_elements(p_fresh) loop
        begin
            perform apply_effects(jsonb_build_array(v_effect), p_now);
        exception when others then
            if is_passing(sqlstate) then
                raise;
            end if;
            perform quarantine(array[(v_effect ->> 'event_id')::uuid], 'not-applicable');
        end;
    end loop;
end $$;

-- Notes how late events are.
create function note_lag(p_lag_s numeric, p_now timestamptz) returns void
language plpgsql set search_path from current as $$
begin
    insert into webhook_lag (minute, seconds) values (date_trunc('minute', p_now), p_lag_s)
    on conflict (minute) do update set seconds = excluded.seconds
        where webhook_lag.seconds < excluded.seconds;
    delete from webhook_lag where minute < p_now - interval '2 hours';
end $$;

-- Stores the events of a delivery whose ids are new, of each id the first. In the order of
-- the ids, so that of two deliveries with the same events one waits for the other, and never
-- each for the other. Gives how many it stored, how many of these have no effect, the effects
-- of the others, and which of the others is the oldest by the broker's clock.
create function store_events(
    p_delivery jsonb, p_now timestamptz,
    out stored bigint, out idle bigint, out effects jsonb, out oldest_ns bigint)
language plpgsql set search_path from current as $$
begin
    with incoming as materialized (
        select distinct on (e.event_id) e.*,
            case
                when e.reason is not null then 'quarantined'
                when e.effect ->> 'effect' = 'none' then 'stored'
                else 'applied'
            end as state
        from rows from (jsonb_to_recordset(p_delivery -> 'events') as (
            event_id uuid, event_type text, webhook_id uuid, created_at_ns bigint,
            fingerprint uuid, subjects uuid[], raw text, sealed text, sealed_with text,
            reason text, effect jsonb)) with ordinality
            as e (event_id, event_type, webhook_id, created_at_ns, fingerprint, subjects, raw,
                sealed, sealed_with, reason, effect, place)
        order by e.event_id, e.place
    ), fresh as (
        insert into webhook_event (event_id, event_type, webhook_id, created_at_ns, received_at,
            key_id, profile, fingerprint, subjects, raw, sealed, sealed_with, state, reason,
            applied_at)
        select i.event_id, i.event_type, i.webhook_id, i.created_at_ns, p_now,
            p_delivery ->> 'key_id', p_delivery ->> 'profile', i.fingerprint, i.subjects, i.raw,
            decode(i.sealed, 'base64'), i.sealed_with, i.state, i.reason,
            case when i.state = 'applied' then p_now end
        from incoming i
        order by i.event_id
        on conflict (event_id) do nothing
        returning event_id
    )
    select count(*), count(*) filter (where i.state = 'stored'),
        jsonb_agg(i.effect || jsonb_build_object(
            'event_id', i.event_id, 'as_of_ns', coalesce(i.created_at_ns, 0))
            order by i.place) filter (where i.state = 'applied'),
        min(i.created_at_ns) filter (where i.state = 'applied')
    into stored, idle, effects, oldest_ns
    from incoming i
    join fresh f on f.event_id = i.event_id;
end $$;

-- Of a delivery what comes under the id of another event and says something else, as events
-- for the quarantine: each under its fingerprint.
create function reused_ids(p_delivery jsonb) returns jsonb
language plpgsql stable set search_path from current as $$
begin
    return p_delivery || jsonb_build_object('events', (
        select coalesce(jsonb_agg(e.event || jsonb_build_object(
            'event_id', e.event ->> 'fingerprint', 'reason', 'id-reused') order by e.place), '[]')
        from jsonb_array_elements(p_delivery -> 'events') with ordinality as e (event, place)
        join webhook_event w on w.event_id = (e.event ->> 'event_id')::uuid
        where w.fingerprint <> (e.event ->> 'fingerprint')::uuid));
end $$;

-- Stores a verified delivery and applies its events, each id once. Answers with how many
-- events were new. What comes under the id of another event is kept beside it, in quarantine.
--
-- What it stores nobody else sees or changes until the end: it waits for the journal only
-- then, so that the next delivery is stored while this one is applied.
create function ingest(p_delivery text, p_now timestamptz) returns json
language plpgsql security definer set search_path from current set jit = off
-- A session plans each statement once, and not five times more.
set plan_cache_mode = force_generic_plan as $$
declare
    v_delivery jsonb := p_delivery::jsonb;
    v_arrived integer := jsonb_array_length(v_delivery -> 'events');
    v_new record;
    v_reused bigint := 0;
begin
    perform set_config('retire.counts_arrivals', 'itself', true);
    v_new := store_events(v_delivery, p_now);
    p_now := take_journal(p_now);
    if v_new.stored < v_arrived then
        v_reused := (store_events(reused_ids(v_delivery), p_now)).stored;
    end if;
    update webhook_arrival a set events = a.events
        + case a.state when 'stored' then v_new.idle else v_new.stored - v_new.idle + v_reused end;
    if v_new.oldest_ns is not null then
        perform note_lag(round(extract(epoch from p_now) - v_new.oldest_ns / 1e9, 3), p_now);
    end if;
    if v_new.effects is not null then
        perform apply_each(v_new.effects, p_now);
    end if;
    return json_build_object('fresh', v_new.stored + v_reused);
end $$;
