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
        perform store_valuations(p_fresh);
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

-- Stores a verified delivery and applies its events, each id once. Answers with
-- how many events were new. What comes under the id of another event and says
-- something else is kept beside it, in quarantine.
create function ingest(p_delivery text, p_now timestamptz) returns json
language plpgsql security definer set search_path from current set jit = off
-- A session plans each statement once, and not five times more.
set plan_cache_mode = force_generic_plan as $$
declare
    v_delivery jsonb := p_delivery::jsonb;
    v_fresh jsonb;
    v_events bigint;
    v_lag_s numeric;
begin
    p_now := take_journal(p_now);

    with arrived as (
        select e.*
        from rows from (jsonb_to_recordset(v_delivery -> 'events') as (
            event_id uuid, event_type text, webhook_id uuid, created_at_ns bigint,
            fingerprint uuid, subjects uuid[], raw text, sealed text, sealed_with text,
            reason text, effect jsonb)) with ordinality
            as e (event_id, event_type, webhook_id, created_at_ns, fingerprint, subjects, raw,
                sealed, sealed_with, reason, effect, position)
    ), told as (
        select a.*, coalesce(w.fingerprint, case when w.event_id is null then
            first_value(a.fingerprint) over (partition by a.event_id order by a.position) end)
            <> a.fingerprint as is_another
        from arrived a
        left join webhook_event w on w.event_id = a.event_id
    ), incoming as (
        select distinct on (1)
            case when is_another then fingerprint else event_id end as event_id,
            event_type, webhook_id, created_at_ns, fingerprint, subjects, raw,
            sealed, sealed_with, effect, position,
            case when is_another then 'id-reused' else reason end as reason
        from told
        order by 1, position
    ), stored as (
        insert into webhook_event (event_id, event_type, webhook_id, created_at_ns, received_at,
            key_id, profile, fingerprint, subjects, raw, sealed, sealed_with, state, reason,
            applied_at)
        select event_id, event_type, webhook_id, created_at_ns, p_now,
            v_delivery ->> 'key_id', v_delivery ->> 'profile', fingerprint, subjects, raw,
            decode(sealed, 'base64'), sealed_with,
            case
                when reason is not null then 'quarantined'
                when effect ->> 'effect' = 'none' then 'stored'
                else 'applied'
            end,
            reason,
            case when reason is null and effect ->> 'effect' <> 'none' then p_now end
        from incoming
        order by position
        on conflict (event_id) do nothing
        returning event_id
    )
    select count(*), jsonb_agg(
        i.effect || jsonb_build_object(
            'event_id', i.event_id, 'as_of_ns', coalesce(i.created_at_ns, 0))
        order by i.position) filter (where i.reason is null and i.effect ->> 'effect' <> 'none'),
        round(extract(epoch from p_now) - min(i.created_at_ns) filter (
            where i.reason is null and i.effect ->> 'effect' <> 'none') / 1e9, 3)
    into v_events, v_fresh, v_lag_s
    from incoming i
    join stored using (event_id);

    if v_lag_s is not null then
        perform note_lag(v_lag_s, p_now);
    end if;
    if v_fresh is not null then
        perform apply_each(v_fresh, p_now);
    end if;
    return json_build_object('fresh', v_events);
end $$;
