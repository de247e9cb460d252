-- Payouts: requested, confirmed, voided.

create view payout_record as
select p.payout_id, p.pool_id, p.member_id, p.account_kind as account, p.amount_cents,
    p.requested_on, p.paid_on, p.transaction_id as upvest_transaction_id,
    case
        when p.voided_at is not null then 'voided'
        when p.confirmed_at is not null then 'confirmed'
        else 'requested'
    end as state,
    utc_text(p.requested_at) as requested_at, utc_text(p.confirmed_at) as confirmed_at,
    utc_text(p.voided_at) as voided_at, p.voided_because
from payout p;

create function payout_document(p_payout_id uuid) returns json
language sql stable set search_path from current as $$
    select to_json(r) from payout_record r where r.payout_id = p_payout_id;
$$;

-- Sets money aside for a payout: it leaves the account now and the broker later.
create function request_payout(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_payout_id uuid, p_command text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_command jsonb := p_command::jsonb;
    v_pool pool;
    v_member member;
    v_account text := v_command ->> 'account';
    v_amount bigint := (v_command ->> 'amount_cents')::bigint;
    v_on date := (v_command ->> 'requested_on')::date;
    v_source text := 'payout:' || p_payout_id;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_pool := require_pool(p_pool_id);
    v_member := require_member(p_pool_id, (v_command ->> 'member_id')::uuid, 422, '/member_id');
    if v_command ->> 'currency' <> v_pool.currency then
        perform refuse(422, 'currency-mismatch', '/currency', 'the pool has another currency');
    end if;
    perform require_open(p_pool_id, v_on, '/requested_on');
    if v_account = 'member'
        and exists (select from death d
            where d.member_id = v_member.member_id and d.withdrawn_at is null)
    then
        perform refuse(409, 'member-deceased', '/member_id', 'a death of the member was reported');
    end if;
    if (select a.amount_minor from available(
            array[v_member.member_id], array[v_account], array['EUR'], array[v_on]) a) < v_amount
    then
        perform refuse(422, 'insufficient-balance', '/amount_cents',
            'the account would fall below zero');
    end if;
    insert into payout (payout_id, pool_id, member_id, account_kind, amount_cents, requested_on,
        requested_at, requested_by)
    values (p_payout_id, p_pool_id, v_member.member_id, v_account, v_amount, v_on, p_now, p_actor);
    perform post(
        array[row(v_source, p_pool_id, 'payout', v_on, null, null, null, null)]::entry_draft[],
        array[row(v_source, v_account, v_member.member_id, 'EUR', -v_amount),
            row(v_source, 'payout', v_member.member_id, 'EUR', v_amount)]::posting_draft[],
        false, p_actor, p_now);
    return remember(p_actor, p_key, payout_document(p_payout_id));
end $$;

create function require_requested(p_pool_id uuid, p_payout_id uuid) returns payout
language plpgsql stable set search_path from current as $$
declare
    v_payout payout;
begin
    perform require_pool(p_pool_id);
    select * into v_payout from payout where payout_id = p_payout_id and pool_id = p_pool_id;
    if not found then
        perform refuse(404, 'not-found', '', 'the pool has no such payout');
    end if;
    if v_payout.confirmed_at is not null or v_payout.voided_at is not null then
        perform refuse(409, 'payout-not-pending', '', 'the payout was confirmed or voided already');
    end if;
    return v_payout;
end $$;

-- Gives the money that is set aside back to the account it came from.
create function release_payout(
    p_payout payout, p_on date, p_reason text, p_actor text, p_now timestamptz
) returns void
language plpgsql set search_path from current as $$
begin
    perform take_back(
        (select entry_id from journal_entry where source = 'payout:' || p_payout.payout_id),
        p_on, p_reason, p_actor, p_now);
end $$;

-- The broker paid. If its transaction has moved the account already, what was set
-- aside goes back; if not, this is the entry of that transaction.
create function confirm_payout(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_payout_id uuid, p_paid_on date, p_transaction_id uuid
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_payout payout;
    v_source text;
    v_moved bigint;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_payout := require_requested(p_pool_id, p_payout_id);
    if p_paid_on < v_payout.requested_on then
        perform refuse(422, 'invalid-field', '/paid_on', 'is before the request');
    end if;
    perform require_open(p_pool_id, p_paid_on, '/paid_on');
    if exists (select from payout where transaction_id = p_transaction_id) then
        perform refuse(409, 'transaction-used', '/upvest_transaction_id',
            'the transaction confirmed another payout');
    end if;
    v_source := coalesce('upvest:' || p_transaction_id, 'payout-confirmed:' || p_payout_id);
    select -p.amount_minor into v_moved
    from journal_entry e
    join posting p on p.entry_id = e.entry_id
    join account a on a.account_id = p.account_id
    where e.source = v_source and a.member_id = v_payout.member_id
        and a.kind = v_payout.account_kind
        -- What the broker took back paid nothing.
        and not exists (select from journal_entry r where r.reverses = e.entry_id);
    if v_moved is null and exists (select from journal_entry where source = v_source) then
        v_moved := 0;
    end if;
    if v_moved <> v_payout.amount_cents then
        perform refuse(422, 'transaction-differs', '/upvest_transaction_id',
            'the transaction moved another amount or another account');
    end if;
    update payout set paid_on = p_paid_on, transaction_id = p_transaction_id,
        confirmed_at = p_now, confirmed_by = p_actor
    where payout_id = p_payout_id;
    if v_moved is not null then
        perform release_payout(v_payout, p_paid_on, 'the broker''s own entry counts', p_actor, p_now);
    else
        perform post(
            array[row(v_source, p_pool_id, 'payout', p_paid_on, null, null, null, null)]::entry_draft[],
            array[row(v_source, 'payout', v_payout.member_id, 'EUR', -v_payout.amount_cents),
                row(v_source, 'broker', null, 'EUR', v_payout.amount_cents)]::posting_draft[],
            false, p_actor, p_now);
    end if;
    return remember(p_actor, p_key, payout_document(p_payout_id));
end $$;

create function void_payout(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_payout_id uuid, p_reason text
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_payout payout;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    v_payout := require_requested(p_pool_id, p_payout_id);
    update payout set voided_at = p_now, voided_by = p_actor, voided_because = p_reason
    where payout_id = p_payout_id;
    perform release_payout(v_payout,
        greatest(v_payout.requested_on,
            (select open_from from pool_books where pool_id = p_pool_id)),
        p_reason, p_actor, p_now);
    return remember(p_actor, p_key, payout_document(p_payout_id));
end $$;
