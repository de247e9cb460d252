-- What leaves the database for those who verify: documents, proofs, the whole pool.

create view settlement_seal_record as
select s.pool_id, to_char(t.period, 'YYYY-MM') as period, t.revision, s.settlement_id, s.number,
    s.document, s.head, encode(s.tiles, 'hex') as tiles,
    (s.document::json -> 'lines' ->> 'leaves')::bigint as leaves
from settlement_seal s
join settlement t on t.settlement_id = s.settlement_id;

-- The leaves of a settlement from p_first on, and what goes before the next page.
create function settlement_leaves(p_settlement_id uuid, p_first bigint, p_limit bigint)
returns json
language sql stable security definer set search_path from current set jit = off as $$
    select json_build_object('leaves', coalesce(json_agg(line_leaf(l) order by l.leaf_index), '[]'))
    from settlement_line l
    where l.settlement_id = p_settlement_id
        and l.leaf_index >= p_first and l.leaf_index < p_first + p_limit;
$$;

-- The seal of a pool's current settlement of a period with a member's leaf and its tile.
-- Null if there is none.
create function settlement_proof(p_pool_id uuid, p_period date, p_member_id uuid) returns json
language sql stable security definer set search_path from current set jit = off as $$
    select json_build_object('settlement_id', s.settlement_id, 'seal', e.document, 'head', e.head,
        'tiles', encode(e.tiles, 'hex'),
        'leaf_index', l.leaf_index,
        'leaves', (e.document::json -> 'lines' ->> 'leaves')::bigint,
        'tile', (select json_agg(encode(leaf_hash(line_leaf(t)), 'hex') order by t.leaf_index)
            from settlement_line t
            where t.settlement_id = s.settlement_id
                and t.leaf_index >= l.leaf_index / 256 * 256
                and t.leaf_index < l.leaf_index / 256 * 256 + 256),
        'line', line_leaf(l))
    from current_settlement s
    join settlement_seal e on e.settlement_id = s.settlement_id
    join settlement_line l on l.settlement_id = s.settlement_id and l.member_id = p_member_id
    where s.pool_id = p_pool_id and s.period = p_period;
$$;

-- A page of a pool's export: lines of JSON, and the place of the next page, null after
-- the last of the section. What is hashed is exported as the text that was.
create function export_page(p_pool_id uuid, p_section text, p_after text, p_limit bigint)
returns json
language plpgsql stable security definer set search_path from current set jit = off as $$
declare
    v_lines text;
    v_next text;
begin
    case p_section
    when 'pool' then
        select string_agg(line, E'\n' order by rank, line) into v_lines
        from (
            select 1 as rank, json_build_object('type', 'pool', 'row', p)::text as line
            from pool p where p.pool_id = p_pool_id
            union all
            select 2, json_build_object('type', 'table', 'row', t)::text
            from mortality_table t
            where exists (select from pool_rules r
                where r.pool_id = p_pool_id and r.document like '%' || t.table_id || '%')
            union all
            select 3, json_build_object('type', 'rules', 'row', r)::text
            from pool_rules r where r.pool_id = p_pool_id
        ) line;
    when 'members' then
        select string_agg(json_build_object('type', 'member', 'row', m)::text, E'\n'
                order by m.member_id), max(m.member_id::text) into v_lines, v_next
        from (select * from member m where m.pool_id = p_pool_id
            and m.member_id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')::uuid
            order by m.member_id limit p_limit) m;
    when 'deaths' then
        select string_agg(json_build_object('type', 'death', 'row', d)::text, E'\n'
                order by d.death_id), max(d.death_id::text) into v_lines, v_next
        from (select d.* from death d join member m on m.member_id = d.member_id
            where m.pool_id = p_pool_id
                and d.death_id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')::uuid
            order by d.death_id limit p_limit) d;
    when 'payouts' then
        select string_agg(json_build_object('type', 'payout', 'row', d)::text, E'\n'
                order by d.payout_id), max(d.payout_id::text) into v_lines, v_next
        from (select * from payout d where d.pool_id = p_pool_id
                and d.payout_id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')::uuid
            order by d.payout_id limit p_limit) d;
    when 'journal' then
        -- Whole entries, of about p_limit postings.
        with page as (
            select e.entry_id
            from journal_entry e
            join posting p on p.entry_id = e.entry_id
            where e.pool_id = p_pool_id and e.entry_id > coalesce(p_after::bigint, 0)
            order by e.entry_id limit p_limit
        )
        select string_agg(concat('{"type":"', case l.account when '' then 'entry' else 'posting' end,
                '","leaf":"', encode(leaf_hash(l.leaf), 'hex'), '","body":', l.leaf, '}'), E'\n'
                order by l.entry_id, l.account collate "C", l.member_id, l.asset_id collate "C"), max(l.entry_id)::text
        into v_lines, v_next
        from journal_leaves(p_pool_id, (select min(entry_id) from page),
            (select max(entry_id) from page)) l;
    when 'settlements' then
        select concat('{"type":"settlement","row":', to_json(s), ',"head":"', e.head,
                '","tiles":"', encode(e.tiles, 'hex'), '","seal":', coalesce(e.document, 'null'), '}'),
            coalesce(e.number, 0)::text
        into v_lines, v_next
        from settlement s
        join settlement_seal e on e.settlement_id = s.settlement_id
        where s.pool_id = p_pool_id and e.number > coalesce(p_after::bigint, 0)
        order by e.number limit 1;
    when 'reversals' then
        select string_agg(json_build_object('type', 'settlement_reversal', 'row', r)::text, E'\n'
            order by r.settlement_id) into v_lines
        from settlement_reversal r
        join settlement s on s.settlement_id = r.settlement_id
        where s.pool_id = p_pool_id;
    else
        -- The lines of one settlement: `lines/<settlement>`.
        select string_agg(concat('{"type":"line","leaf":"',
                encode(leaf_hash(line_leaf(l)), 'hex'), '","body":', line_leaf(l), '}'), E'\n'
                order by l.leaf_index), max(l.leaf_index)::text
        into v_lines, v_next
        from settlement_line l
        where l.settlement_id = substr(p_section, 7)::uuid
            and l.leaf_index > coalesce(p_after::bigint, -1)
            and l.leaf_index <= coalesce(p_after::bigint, -1) + p_limit;
    end case;
    return json_build_object('lines', coalesce(v_lines, ''), 'next', v_next);
end $$;
