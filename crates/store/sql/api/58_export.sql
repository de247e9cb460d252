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

-- A page of a pool's export as it was known at a time, however long the export takes:
-- lines of JSON, and the place of the next page, null after the last of the section. What
-- is hashed is exported as the text that was. Rows are of the columns that this release knows:
-- the next one adds columns while this one still answers.
create function export_page(
    p_pool_id uuid, p_known_at timestamptz, p_section text, p_after text, p_limit bigint)
returns json
language plpgsql stable security definer set search_path from current set jit = off
    -- A page is a small part, which the planner has to know: for any part it would read all
    -- accounts.
    set plan_cache_mode = force_custom_plan as $$
declare
    v_after uuid := case
        when p_section in ('members', 'deaths', 'payouts', 'beneficiaries', 'valuations')
        then coalesce(p_after, '00000000-0000-0000-0000-000000000000')::uuid end;
    v_first bigint;
    v_last bigint;
    v_lines text;
    v_next text;
begin
    case p_section
    when 'pool' then
        select string_agg(line, E'\n' order by rank, place) into v_lines
        from (
            select 1 as rank, '' as place,
                json_build_object('type', 'pool', 'row', r)::text as line
            from pool p
            cross join lateral (
                select p.pool_id, p.name, p.currency, p.first_period, p.recorded_at, p.recorded_by
            ) r
            where p.pool_id = p_pool_id
            union all
            select 2, t.table_id, json_build_object('type', 'table', 'row', row)::text
            from mortality_table t
            cross join lateral (
                select t.table_id, t.name, t.version, t.document, t.recorded_at, t.recorded_by
            ) row
            where exists (select from pool_rules r
                where r.pool_id = p_pool_id and r.recorded_at <= p_known_at
                    and (r.mortality_table = t.table_id
                        or strpos(r.document, to_json(t.table_id)::text) > 0))
            union all
            select 3, lpad(r.rules_version::text, 19, '0'),
                json_build_object('type', 'rules', 'row', row)::text
            from pool_rules r
            cross join lateral (
                select r.pool_id, r.rules_version, r.mortality_table, r.closing, r.fractional_age,
                    r.sharing_rule, r.recorded_at, r.recorded_by, r.document, r.from_period
            ) row
            where r.pool_id = p_pool_id and r.recorded_at <= p_known_at
        ) line;
    when 'members' then
        select string_agg(json_build_object('type', 'member', 'row', r)::text, E'\n'
                order by m.member_id), max(m.member_id::text) into v_lines, v_next
        from (select * from member m where m.pool_id = p_pool_id and m.member_id > v_after
                and m.recorded_at <= p_known_at
            order by m.member_id limit p_limit) m
        cross join lateral (
            select m.member_id, m.pool_id, m.upvest_user_id, m.sex, m.birth_date, m.enrolled_on,
                m.recorded_at, m.recorded_by, c.closed_on, c.closed_at, c.closed_by
            from (select) row
            left join (select m.closed_on, m.closed_at, m.closed_by) c
                on c.closed_at <= p_known_at
        ) r;
    when 'deaths' then
        select string_agg(json_build_object('type', 'death', 'row', r)::text, E'\n'
                order by d.death_id), max(d.death_id::text) into v_lines, v_next
        from (select d.* from death d join member m on m.member_id = d.member_id
            where m.pool_id = p_pool_id and d.death_id > v_after and d.recorded_at <= p_known_at
            order by d.death_id limit p_limit) d
        cross join lateral (
            select d.death_id, d.member_id, d.died_on, d.recorded_at, d.recorded_by,
                c.confirmed_at, c.confirmed_by, w.withdrawn_at, w.withdrawn_by, w.withdrawn_because
            from (select) row
            left join (select d.confirmed_at, d.confirmed_by) c on c.confirmed_at <= p_known_at
            left join (select d.withdrawn_at, d.withdrawn_by, d.withdrawn_because) w
                on w.withdrawn_at <= p_known_at
        ) r;
    when 'payouts' then
        select string_agg(json_build_object('type', 'payout', 'row', r)::text, E'\n'
                order by p.payout_id), max(p.payout_id::text) into v_lines, v_next
        from (select * from payout p where p.pool_id = p_pool_id and p.payout_id > v_after
                and p.requested_at <= p_known_at
            order by p.payout_id limit p_limit) p
        cross join lateral (
            select p.payout_id, p.pool_id, p.member_id, p.account_kind, p.amount_cents,
                p.requested_on, p.requested_at, p.requested_by, c.paid_on, c.transaction_id,
                c.confirmed_at, c.confirmed_by, v.voided_at, v.voided_by, v.voided_because
            from (select) row
            left join (select p.paid_on, p.transaction_id, p.confirmed_at, p.confirmed_by) c
                on c.confirmed_at <= p_known_at
            left join (select p.voided_at, p.voided_by, p.voided_because) v
                on v.voided_at <= p_known_at
        ) r;
    when 'beneficiaries' then
        -- Whole members.
        with page as (
            select b.member_id
            from beneficiary b
            join member m on m.member_id = b.member_id
            where m.pool_id = p_pool_id and b.recorded_at <= p_known_at
                and b.member_id > v_after
            order by b.member_id limit p_limit
        )
        select string_agg(json_build_object('type', 'beneficiary', 'row', r)::text, E'\n'
                order by b.member_id, b.version, b.position), max(b.member_id::text)
        into v_lines, v_next
        from beneficiary b
        cross join lateral (
            select b.member_id, b.version, b.position, b.reference, b.share_ppm, b.recorded_at,
                b.recorded_by
        ) r
        where b.member_id in (select member_id from page) and b.recorded_at <= p_known_at;
    when 'valuations' then
        -- Whole members.
        with page as (
            select v.member_id
            from operator_valuation v
            join member m on m.member_id = v.member_id
            where m.pool_id = p_pool_id and v.recorded_at <= p_known_at
                and v.member_id > v_after
            order by v.member_id limit p_limit
        )
        select string_agg(json_build_object('type', 'valuation', 'row', r)::text, E'\n'
                order by v.member_id, v.valued_on, v.asset_id, v.recorded_at),
            max(v.member_id::text)
        into v_lines, v_next
        from operator_valuation v
        cross join lateral (
            select v.member_id, v.valued_on, v.asset_id, v.recorded_at, v.quantity_minor,
                v.value_cents, v.recorded_by
        ) r
        where v.member_id in (select member_id from page) and v.recorded_at <= p_known_at;
    when 'journal' then
        -- Whole entries, of about p_limit postings.
        select min(page.entry_id), max(page.entry_id) into v_first, v_last
        from (
            select e.entry_id
            from journal_entry e
            join posting p on p.entry_id = e.entry_id
            where e.pool_id = p_pool_id and e.entry_id > coalesce(p_after::bigint, 0)
                and e.recorded_at <= p_known_at
            order by e.entry_id limit p_limit
        ) page;
        select string_agg(concat('{"type":"', case l.account when '' then 'entry' else 'posting' end,
                '","leaf":"', encode(leaf_hash(l.leaf), 'hex'), '","body":', l.leaf, '}'), E'\n'
                order by l.entry_id, l.account collate "C", l.member_id, l.asset_id collate "C"),
            max(l.entry_id)::text
        into v_lines, v_next
        from journal_leaves(p_pool_id, v_first, v_last) l;
    when 'settlements' then
        select concat('{"type":"settlement","row":', to_json(r), ',"head":"', e.head,
                '","tiles":"', encode(e.tiles, 'hex'), '","seal":', e.document, '}'),
            e.number::text
        into v_lines, v_next
        from settlement s
        cross join lateral (
            select s.settlement_id, s.pool_id, s.period, s.rules_version, s.outcome,
                s.carried_in_cents, s.pot_cents, s.credits_cents, s.carried_out_cents,
                s.group_gain, s.inputs_sha256, s.recorded_at, s.recorded_by, s.revision,
                s.last_day, s.replaces, s.applied_rule
        ) r
        join settlement_seal e on e.settlement_id = s.settlement_id
        where s.pool_id = p_pool_id and e.number > coalesce(p_after::bigint, 0)
            and s.recorded_at <= p_known_at
        order by e.number limit 1;
    when 'reversals' then
        select string_agg(json_build_object('type', 'settlement_reversal', 'row', row)::text, E'\n'
            order by r.settlement_id) into v_lines
        from settlement_reversal r
        cross join lateral (select r.settlement_id, r.replaced_by, r.recorded_at) row
        join settlement s on s.settlement_id = r.settlement_id
        where s.pool_id = p_pool_id and r.recorded_at <= p_known_at;
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
