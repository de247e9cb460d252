-- What all commands share: the one writer, refusals, the caller's key.
--
-- Functions that components call are security definers and run without the
-- just-in-time compiler: statements of milliseconds would wait for it for half a
-- second.

-- Writers of the journal take turns: a settlement sees a journal that stands
-- still, balances need no other lock, and events that are linked by two
-- concurrent deliveries cannot miss each other.
--
-- Gives the time of recording.
create function take_journal(p_now timestamptz) returns timestamptz
language plpgsql set search_path from current as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('retire.journal', 0));
    return recording_time(p_now);
end $$;

-- The time of recording: that of the turn and not of the request, which may have waited;
-- never before that of the last entry.
create function recording_time(p_now timestamptz) returns timestamptz
language plpgsql volatile set search_path from current as $$
begin
    return greatest(p_now, clock_timestamp(),
        (select recorded_at from journal_entry order by entry_id desc limit 1));
end $$;

-- Waits for the writer whose turn it is, so that what was known at p_known_at is the
-- same whenever it is asked. Turns of before five minutes ended before: no component's
-- statement lasts so long.
create function await_journal(p_known_at timestamptz) returns void
language plpgsql set search_path from current as $$
begin
    if p_known_at > clock_timestamp() - interval '5 minutes' then
        perform pg_advisory_xact_lock_shared(hashtextextended('retire.journal', 0));
    end if;
end $$;

-- A time at which all that was recorded before has been seen and all that is recorded
-- later comes later.
create function journal_time(p_now timestamptz) returns text
language plpgsql security definer set search_path from current set jit = off as $$
begin
    perform await_journal('infinity');
    return utc_text(recording_time(p_now));
end $$;

-- Ends the statement with a problem: an HTTP status, a stable code, a JSON
-- pointer to the field, an explanation.
create function refuse(p_status integer, p_code text, p_pointer text, p_detail text) returns void
language plpgsql set search_path from current as $$
begin
    raise exception using
        errcode = 'RT' || p_status, message = p_code, hint = p_pointer, detail = p_detail;
end $$;

-- What this key was answered before, null if nothing. A key that was used for another
-- request is refused.
create function first_reply(p_actor text, p_key text, p_request_hash text) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_earlier idempotency;
begin
    select * into v_earlier from idempotency where actor = p_actor and key = p_key;
    if v_earlier.request_hash <> p_request_hash then
        perform refuse(422, 'idempotency-key-reused', '', 'the key was used for another request');
    end if;
    return v_earlier.reply;
end $$;

-- Takes the key. The reply that was given to it before, null if there was none. Concurrent
-- statements with the same key wait here for the first.
create function replayed(p_actor text, p_key text, p_request_hash text, p_now timestamptz)
returns json
language plpgsql set search_path from current as $$
begin
    insert into idempotency (actor, key, request_hash, recorded_at)
    values (p_actor, p_key, p_request_hash, p_now)
    on conflict do nothing;
    if found then
        return null;
    end if;
    return first_reply(p_actor, p_key, p_request_hash);
end $$;

create function remember(p_actor text, p_key text, p_reply json) returns json
language plpgsql set search_path from current as $$
begin
    update idempotency set reply = p_reply where actor = p_actor and key = p_key;
    return p_reply;
end $$;

create function require_pool(p_pool_id uuid) returns pool
language plpgsql stable set search_path from current as $$
declare
    v_pool pool;
begin
    select * into v_pool from pool where pool_id = p_pool_id;
    if not found then
        perform refuse(404, 'unknown-pool', '', 'there is no such pool');
    end if;
    return v_pool;
end $$;

-- Ends the statement unless the pool has the member.
create function require_member(p_pool_id uuid, p_member_id uuid, p_status integer, p_pointer text)
returns member
language plpgsql stable set search_path from current as $$
declare
    v_member member;
begin
    select * into v_member from member where pool_id = p_pool_id and member_id = p_member_id;
    if not found then
        if p_status = 404 then
            perform refuse(404, 'not-found', '', 'the pool has no such member');
        end if;
        perform refuse(422, 'unknown-member', p_pointer, 'the pool has no such member');
    end if;
    return v_member;
end $$;

-- A command begins: the journal is taken, and what the key was answered before is
-- given; null if the command is new. p_now is then the time of recording.
create function begin_command(
    p_actor text, p_key text, p_request_hash text, inout p_now timestamptz, out reply json)
language plpgsql set search_path from current as $$
begin
    p_now := take_journal(p_now);
    reply := replayed(p_actor, p_key, p_request_hash, p_now);
end $$;

create function utc_text(p_time timestamptz) returns text
language sql stable as $$
    select to_char(p_time at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
$$;
