-- From the broker's transactions to the journal: its source of truth for money and
-- securities.

-- The transactions among these effects.
create function said_transactions(p_fresh jsonb)
returns table (transaction_id uuid, account_group_id uuid, kind text, asset_id text,
    amount_minor bigint, value_on date, event_id uuid, transaction_type text,
    cancellation boolean, reference_id uuid)
language plpgsql stable set search_path from current as $$
begin
    return query
    select e.transaction_id, e.account_group_id, coalesce(e.kind, 'units'),
        coalesce(e.isin, 'EUR'), coalesce(e.amount_cents, e.amount_units), e.effective_on,
        e.event_id, e.transaction_type, e.cancellation, e.reference_id
    from jsonb_to_recordset(p_fresh) as e (
        effect text, transaction_id uuid, account_group_id uuid, kind text, isin text,
        amount_cents bigint, amount_units bigint, effective_on date, event_id uuid,
        transaction_type text, cancellation boolean, reference_id uuid)
    where e.effect in ('cash_transaction', 'security_transaction');
end $$;

-- Stores them. One that says something else than the transaction that is known under its
-- id is put into quarantine. One whose member is known is posted at once; what takes
-- something back, or may pay a payout, waits for what is stored with it.
create function store_transactions(p_fresh jsonb, p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_other uuid[];
    v_entries entry_draft[];
    v_postings posting_draft[];
begin
    with said as materialized (
        select s.*, 'upvest:' || s.transaction_id as source
        from said_transactions(p_fresh) s
    ), placed as materialized (
        -- One by one (offset 0): the planner takes any package for one of a thousand. What is
        -- posted without the broker's event, a payout names.
        select s.*, m.member_id, m.pool_id, m.holder
        from said s
        left join lateral (
            select m.member_id, m.pool_id,
                (select h.holder from member_holder h where h.member_id = m.member_id) as holder
            from broker_account_group g
            join member m on m.upvest_user_id = g.user_id
            where g.account_group_id = s.account_group_id and s.amount_minor <> 0
                and not s.cancellation and s.transaction_type <> 'WITHDRAWAL'
                and not exists (select from payout p where p.transaction_id = s.transaction_id)
            offset 0
        ) m on true
    ), stored as (
        insert into broker_transaction (transaction_id, account_group_id, kind, asset_id,
            amount_minor, value_on, event_id, transaction_type, cancellation, reference_id, posted)
        select transaction_id, account_group_id, kind, asset_id, amount_minor, value_on, event_id,
            transaction_type, cancellation, reference_id, member_id is not null
        from placed
        on conflict do nothing
        returning event_id
    ), books as materialized (
        select pool_id, open_from from pool_books
        where pool_id = any (array(select distinct pool_id from placed))
    ), due as (
        select p.*, greatest(p.value_on, b.open_from) as effective_on
        from placed p
        join stored s on s.event_id = p.event_id
        join books b on b.pool_id = p.pool_id
    )
    select (select array_agg(s.event_id) from said s
            where s.event_id not in (select stored.event_id from stored)),
        array_agg(row(source, pool_id, kind, effective_on, null, null, null,
            json_build_object('upvest_type', transaction_type))::entry_draft order by source),
        array_agg(row(source, holder, member_id, asset_id, amount_minor)::posting_draft)
            || array_agg(row(source, 'broker', null, asset_id, -amount_minor)::posting_draft)
    into v_other, v_entries, v_postings
    from due;

    if v_entries is not null then
        perform post(v_entries, v_postings, true, 'upvest', p_now);
    end if;
    if v_other is not null then
        perform quarantine(array(
            select s.event_id
            from said_transactions(p_fresh) s
            join broker_transaction t on t.transaction_id = s.transaction_id
            where s.event_id = any (v_other)
                and ((t.account_group_id, t.kind, t.asset_id, t.amount_minor, t.value_on)
                        <> (s.account_group_id, s.kind, s.asset_id, s.amount_minor, s.value_on)
                    or (t.transaction_type, t.cancellation) <> (s.transaction_type, s.cancellation)
                    or t.transaction_type is not null
                        and t.reference_id is distinct from s.reference_id)),
            'transaction-differs');
    end if;
end $$;

-- Transactions that wait although their member is known, with whoever holds what the
-- member's accounts hold. What moves nothing is never posted.
create view ready_transaction as
select t.transaction_id, t.account_group_id, t.kind, t.asset_id, t.amount_minor, t.value_on,
    t.event_id, t.transaction_type, t.cancellation, t.reference_id, m.member_id, m.pool_id,
    h.holder, b.open_from
from broker_transaction t
join broker_account_group g on g.account_group_id = t.account_group_id
join member m on m.upvest_user_id = g.user_id
join member_holder h on h.member_id = m.member_id
join pool_books b on b.pool_id = m.pool_id
where not t.posted and t.amount_minor <> 0;

-- Posts what waits and takes nothing back; p_only: of these transactions alone. A value
-- date in a month that is settled is booked on the first day after it: what was settled
-- stands.
create function post_originals(p_groups uuid[], p_only uuid[], p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_ready uuid[];
    v_entries entry_draft[];
    v_postings posting_draft[];
begin
    perform use_payouts(p_groups, p_only, p_now);
    with ready as materialized (
        select r.*, 'upvest:' || r.transaction_id as source,
            greatest(r.value_on, r.open_from) as effective_on,
            case when p.payout_id is null then r.holder else 'payout' end as account
        from ready_transaction r
        left join payout p on p.transaction_id = r.transaction_id
        where r.account_group_id = any (p_groups) and not r.cancellation
            and (p_only is null or r.transaction_id = any (p_only))
    ), due as (
        select r.* from ready r
        -- A payout that an operator confirmed by its transaction is posted already.
        where not exists (select from journal_entry e where e.source = r.source)
    )
    select (select array_agg(transaction_id) from ready),
        array_agg(row(source, pool_id, kind, effective_on, null, null, null,
            case when transaction_type is not null
                then json_build_object('upvest_type', transaction_type) end)::entry_draft
            order by source),
        array_agg(row(source, account, member_id, asset_id, amount_minor)::posting_draft)
            || array_agg(row(source, 'broker', null, asset_id, -amount_minor)::posting_draft)
    into v_ready, v_entries, v_postings
    from due;

    update broker_transaction set posted = true where transaction_id = any (v_ready);
    if v_entries is not null then
        perform post(v_entries, v_postings, true, 'upvest', p_now);
    end if;
end $$;

-- Posts what takes back: an entry that reverses that of the transaction of the same
-- group, kind, asset and reference, with the opposite amount. Of several alike the
-- earliest is taken back first. What this gives to an account or takes from it goes on to
-- whoever holds it by now. A cancellation without its original waits for it.
create function post_cancellations(p_groups uuid[], p_only uuid[], p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_ready uuid[];
    v_entries entry_draft[];
    v_postings posting_draft[];
begin
    if not exists (
        select from broker_transaction t
        where t.account_group_id = any (p_groups) and not t.posted and t.cancellation
    ) then
        return;
    end if;
    with waiting as materialized (
        select r.*, row_number() over (
            partition by r.account_group_id, r.transaction_type, r.asset_id, r.reference_id,
                r.amount_minor
            order by r.value_on, r.transaction_id) as number
        from ready_transaction r
        where r.account_group_id = any (p_groups) and r.cancellation
            and (p_only is null or r.transaction_id = any (p_only))
    ), standing as materialized (
        select t.account_group_id, t.transaction_type, t.asset_id, t.reference_id, t.amount_minor,
            e.entry_id, e.kind, e.effective_on,
            row_number() over (
                partition by t.account_group_id, t.transaction_type, t.asset_id, t.reference_id,
                    t.amount_minor
                order by t.value_on, t.transaction_id) as number
        from broker_transaction t
        join journal_entry e on e.source = 'upvest:' || t.transaction_id
        where t.reference_id in (select w.reference_id from waiting w) and not t.cancellation
            and t.posted
            and not exists (select from journal_entry r where r.reverses = e.entry_id)
    ), taken as materialized (
        select w.transaction_id, w.member_id, w.pool_id, w.holder, w.transaction_type,
            s.entry_id, s.kind, 'upvest:' || w.transaction_id as source,
            greatest(w.value_on, w.open_from, s.effective_on) as effective_on
        from waiting w
        join standing s on s.account_group_id = w.account_group_id
            and s.transaction_type = w.transaction_type and s.asset_id = w.asset_id
            and s.reference_id = w.reference_id and s.amount_minor = -w.amount_minor
            and s.number = w.number
    ), undone as (
        select t.source, a.kind as account, a.member_id, a.asset_id, -p.amount_minor as amount_minor
        from taken t
        join posting p on p.entry_id = t.entry_id
        join account a on a.account_id = p.account_id
    ), moved as (
        select 'moved:' || t.entry_id as source, t.pool_id, t.effective_on, u.account, t.holder,
            u.member_id, u.asset_id, u.amount_minor
        from taken t
        join undone u on u.source = t.source
        where u.account in ('member', 'estate', 'pool') and u.member_id is not null
            and u.account <> t.holder
    ), entry as (
        select 1 as rank, row(source, pool_id, kind, effective_on, null, entry_id, null,
            json_build_object('upvest_type', transaction_type || '_CANCELLATION'))::entry_draft
            as draft
        from taken
        union all
        select 2, row(source, pool_id, 'forfeiture', effective_on, null, null, null, null)::entry_draft
        from moved
    ), posting as (
        select row(source, account, member_id, asset_id, amount_minor)::posting_draft as draft
        from undone
        union all
        select row(source, account, member_id, asset_id, -amount_minor)::posting_draft from moved
        union all
        select row(source, holder, member_id, asset_id, amount_minor)::posting_draft from moved
    )
    select (select array_agg(transaction_id) from taken),
        (select array_agg(draft order by rank) from entry),
        (select array_agg(draft) from posting)
    into v_ready, v_entries, v_postings;

    if v_ready is not null then
        update broker_transaction set posted = true where transaction_id = any (v_ready);
        perform post(v_entries, v_postings, true, 'upvest', p_now);
    end if;
end $$;

-- Posts what waits in these account groups and whose member is known, and brings payouts
-- into the state of their withdrawals. The caller holds the journal.
create function post_transactions(p_groups uuid[], p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_one record;
begin
    if cardinality(p_groups) = 0 then
        return;
    end if;
    begin
        if exists (
            select from broker_transaction t
            where t.account_group_id = any (p_groups) and not t.posted and t.amount_minor <> 0
        ) then
            perform post_originals(p_groups, null, p_now);
            perform post_cancellations(p_groups, null, p_now);
        end if;
    exception when others then
        if is_passing(sqlstate) then
            raise;
        end if;
        -- One of them cannot be posted, and must not hold back the others.
        for v_one in
            select transaction_id, event_id from ready_transaction
            where account_group_id = any (p_groups)
            order by cancellation, value_on, transaction_id
        loop
            begin
                perform post_originals(p_groups, array[v_one.transaction_id], p_now);
                perform post_cancellations(p_groups, array[v_one.transaction_id], p_now);
            exception when others then
                if is_passing(sqlstate) then
                    raise;
                end if;
                delete from broker_transaction where transaction_id = v_one.transaction_id;
                perform quarantine(array[v_one.event_id], 'not-applicable');
            end;
        end loop;
    end;
    perform settle_withdrawals(p_groups, p_now);
end $$;
