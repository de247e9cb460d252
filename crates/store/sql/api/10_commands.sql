-- What all commands share: the one writer, refusals, the caller's key.
--
-- Functions that components call are security definers and run without the
-- just-in-time compiler: statements of milliseconds would wait for it for half a
-- second.

-- Writers of the journal take turns: a settlement sees a journal that stands
-- still, balances need no other lock, and events that are linked by two
-- concurrent deliveries cannot miss each other.
create function take_journal() returns void
language sql set search_path from current as $$
    select pg_advisory_xact_lock(hashtextextended('retire.journal', 0));
$$;

-- Ends the statement with a problem: an HTTP status, a stable code, a JSON
-- pointer to the field, an explanation.
create function refuse(p_status integer, p_code text, p_pointer text, p_detail text) returns void
language plpgsql set search_path from current as $$
begin
    raise exception using
        errcode = 'RT' || p_status, message = p_code, hint = p_pointer, detail = p_detail;
end $$;

-- The reply that was given to this key before, null if there was none. Concurrent
-- statements with the same key wait here for the first.
create function replayed(p_actor text, p_key text, p_request_hash text, p_now timestamptz)
returns json
language plpgsql set search_path from current as $$
declare
    v_earlier idempotency;
begin
    insert into idempotency (actor, key, request_hash, recorded_at)
    values (p_actor, p_key, p_request_hash, p_now)
    on conflict do nothing;
    if found then
        return null;
    end if;
    select * into strict v_earlier from idempotency where actor = p_actor and key = p_key;
    if v_earlier.request_hash <> p_request_hash then
        perform refuse(422, 'idempotency-key-reused', '', 'the key was used for another request');
    end if;
    return v_earlier.reply;
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

-- The month that is to be settled next.
create view pool_period as
select p.pool_id, coalesce(
    (select (max(s.period) + interval '1 month')::date from settlement s
        where s.pool_id = p.pool_id),
    p.first_period) as next_period
from pool p;

-- Who owns what a member's broker accounts hold: the member, or after a settled
-- death the pool or the estate, from the last day of the month of death.
create view member_holder as
select m.member_id,
    case l.fate when 'left_to_pool' then 'pool' when 'left_to_estate' then 'estate'
        else 'member' end as holder,
    (s.period + interval '1 month - 1 day')::date as left_on
from member m
left join settlement_line l on l.member_id = m.member_id and l.fate <> 'survived'
left join settlement s on s.settlement_id = l.settlement_id;
