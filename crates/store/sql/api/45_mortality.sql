-- Life tables that operators uploaded. Those that are shipped are in the component.

create view mortality_table_record as
select t.table_id as id, t.name, t.document ->> 'source' as source,
    t.document ->> 'licence' as licence, t.document ->> 'period' as period, t.version,
    (t.document ->> 'first_age')::bigint as first_age,
    to_char(t.recorded_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as recorded_at
from mortality_table t;

-- The document of a table, null if there is none of this id.
create function mortality_document(p_table_id text) returns json
language sql stable security definer set search_path from current set jit = off as $$
    select document from mortality_table where table_id = p_table_id;
$$;

-- Records a table: the next version of its name. The same table again is the same
-- row.
create function upload_mortality_table(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_table_id text, p_document text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_name text := p_document::json ->> 'name';
    v_reply json;
begin
    v_reply := replayed(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    -- Versions of a name are counted one upload after the other.
    perform pg_advisory_xact_lock(hashtextextended('retire.mortality:' || v_name, 0));
    insert into mortality_table (table_id, name, version, document, recorded_at, recorded_by)
    select p_table_id, v_name,
        coalesce((select max(version) from mortality_table where name = v_name), 0) + 1,
        p_document::json, p_now, p_actor
    on conflict (table_id) do nothing;
    return remember(p_actor, p_key,
        (select to_json(r) from mortality_table_record r where r.id = p_table_id));
end $$;
