-- Payouts and the broker's withdrawals. A withdrawal names its payout; money moves by
-- transactions alone, and the withdrawal's state says what its payout waits for.

-- Withdrawals that name a payout of their owner, of the same amount. is_set_aside: the
-- money is on the payout's account, on its way.
create view payout_link as
select o.object_id as withdrawal_id, o.account_group_id, o.status, o.as_of_ns,
    p.payout_id, p.pool_id, p.amount_cents, p.requested_on, p.transaction_id,
    p.confirmed_at, p.voided_at,
    p.voided_at is null
        and exists (select from journal_entry e
            where e.source = 'payout:' || p.payout_id
                and not exists (select from journal_entry r where r.reverses = e.entry_id))
        and not exists (select from journal_entry e
            where e.source in ('payout-confirmed:' || p.payout_id, 'upvest:' || p.transaction_id)
                and not exists (select from journal_entry r where r.reverses = e.entry_id))
        as is_set_aside
from broker_object o
join broker_account_group g on g.account_group_id = o.account_group_id
join member m on m.upvest_user_id = g.user_id
join payout p on p.payout_id = o.payout_id and p.member_id = m.member_id
    and p.amount_cents = o.amount_cents
where o.category = 'WITHDRAWAL';

-- Whether one of these account groups has a withdrawal that names a payout: most have not,
-- and need no look at payouts.
create function pays_payouts(p_groups uuid[]) returns boolean
language plpgsql stable set search_path from current as $$
begin
    return exists (
        select from broker_object o
        where o.account_group_id = any (p_groups) and o.category = 'WITHDRAWAL'
            and o.payout_id is not null);
end $$;

-- Names the transactions that wait and take what was set aside for a payout: it has left
-- the member's account already.
create function use_payouts(p_groups uuid[], p_only uuid[], p_now timestamptz) returns void
language plpgsql set search_path from current as $$
begin
    if not pays_payouts(p_groups) then
        return;
    end if;
    update payout p
    set transaction_id = w.transaction_id, paid_on = w.paid_on,
        confirmed_at = coalesce(p.confirmed_at, p_now),
        confirmed_by = coalesce(p.confirmed_by, 'upvest')
    from (
        select distinct on (l.payout_id) l.payout_id, r.transaction_id,
            greatest(r.value_on, r.open_from) as paid_on
        from ready_transaction r
        join payout_link l on l.withdrawal_id = r.reference_id
            and l.account_group_id = r.account_group_id and l.amount_cents = -r.amount_minor
        where r.account_group_id = any (p_groups) and not r.cancellation
            and (p_only is null or r.transaction_id = any (p_only))
            and r.transaction_type = 'WITHDRAWAL' and r.asset_id = 'EUR'
            and l.is_set_aside and l.transaction_id is null
            and not exists (select from journal_entry e where e.source = 'upvest:' || r.transaction_id)
            and not exists (select from payout o where o.transaction_id = r.transaction_id)
        order by l.payout_id, r.value_on, r.transaction_id
    ) w
    where p.payout_id = w.payout_id;
end $$;

-- Gives back what was set aside for a payout, and before that what an operator's own
-- confirmation took from there.
create function give_back(
    p_payout payout, p_own bigint, p_is_set_aside boolean, p_on date, p_reason text,
    p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
declare
    v_on date := p_on;
begin
    if p_own is not null then
        v_on := greatest(v_on,
            (select e.effective_on from journal_entry e where e.entry_id = p_own));
        perform take_back(p_own, v_on, p_reason, 'upvest', p_now);
    end if;
    if p_own is not null or p_is_set_aside then
        perform release_payout(p_payout, v_on, p_reason, 'upvest', p_now);
    end if;
end $$;

-- Brings the payouts of these account groups into the state of their withdrawals.
--
-- Paid: the transaction of the withdrawal is posted and stands. If it was posted before
-- the payout was known to be meant, it took the money from the member's account, and what
-- was set aside goes back there. Not paid in the end: the withdrawal was cancelled, or its
-- transaction was taken back; the payout is void.
create function settle_withdrawals(p_groups uuid[], p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_link record;
    v_payout payout;
    v_paid record;
    v_returned_on date;
    v_open_from date;
    v_own bigint;
begin
    if not pays_payouts(p_groups) then
        return;
    end if;
    for v_link in
        select * from payout_link l
        where l.account_group_id = any (p_groups) and l.voided_at is null
        order by l.payout_id, l.withdrawal_id
    loop
        select t.transaction_id, e.effective_on into v_paid
        from broker_transaction t
        join journal_entry e on e.source = 'upvest:' || t.transaction_id
        where t.reference_id = v_link.withdrawal_id and t.transaction_type = 'WITHDRAWAL'
            and not t.cancellation and t.account_group_id = v_link.account_group_id
            and t.amount_minor = -v_link.amount_cents
            and not exists (select from journal_entry r where r.reverses = e.entry_id)
        order by t.transaction_id <> v_link.transaction_id, t.value_on, t.transaction_id
        limit 1;
        select max(r.effective_on) into v_returned_on
        from broker_transaction t
        join journal_entry e on e.source = 'upvest:' || t.transaction_id
        join journal_entry r on r.reverses = e.entry_id
        where t.reference_id = v_link.withdrawal_id and t.transaction_type = 'WITHDRAWAL'
            and not t.cancellation and t.account_group_id = v_link.account_group_id
            and t.amount_minor = -v_link.amount_cents;
        select open_from into v_open_from from pool_books where pool_id = v_link.pool_id;
        -- The entry by which an operator confirmed the payout without a transaction.
        select e.entry_id into v_own from journal_entry e
        where e.source = 'payout-confirmed:' || v_link.payout_id
            and not exists (select from journal_entry r where r.reverses = e.entry_id);

        begin
            if v_paid.transaction_id is not null then
                update payout
                set transaction_id = v_paid.transaction_id, paid_on = v_paid.effective_on,
                    confirmed_at = coalesce(confirmed_at, p_now),
                    confirmed_by = coalesce(confirmed_by, 'upvest')
                where payout_id = v_link.payout_id and transaction_id is null
                returning * into v_payout;
                if found then
                    perform give_back(v_payout, v_own, v_link.is_set_aside,
                        greatest(v_payout.requested_on, v_paid.effective_on, v_open_from),
                        'the broker''s own entry counts', p_now);
                end if;
            elsif v_returned_on is not null or v_link.status = 'CANCELLED' then
                update payout
                set voided_at = p_now, voided_by = 'upvest',
                    voided_because = 'the broker cancelled the withdrawal'
                where payout_id = v_link.payout_id
                returning * into v_payout;
                perform give_back(v_payout, v_own, v_link.is_set_aside,
                    greatest(v_payout.requested_on, v_returned_on, v_open_from),
                    'the broker cancelled the withdrawal', p_now);
            elsif v_link.status = 'CONFIRMED' and v_link.confirmed_at is null then
                update payout
                set paid_on = greatest(requested_on, least(p_now::date, (timestamptz 'epoch'
                        + v_link.as_of_ns / 1000 * interval '1 microsecond')::date)),
                    confirmed_at = p_now, confirmed_by = 'upvest'
                where payout_id = v_link.payout_id;
            end if;
        exception when others then
            if is_passing(sqlstate) then
                raise;
            end if;
            -- The payout stays as it is: the gap report names the withdrawal.
        end;
    end loop;
end $$;
