-- Merkle trees of RFC 9162, section 2.1, and the leaves of settlements and journal.
--
-- A list of nodes is one value of 32 octets each. The scalar functions have bodies that
-- are parsed once, so that they need no search_path and are inlined into the statements
-- over all lines: a call would cost more than what it computes.

-- The level above: pairs are joined, an odd last node moves up.
create function merkle_parents(p_nodes bytea) returns bytea
language sql immutable set search_path from current as $$
    select string_agg(
        case when i * 64 + 64 <= length(p_nodes)
            then sha256('\x01'::bytea || substr(p_nodes, i * 64 + 1, 64))
            else substr(p_nodes, i * 64 + 1, 32)
        end, ''::bytea order by i)
    from generate_series(0, (length(p_nodes) - 1) / 64) as i;
$$;

-- The level of the tiles (the roots of 256 leaves each) and the root.
create function merkle_tree(p_leaves bytea, out tiles bytea, out root bytea)
language plpgsql immutable set search_path from current as $$
declare
    v_nodes bytea := coalesce(p_leaves, '');
begin
    if length(v_nodes) = 0 then
        tiles := '';
        root := sha256('');
        return;
    end if;
    for v_height in 1 .. 8 loop
        v_nodes := merkle_parents(v_nodes);
    end loop;
    tiles := v_nodes;
    while length(v_nodes) > 32 loop
        v_nodes := merkle_parents(v_nodes);
    end loop;
    root := v_nodes;
end $$;

create function leaf_hash(p_text text) returns bytea
language sql stable
return sha256('\x00'::bytea || convert_to(p_text, 'UTF8'));

-- The leaf of a settlement's line: all that the line was computed from and all that
-- came of it, as JSON with sorted names and no spaces (RFC 8785).
create function line_leaf(l settlement_line) returns text
language sql stable
return concat('{"age_months":', coalesce(l.age_months::text, 'null'),
    ',"cash_cents":', l.cash_cents,
    ',"credit_cents":', l.credit_cents,
    ',"estate_cents":', l.estate_cents,
    ',"fate":"', l.fate,
    '","member_id":"', l.member_id,
    '","q":', coalesce('"' || l.q || '"', 'null'),
    ',"securities_cents":', l.securities_cents,
    ',"sex":"', l.sex, '"}');

create function json_text(p_text text) returns text
language sql stable
return coalesce(to_json(p_text)::text, 'null');

-- The leaf of a journal entry, and that of a posting.
create function entry_leaf(e journal_entry) returns text
language sql stable
return concat('{"actor":', json_text(e.actor),
    ',"effective_on":"', e.effective_on,
    '","entry_id":', e.entry_id,
    ',"kind":"', e.kind,
    '","metadata":', coalesce(e.metadata::text, 'null'),
    ',"reason":', json_text(e.reason),
    ',"recorded_at":"', utc_text(e.recorded_at),
    '","reverses":', coalesce(e.reverses::text, 'null'),
    ',"settlement_id":', coalesce('"' || e.settlement_id || '"', 'null'),
    ',"source":', json_text(e.source), '}');

create function posting_leaf(p_entry_id bigint, a account, p_amount bigint, p_after bigint)
returns text
language sql stable
return concat('{"account":"', a.kind,
    '","amount_minor":', p_amount,
    ',"asset_id":"', a.asset_id,
    '","balance_after_minor":', p_after,
    ',"entry_id":', p_entry_id,
    ',"member_id":', coalesce('"' || a.member_id || '"', 'null'), '}');

-- The leaves of a stretch of a pool's journal. Their order is entry_id, account,
-- member_id, asset_id, the texts by their octets: each entry, whose account is empty,
-- then its postings.
create function journal_leaves(p_pool_id uuid, p_from bigint, p_to bigint)
returns table (entry_id bigint, account text, member_id uuid, asset_id text, leaf text)
language sql stable
begin atomic
    select e.entry_id, '', null::uuid, '', entry_leaf(e)
    from journal_entry e
    where e.pool_id = p_pool_id and e.entry_id between p_from and p_to
    union all
    select p.entry_id, a.kind, a.member_id, a.asset_id,
        posting_leaf(p.entry_id, a, p.amount_minor, p.balance_after_minor)
    from posting p
    join account a on a.account_id = p.account_id
    where a.pool_id = p_pool_id and p.entry_id between p_from and p_to;
end;
