-- What an operator books: contributions, fees, reversals, valuations.

-- The first place in a batch at which an account would fall below zero, on any day.
create function first_overdraft(p_items json) returns bigint
language sql stable set search_path from current as $$
    with item as (
        select i.*
        from rows from (json_to_recordset(p_items) as (
            member_id uuid, amount_cents bigint, effective_on date)) with ordinality
            as i (member_id, amount_cents, effective_on, position)
    ), fee_day as materialized (
        -- The days of the fees tell: an account holds the least that it holds from one of
        -- them on in the end, too.
        select row_number() over () as place, member_id, effective_on as day
        from (select distinct member_id, effective_on from item) d
    ), held as materialized (
        select a.place, a.amount_minor
        from (
            select array_agg(member_id order by place) as members,
                array_agg('member'::text) as kinds, array_agg('EUR'::text) as assets,
                array_agg(day order by place) as days
            from fee_day
        ) f
        cross join lateral available(members, kinds, assets, days) a
    )
    select min(position)
    from (
        select i.position, h.amount_minor < sum(i.amount_cents)
            over (partition by d.member_id, d.day order by i.position) as short
        from item i
        join fee_day d on d.member_id = i.member_id and d.day >= i.effective_on
        join held h on h.place = d.place
    ) running
    where short;
$$;

-- Books a batch, all of it or nothing: each item an entry between a member's account
-- and a counter-account of the pool; v_sign says which way a positive amount goes.
create function book_items(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_kind text, p_batch_id uuid, p_items text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_pool pool;
    v_sign bigint := case p_kind when 'contribution' then 1 else -1 end;
    v_counter text := case p_kind when 'contribution' then 'broker' else 'fee' end;
    v_open_from date;
    v_overdraft bigint;
    v_entries entry_draft[];
    v_postings posting_draft[];
    v_wrong json;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_pool := require_pool(p_pool_id);
    -- What somebody pays in mends the periods that are to be settled again, too.
    select case p_kind when 'contribution' then unsettled_from else open_from end
    into strict v_open_from
    from pool_books where pool_id = p_pool_id;
    if p_kind <> 'contribution' then
        v_overdraft := first_overdraft(p_items::json);
    end if;

    with item as (
        select i.*, m.closed_on, m.holder, i.position = v_overdraft as short,
            'command:' || p_batch_id || ':' || i.position as source
        from rows from (json_to_recordset(p_items::json) as (
            member_id uuid, amount_cents bigint, currency text, effective_on date,
            metadata json)) with ordinality
            as i (member_id, amount_cents, currency, effective_on, metadata, position)
        -- One by one (offset 0): the planner takes any batch for one of a hundred, and would
        -- read all members for it.
        left join lateral (
            select m.closed_on, (select holder from member_holder
                where member_id = m.member_id) as holder
            from member m
            where m.member_id = i.member_id and m.pool_id = p_pool_id
            offset 0
        ) m on true
    )
    select (select to_json(r) from (
            select position - 1 as at, holder, currency, effective_on < v_open_from as settled,
                effective_on > closed_on as closed, short
            from item
            where holder is null or holder <> 'member' or currency <> v_pool.currency
                or effective_on < v_open_from or effective_on > closed_on or short
            order by position limit 1) r),
        array_agg(row(source, p_pool_id, p_kind, effective_on, null, null, null, metadata)::entry_draft
            order by position),
        array_agg(row(source, 'member', member_id, 'EUR', v_sign * amount_cents)::posting_draft
            order by position)
            || array_agg(row(source, v_counter, null, 'EUR', -v_sign * amount_cents)::posting_draft
                order by position)
    into v_wrong, v_entries, v_postings
    from item;

    if v_wrong is not null then
        perform refuse_item(v_wrong);
    end if;
    perform post(v_entries, v_postings, false, p_actor, p_now);
    return remember(p_actor, p_key, json_build_object(
        'batch_id', p_batch_id, 'kind', p_kind, 'entries', cardinality(v_entries),
        'first_entry_id', (select min(e.entry_id) from journal_entry e
            where e.source = v_entries[1].source),
        'sum_cents', (select sum(abs(p.amount_minor)) from unnest(v_postings) p
            where p.account_kind = 'member')));
end $$;

-- Says what is wrong with an item of a batch.
create function refuse_item(p_item json) returns void
language plpgsql set search_path from current as $$
declare
    v_at text := '/items/' || (p_item ->> 'at');
begin
    if p_item ->> 'holder' is null then
        perform refuse(422, 'unknown-member', v_at || '/member_id', 'the pool has no such member');
    elsif p_item ->> 'holder' <> 'member' then
        perform refuse(409, 'member-deceased', v_at || '/member_id',
            'the death of the member is settled');
    elsif (p_item ->> 'closed')::boolean then
        perform refuse(409, 'member-closed', v_at || '/effective_on', 'the membership ended before');
    elsif (p_item ->> 'short')::boolean then
        perform refuse(422, 'insufficient-balance', v_at || '/amount_cents',
            'the account would fall below zero');
    elsif (p_item ->> 'settled')::boolean then
        perform refuse(409, 'period-settled', v_at || '/effective_on',
            'the period is settled already');
    end if;
    perform refuse(422, 'currency-mismatch', v_at || '/currency', 'the pool has another currency');
end $$;

-- Takes an entry back. What that gives to an account or takes from it goes on to whoever
-- holds it by now: after a settled death not the member, and if that was replaced no
-- longer the estate.
create function take_back(
    p_entry bigint, p_on date, p_reason text, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_entry journal_entry;
    v_moved text := 'moved:' || p_entry;
    v_entries entry_draft[];
    v_postings posting_draft[];
    v_further posting_draft[];
begin
    select * into strict v_entry from journal_entry where entry_id = p_entry;
    v_entries := array[row('reversal:' || p_entry, v_entry.pool_id, v_entry.kind, p_on, null,
        p_entry, p_reason, null)];
    select array_agg(r.posting) into v_postings from reversals(array[p_entry]) r;
    with owed as (
        select p.account_kind, p.member_id, p.asset_id, p.amount_minor,
            case
                when p.account_kind = 'member' then h.holder
                when h.holder = 'member' then h.holder
                else p.account_kind
            end as held_by
        from unnest(v_postings) p
        join member_holder h on h.member_id = p.member_id
        where p.account_kind in ('member', 'estate')
    )
    select array_agg(row(v_moved, account_kind, member_id, asset_id, -amount_minor)::posting_draft)
        || array_agg(row(v_moved, held_by, member_id, asset_id, amount_minor)::posting_draft)
    into v_further
    from owed
    where held_by <> account_kind;
    if v_further is not null then
        v_entries := v_entries || row(v_moved, v_entry.pool_id, 'forfeiture', p_on, null, null,
            p_reason, null)::entry_draft;
        v_postings := v_postings || v_further;
    end if;
    perform post(v_entries, v_postings, false, p_actor, p_now);
end $$;

-- Takes an operator's own booking back, once.
create function reverse_entry(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_command text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_command jsonb := p_command::jsonb;
    v_entry journal_entry;
    v_on date := (v_command ->> 'effective_on')::date;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_pool(p_pool_id);
    select * into v_entry from journal_entry
    where entry_id = (v_command ->> 'entry_id')::bigint and pool_id = p_pool_id;
    if not found then
        perform refuse(422, 'unknown-entry', '/entry_id', 'the pool''s journal has no such entry');
    end if;
    if v_entry.reverses is not null then
        perform refuse(409, 'entry-is-reversal', '/entry_id', 'a reversal is not reversed');
    end if;
    if exists (select from journal_entry where reverses = v_entry.entry_id) then
        perform refuse(409, 'entry-reversed', '/entry_id', 'the entry was reversed already');
    end if;
    if v_entry.source not like 'command:%' then
        perform refuse(409, 'entry-not-reversible', '/entry_id',
            'the broker, a payout or a settlement takes back its own entries');
    end if;
    if v_on < v_entry.effective_on then
        perform refuse(422, 'invalid-field', '/effective_on', 'is before the entry');
    end if;
    perform require_open(p_pool_id, v_on, '/effective_on');
    perform take_back(v_entry.entry_id, v_on, v_command ->> 'reason', p_actor, p_now);
    return remember(p_actor, p_key, (
        select to_json(r) from journal_record r
        where r.pool_id = p_pool_id and r.reverses = v_entry.entry_id));
end $$;

-- Records what positions are worth, in place of a valuation by the broker.
create function record_valuations(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_items text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_at bigint;
    v_count bigint;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_pool(p_pool_id);
    select min(i.position) - 1 into v_at
    from rows from (json_to_recordset(p_items::json) as (member_id uuid, isin text))
        with ordinality as i (member_id, isin, position)
    left join member m on m.member_id = i.member_id and m.pool_id = p_pool_id
    where m.member_id is null;
    if v_at is not null then
        perform refuse(422, 'unknown-member', '/items/' || v_at || '/member_id',
            'the pool has no such member');
    end if;
    insert into asset (asset_id, scale)
    select distinct i.isin, 9 from json_to_recordset(p_items::json) as i (isin text)
    on conflict do nothing;
    insert into operator_valuation (member_id, valued_on, asset_id, recorded_at, quantity_minor,
        value_cents, recorded_by)
    select i.member_id, i.valued_on, i.isin, p_now, i.quantity_units, i.value_cents, p_actor
    from json_to_recordset(p_items::json) as i (
        member_id uuid, valued_on date, isin text, quantity_units bigint, value_cents bigint)
    on conflict do nothing;
    get diagnostics v_count = row_count;
    return remember(p_actor, p_key, json_build_object('recorded', v_count));
end $$;
