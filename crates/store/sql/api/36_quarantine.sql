-- What could not be applied, and what an operator does about it.

create view quarantined_event_record as
select e.event_id, e.event_type, e.state, e.reason,
    utc_text(timestamptz 'epoch' + e.created_at_ns / 1000 * interval '1 microsecond') as created_at,
    utc_text(e.received_at) as received_at, e.retries,
    utc_text(e.dismissed_at) as dismissed_at, e.dismissed_by, e.dismissed_because
from webhook_event e;

-- A page of the events in quarantine, the p_limit after p_after.
create function quarantine_page(p_after uuid, p_limit bigint) returns json
language sql stable security definer set search_path from current set jit = off as $$
    with page as (
        select r.*, row_number() over (order by r.event_id) as position
        from (
            select * from quarantined_event_record
            where state = 'quarantined' and event_id > p_after
            order by event_id limit p_limit + 1
        ) r
    )
    select json_build_object(
        'items', coalesce(json_agg(json_build_object(
            'event_id', event_id, 'event_type', event_type, 'reason', reason,
            'created_at', created_at, 'received_at', received_at, 'retries', retries)
            order by position) filter (where position <= p_limit), '[]'),
        'next', case when count(*) > p_limit
            then max(event_id::text) filter (where position = p_limit) end)
    from page;
$$;

-- An event with its text, as it was kept. Null if there is no such event.
create function webhook_event_text(p_event_id uuid) returns json
language sql stable security definer set search_path from current set jit = off as $$
    select json_build_object('event', (
            select to_json(r) from quarantined_event_record r where r.event_id = e.event_id),
        'webhook_id', e.webhook_id, 'key_id', e.key_id, 'profile', e.profile,
        'fingerprint', coalesce(e.fingerprint, e.event_id),
        'raw', e.raw, 'sealed', encode(e.sealed, 'base64'), 'sealed_with', e.sealed_with,
        'purged_at', utc_text(e.purged_at))
    from webhook_event e
    where e.event_id = p_event_id;
$$;

-- Ends the statement unless the event is in quarantine, or was dismissed from there.
create function require_quarantined(p_event_id uuid) returns webhook_event
language plpgsql set search_path from current as $$
declare
    v_event webhook_event;
begin
    select * into v_event from webhook_event where event_id = p_event_id for update;
    if not found then
        perform refuse(404, 'not-found', '', 'there is no such event');
    end if;
    if v_event.state not in ('quarantined', 'dismissed') then
        perform refuse(409, 'event-not-quarantined', '', 'the event is not in quarantine');
    end if;
    return v_event;
end $$;

-- Applies an event as it is read now: p_reason says why it still cannot be, or p_effect
-- what it says.
create function retry_event(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_event_id uuid, p_reason text, p_effect text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_event webhook_event;
    v_reason text := nullif(p_reason, '');
    v_effect jsonb := nullif(p_effect, '')::jsonb;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_event := require_quarantined(p_event_id);
    if v_event.purged_at is not null then
        perform refuse(409, 'event-purged', '', 'the text of the event was removed');
    end if;
    -- What another event's id stands for is not for this one to say.
    if v_event.reason = 'id-reused' then
        v_reason := v_event.reason;
    end if;
    update webhook_event
    set retries = retries + 1, reason = v_reason,
        state = case
            when v_reason is not null then 'quarantined'
            when v_effect ->> 'effect' = 'none' then 'stored'
            else 'applied' end,
        applied_at = case when v_reason is null and v_effect ->> 'effect' <> 'none' then p_now end
    where event_id = p_event_id;
    if v_reason is null and v_effect ->> 'effect' <> 'none' then
        perform apply_each(jsonb_build_array(v_effect || jsonb_build_object(
            'event_id', p_event_id, 'as_of_ns', coalesce(v_event.created_at_ns, 0))), p_now);
        perform judge_steps(array[(v_effect -> 'state' ->> 'object_id')::uuid], p_now);
    end if;
    return remember(p_actor, p_key,
        (select to_json(r) from quarantined_event_record r where r.event_id = p_event_id));
end $$;

-- Leaves an event as it is, with a note.
create function dismiss_event(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_event_id uuid, p_note text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_event webhook_event;
    v_reply json := replayed(p_actor, p_key, p_request_hash, p_now);
begin
    if v_reply is not null then
        return v_reply;
    end if;
    v_event := require_quarantined(p_event_id);
    if v_event.state = 'dismissed' then
        perform refuse(409, 'event-not-quarantined', '', 'the event was dismissed already');
    end if;
    update webhook_event
    set state = 'dismissed', dismissed_at = p_now, dismissed_by = p_actor,
        dismissed_because = p_note
    where event_id = p_event_id;
    return remember(p_actor, p_key,
        (select to_json(r) from quarantined_event_record r where r.event_id = p_event_id));
end $$;

-- Removes the text of events that arrived before p_before, but not of those that wait in
-- quarantine; or of all that name a member's user, account groups or accounts. At most
-- p_limit at a time. Ids stay, and what the ledger took from the events.
create function purge_events(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_before timestamptz, p_member_id uuid, p_limit bigint
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_named uuid[];
    v_purged bigint;
    v_reply json := replayed(p_actor, p_key, p_request_hash, p_now);
begin
    if v_reply is not null then
        return v_reply;
    end if;
    if p_member_id is not null then
        v_named := named_ids(p_member_id);
        if v_named is null then
            perform refuse(422, 'unknown-member', '/member_id', 'there is no such member');
        end if;
    end if;
    update webhook_event e
    set raw = null, sealed = null, sealed_with = null, purged_at = p_now
    where e.event_id in (
        select w.event_id from webhook_event w
        where v_named is null and w.received_at < p_before
            and w.purged_at is null and w.state <> 'quarantined'
        union all
        select w.event_id from webhook_event w
        where w.subjects && v_named and w.purged_at is null
        limit p_limit);
    get diagnostics v_purged = row_count;
    return remember(p_actor, p_key,
        json_build_object('purged', v_purged, 'complete', v_purged < p_limit));
end $$;
