-- Who reads, and how ids are hidden.

-- What `ask` said of the caller for this transaction: `audience`, `member_id`, `as_of`,
-- `known_at`. Null if it said nothing.
create function caller(p_field text) returns text
language sql stable as $$
    select nullif(current_setting('retire.caller', true), '')::jsonb ->> p_field;
$$;

-- An id of no other use, the same for the same id.
create function pseudonym(p_id uuid, p_inner bytea, p_outer bytea) returns uuid
language sql immutable as $$
    select encode(substr(sha256(p_outer || sha256(p_inner || uuid_send(p_id))), 1, 16), 'hex')::uuid;
$$;
create function pseudonym(p_id bigint, p_inner bytea, p_outer bytea) returns bigint
language sql immutable as $$
    select ('x' || encode(substr(sha256(p_outer || sha256(p_inner || int8send(p_id))), 1, 8),
        'hex'))::bit(64)::bigint;
$$;

-- The pools whose figures tell nothing of a single member.
create view large_pool as
select p.pool_id
from pool p
where exists (select from member m where m.pool_id = p.pool_id offset 19);

-- A cell of a CSV file (RFC 4180): quoted, and a text that a spreadsheet would take for a
-- formula begins with an apostrophe (OWASP, CSV injection).
create function csv_text(p_text text) returns text
language sql immutable as $$
    -- =, +, -, @, tab, carriage return and line feed, told by their codes: a pattern takes
    -- as long as all else of a row.
    select '"' || case when ascii(p_text) in (61, 43, 45, 64, 9, 13, 10) then '''' else '' end
        || replace(p_text, '"', '""') || '"';
$$;

-- The seal of a cursor: whoever lacks the key cannot make one.
create function cursor_seal(p_text text) returns text
language sql stable security definer set search_path from current as $$
    select encode(sha256(k.cursor_outer_key
        || sha256(k.cursor_inner_key || convert_to(p_text, 'UTF8'))), 'hex')
    from data_key k;
$$;
