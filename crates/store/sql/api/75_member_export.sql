-- Everything that is held about a member, for the member.

-- A page of a member's export: lines of JSON, and the place of the next page, null after the
-- last of the section.
create function member_export_page(
    p_member_id uuid, p_section text, p_after text, p_limit bigint)
returns json
language plpgsql stable security definer set search_path from current set jit = off as $$
declare
    v_lines text;
    v_next text;
    v_named uuid[];
begin
    case p_section
    when 'member' then
        select string_agg(line, E'\n' order by rank, place) into v_lines
        from (
            select 1 as rank, '' as place, json_build_object('type', 'member', 'row',
                to_jsonb(m) || jsonb_build_object('birth_date_at_broker', u.birth_date))::text
                as line
            from member m
            left join broker_user u on u.user_id = m.upvest_user_id
            where m.member_id = p_member_id
            union all
            select 2, g.account_group_id::text, json_build_object('type', 'broker_account_group',
                'row', json_build_object('account_group_id', g.account_group_id,
                    'user_id', g.user_id, 'event_id', g.event_id,
                    'balance_cents', b.amount_minor))::text
            from member m
            join broker_account_group g on g.user_id = m.upvest_user_id
            left join broker_cash_balance b on b.account_group_id = g.account_group_id
            where m.member_id = p_member_id
            union all
            select 3, a.broker_account_id::text, json_build_object('type', 'broker_account',
                'row', to_json(a),
                'positions', (select json_agg(to_json(p)) from broker_position p
                    where p.broker_account_id = a.broker_account_id))::text
            from member m
            join broker_account_group g on g.user_id = m.upvest_user_id
            join broker_account a on a.account_group_id = g.account_group_id
            where m.member_id = p_member_id
            union all
            select 4, lpad(b.version::text, 19, '0') || lpad(b.position::text, 19, '0'),
                json_build_object('type', 'beneficiary', 'row', to_json(b))::text
            from beneficiary b where b.member_id = p_member_id
            union all
            select 5, utc_text(d.recorded_at),
                json_build_object('type', 'death', 'row', to_json(d))::text
            from death d where d.member_id = p_member_id
            union all
            select 6, utc_text(p.requested_at) || p.payout_id,
                json_build_object('type', 'payout', 'row', to_json(p))::text
            from payout p where p.member_id = p_member_id
            union all
            select 7, utc_text(e.erased_at),
                json_build_object('type', 'erasure', 'row', to_json(e))::text
            from member_erasure e where e.member_id = p_member_id
        ) line;
    when 'objects' then
        select string_agg(json_build_object('type', 'broker_object', 'row', to_jsonb(o)
                || jsonb_build_object('steps', (
                    select json_agg(json_build_object('event_id', s.event_id,
                        'status', s.status, 'state', s.state) order by s.as_of_ns)
                    from broker_step s
                    where s.object_id = o.object_id and s.category = o.category)))::text, E'\n'
                order by o.object_id, o.category)
        into v_lines
        from member m
        join broker_account_group g on g.user_id = m.upvest_user_id
        join broker_object o on o.account_group_id = g.account_group_id
        where m.member_id = p_member_id;
    when 'valuations' then
        select string_agg(line, E'\n' order by day, place) into v_lines
        from (
            select v.valued_on as day, v.asset_id || utc_text(v.recorded_at) as place,
                json_build_object('type', 'operator_valuation', 'row', to_json(v))::text as line
            from operator_valuation v where v.member_id = p_member_id
            union all
            select v.valued_on, p.asset_id || v.broker_account_id, json_build_object('type',
                'broker_valuation', 'row', json_build_object(
                    'broker_account_id', v.broker_account_id, 'valued_on', v.valued_on,
                    'asset_id', p.asset_id, 'quantity_minor', p.quantity_minor,
                    'value_cents', p.value_cents, 'event_id', v.event_id))::text
            from member m
            join broker_account_group g on g.user_id = m.upvest_user_id
            join broker_account b on b.account_group_id = g.account_group_id
            join broker_valuation v on v.broker_account_id = b.broker_account_id
            join broker_valuation_position p on p.event_id = v.event_id
            where m.member_id = p_member_id
        ) line;
    when 'journal' then
        -- The entries whole where they are the member's alone; of those that others are part
        -- of, the member's postings.
        with page as (
            select distinct p.entry_id
            from account a
            join posting p on p.account_id = a.account_id
            where a.member_id = p_member_id and p.entry_id > coalesce(p_after::bigint, 0)
            order by p.entry_id limit p_limit
        )
        select string_agg(concat('{"type":"entry","body":', entry_leaf(e), ',"postings":[',
                (select string_agg(posting_leaf(e.entry_id, a, p.amount_minor,
                        p.balance_after_minor), ',' order by a.kind, a.asset_id)
                    from account a
                    join posting p on p.account_id = a.account_id
                    where a.member_id = p_member_id and p.entry_id = e.entry_id),
                ']}'), E'\n' order by e.entry_id),
            case when count(*) = p_limit then max(e.entry_id)::text end
        into v_lines, v_next
        from page
        join journal_entry e on e.entry_id = page.entry_id;
    when 'settlements' then
        select string_agg(concat('{"type":"settlement_line","settlement_id":"', s.settlement_id,
                '","period":"', to_char(s.period, 'YYYY-MM'), '","revision":', s.revision,
                ',"replaced":', (r.settlement_id is not null)::text, ',"body":', line_leaf(l), '}'),
                E'\n' order by s.period, s.revision)
        into v_lines
        from settlement_line l
        join settlement s on s.settlement_id = l.settlement_id
        left join settlement_reversal r on r.settlement_id = s.settlement_id
        where l.member_id = p_member_id;
    when 'events' then
        v_named := named_ids(p_member_id);
        -- By the index of subjects: the planner expects so many that it would rather walk
        -- along all events.
        with named as materialized (
            select w.event_id from webhook_event w where w.subjects && v_named
        ), page as (
            select w.*
            from (
                select n.event_id from named n
                where n.event_id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')::uuid
                order by n.event_id limit p_limit
            ) n
            join webhook_event w on w.event_id = n.event_id
        )
        select string_agg(json_build_object('type', 'event', 'event_id', w.event_id,
                'event_type', w.event_type, 'received_at', utc_text(w.received_at),
                'state', w.state, 'text_is', case
                    when w.purged_at is not null then 'removed'
                    when w.sealed is not null then 'encrypted'
                    when o.others then 'about_others_too'
                    else 'here' end,
                'text', case when not o.others then w.raw end)::text, E'\n' order by w.event_id),
            case when count(*) = p_limit then max(w.event_id::text) end
        into v_lines, v_next
        from page w
        cross join lateral (
            select exists (
                select from member m
                where m.upvest_user_id = any (w.subjects) and m.member_id <> p_member_id) as others
        ) o;
    end case;
    return json_build_object('lines', coalesce(v_lines, ''), 'next', v_next);
end $$;
