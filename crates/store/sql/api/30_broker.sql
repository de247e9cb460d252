-- From the broker's events to the journal.

-- Posts the transactions of these account groups that wait and whose member is
-- known. The caller holds the journal. A value date in a month that is settled is
-- booked on the first day after it: what was settled stands.
create function post_transactions(p_groups uuid[], p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_entries entry_draft[];
    v_postings posting_draft[];
begin
    with ready as (
        update broker_transaction t
        set posted = true
        from broker_account_group g
        join member m on m.upvest_user_id = g.user_id
        join member_holder h on h.member_id = m.member_id
        where t.account_group_id = any (p_groups) and not t.posted
            and g.account_group_id = t.account_group_id and t.amount_minor <> 0
        returning 'upvest:' || t.transaction_id as source, m.pool_id, t.kind, t.asset_id,
            t.amount_minor, h.holder, m.member_id, t.value_on
    ), due as (
        select r.*, greatest(r.value_on, b.open_from) as effective_on
        from ready r
        join pool_books b on b.pool_id = r.pool_id
        -- A payout that an operator confirmed by its transaction is posted already.
        where not exists (select from journal_entry e where e.source = r.source)
    )
    select array_agg(row(source, pool_id, kind, effective_on, null, null, null, null)::entry_draft
            order by source),
        array_agg(row(source, holder, member_id, asset_id, amount_minor)::posting_draft)
            || array_agg(row(source, 'broker', null, asset_id, -amount_minor)::posting_draft)
    into v_entries, v_postings
    from due;
    if v_entries is not null then
        perform post(v_entries, v_postings, true, 'upvest', p_now);
    end if;
end $$;

-- Stores a verified delivery and applies its events, each id once. Answers with
-- how many events were new.
create function ingest(p_delivery text, p_now timestamptz) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_delivery jsonb := p_delivery::jsonb;
    v_fresh jsonb;
    v_groups uuid[];
begin
    p_now := take_journal(p_now);

    with incoming as (
        select distinct on (event_id) e.*
        from rows from (jsonb_to_recordset(v_delivery -> 'events') as (
            event_id uuid, event_type text, webhook_id uuid, created_at_ns bigint, raw text,
            reason text, effect jsonb)) with ordinality
            as e (event_id, event_type, webhook_id, created_at_ns, raw, reason, effect, position)
        order by event_id, position
    ), stored as (
        insert into webhook_event
            (event_id, event_type, webhook_id, created_at_ns, received_at, key_id, raw, state, reason)
        select event_id, event_type, webhook_id, created_at_ns, p_now,
            v_delivery ->> 'key_id', raw,
            case
                when reason is not null then 'quarantined'
                when effect ->> 'effect' = 'none' then 'stored'
                else 'applied'
            end,
            reason
        from incoming
        on conflict (event_id) do nothing
        returning event_id
    )
    select coalesce(jsonb_agg(
        coalesce(i.effect, '{}') || jsonb_build_object(
            'event_id', i.event_id, 'as_of_ns', coalesce(i.created_at_ns, 0))), '[]')
    into v_fresh
    from incoming i
    join stored using (event_id);

    insert into broker_user (user_id, birth_date, as_of_ns, event_id)
    select distinct on (user_id) user_id, birth_date, as_of_ns, event_id
    from jsonb_to_recordset(v_fresh) as e (
        effect text, user_id uuid, birth_date date, as_of_ns bigint, event_id uuid)
    where effect = 'user'
    order by user_id, as_of_ns desc, event_id desc
    on conflict (user_id) do update
        set birth_date = excluded.birth_date, as_of_ns = excluded.as_of_ns,
            event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id) > (broker_user.as_of_ns, broker_user.event_id);

    insert into broker_account_group (account_group_id, user_id, as_of_ns, event_id)
    select distinct on (account_group_id) account_group_id, user_id, as_of_ns, event_id
    from jsonb_to_recordset(v_fresh) as e (
        effect text, account_group_id uuid, user_id uuid, as_of_ns bigint, event_id uuid)
    where effect = 'account_group'
    order by account_group_id, as_of_ns desc, event_id desc
    on conflict (account_group_id) do update
        set user_id = excluded.user_id, as_of_ns = excluded.as_of_ns, event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id)
            > (broker_account_group.as_of_ns, broker_account_group.event_id);

    insert into broker_account (broker_account_id, account_group_id, as_of_ns, event_id)
    select distinct on (account_id) account_id, account_group_id, as_of_ns, event_id
    from jsonb_to_recordset(v_fresh) as e (
        effect text, account_id uuid, account_group_id uuid, as_of_ns bigint, event_id uuid)
    where effect = 'account'
    order by account_id, as_of_ns desc, event_id desc
    on conflict (broker_account_id) do update
        set account_group_id = excluded.account_group_id, as_of_ns = excluded.as_of_ns,
            event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id)
            > (broker_account.as_of_ns, broker_account.event_id);

    insert into asset (asset_id, scale)
    select distinct isin, 9
    from (
        select isin from jsonb_to_recordset(v_fresh) as e (isin text)
        union all
        select p.isin
        from jsonb_to_recordset(v_fresh) as e (positions jsonb),
            jsonb_to_recordset(e.positions) as p (isin text)
    ) as named
    where isin is not null
    on conflict do nothing;

    perform store_snapshots(v_fresh);

    insert into broker_transaction
        (transaction_id, account_group_id, kind, asset_id, amount_minor, value_on, event_id)
    select transaction_id, account_group_id, coalesce(kind, 'units'), coalesce(isin, 'EUR'),
        coalesce(amount_cents, amount_units), effective_on, event_id
    from jsonb_to_recordset(v_fresh) as e (
        effect text, transaction_id uuid, account_group_id uuid, kind text, isin text,
        amount_cents bigint, amount_units bigint, effective_on date, event_id uuid)
    where effect in ('cash_transaction', 'security_transaction')
    on conflict do nothing;

    insert into broker_valuation_position (event_id, asset_id, quantity_minor, value_cents)
    select event_id, p.isin, p.quantity_units, p.value_cents
    from jsonb_to_recordset(v_fresh) as e (effect text, positions jsonb, event_id uuid),
        jsonb_to_recordset(e.positions) as p (isin text, quantity_units bigint, value_cents bigint)
    where effect = 'valuation';

    insert into broker_valuation (broker_account_id, valued_on, as_of_ns, event_id)
    select distinct on (account_id, valued_on) account_id, valued_on, as_of_ns, event_id
    from jsonb_to_recordset(v_fresh) as e (
        effect text, account_id uuid, valued_on date, as_of_ns bigint, event_id uuid)
    where effect = 'valuation'
    order by account_id, valued_on, as_of_ns desc, event_id desc
    on conflict (broker_account_id, valued_on) do update
        set as_of_ns = excluded.as_of_ns, event_id = excluded.event_id
        where (excluded.as_of_ns, excluded.event_id)
            > (broker_valuation.as_of_ns, broker_valuation.event_id);

    select array_agg(distinct account_group_id) into v_groups
    from jsonb_to_recordset(v_fresh) as e (effect text, account_group_id uuid)
    where effect in ('account_group', 'cash_transaction', 'security_transaction');
    perform post_transactions(v_groups, p_now);

    return json_build_object('fresh', jsonb_array_length(v_fresh));
end $$;
