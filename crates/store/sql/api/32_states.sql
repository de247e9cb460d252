-- How far the broker's objects are: orders, withdrawals, accounts.
--
-- Events arrive in any order, so an object's steps are judged by the broker's clock, all
-- of them anew whenever one arrives. A step that cannot follow those before it is put
-- into quarantine, and comes out of it when one arrives that explains it. What else an
-- event says, such as who owns an account, is no step and counts.

-- The states that may lie before a state, directly or not. The first that is known may
-- be any: the subscription began in the middle. It has no search path of its own, so that
-- it becomes a part of the statement that calls it.
create function states_before(p_category text, p_status text) returns text[]
language sql immutable as $$
    select case
        when p_category = 'USER' then case p_status
            when 'INACTIVE' then array['ACTIVE']
            when 'ACTIVE' then array['INACTIVE']
            when 'OFFBOARDING' then array['INACTIVE', 'ACTIVE']
            when 'OFFBOARDED' then array['INACTIVE', 'ACTIVE', 'OFFBOARDING'] end
        when p_category in ('ACCOUNT', 'ACCOUNT_GROUP') then case p_status
            when 'PENDING_APPROVAL' then array[]::text[]
            when 'ACTIVE' then array['PENDING_APPROVAL', 'LOCKED']
            when 'LOCKED' then array['PENDING_APPROVAL', 'ACTIVE', 'CLOSING']
            when 'CLOSING' then array['PENDING_APPROVAL', 'ACTIVE', 'LOCKED']
            when 'CLOSED' then array['PENDING_APPROVAL', 'ACTIVE', 'LOCKED', 'CLOSING'] end
        when p_category = 'WITHDRAWAL' and p_status = 'CANCELLED'
            then array['NEW', 'PROCESSING', 'CONFIRMED']
        when p_category = 'TOPUP' then case p_status
            when 'CONFIRMED' then array[]::text[] else array['CONFIRMED'] end
        when p_category = 'EXECUTION' then case p_status
            when 'FILLED' then array[]::text[] else array['FILLED'] end
        when p_category = 'SAVINGS_PLAN' then case p_status
            when 'CREATED' then array[]::text[] else array['CREATED'] end
        else case p_status
            when 'NEW' then array[]::text[]
            when 'PROCESSING' then array['NEW']
            when 'SETTLED' then array['NEW', 'PROCESSING', 'FILLED']
            else array['NEW', 'PROCESSING'] end
    end;
$$;

create function state_after(p_standing text, p_status text, p_before text[]) returns text
language plpgsql immutable as $$
begin
    return case
        when p_standing is null or p_standing = any (p_before) then p_status
        else p_standing
    end;
end $$;
create aggregate standing_state(text, text[]) (sfunc = state_after, stype = text);

-- The steps of objects and whether each is legal: it is what then stands.
create function judged_steps(p_objects uuid[])
returns table (object_id uuid, category text, as_of_ns bigint, event_id uuid, status text,
    state jsonb, legal boolean, number bigint)
language plpgsql stable set search_path from current as $$
begin
    return query
    select s.object_id, s.category, s.as_of_ns, s.event_id, s.status, s.state,
        s.status = standing_state(s.status, s.before) over steps, row_number() over steps
    from (
        select b.*, states_before(b.category, b.status) as before
        from broker_step b
        where b.object_id = any (p_objects)
    ) s
    -- Of the same instant, the steps are taken in the order in which they are possible.
    window steps as (partition by s.object_id, s.category
        order by s.as_of_ns, cardinality(s.before), s.event_id);
end $$;

create function store_steps(p_fresh jsonb, p_now timestamptz) returns void
language plpgsql set search_path from current as $$
declare
    v_objects uuid[];
begin
    with fresh as (
        insert into broker_step (object_id, category, as_of_ns, event_id, status, state)
        select (e.state ->> 'object_id')::uuid, e.state ->> 'category', as_of_ns, event_id,
            e.state ->> 'status', jsonb_strip_nulls(e.state)
        from jsonb_to_recordset(p_fresh) as e (state jsonb, as_of_ns bigint, event_id uuid)
        where jsonb_typeof(e.state) = 'object'
        on conflict do nothing
        returning object_id
    )
    select array_agg(distinct object_id) into v_objects from fresh;
    if v_objects is not null then
        perform judge_steps(v_objects, p_now);
    end if;
end $$;

-- Judges the steps of objects, and keeps the state that counts.
create function judge_steps(p_objects uuid[], p_now timestamptz) returns void
language plpgsql set search_path from current as $$
begin
    with judged as materialized (
        select * from judged_steps(p_objects)
    ), kept as (
        insert into broker_object (object_id, category, status, as_of_ns, event_id, user_id,
            account_group_id, broker_account_id, parent_id, payout_id, amount_cents, amount,
            quantity, instrument, side)
        select distinct on (s.object_id, s.category) s.object_id, s.category, s.status, s.as_of_ns,
            s.event_id, o.user_id, o.account_group_id, o.account_id, o.parent_id, o.payout_id,
            o.amount_cents, o.amount, o.quantity, o.instrument, o.side
        from judged s,
            jsonb_to_record(s.state) as o (user_id uuid, account_group_id uuid, account_id uuid,
                parent_id uuid, payout_id uuid, amount_cents bigint, amount text, quantity text,
                instrument text, side text)
        where s.legal
        order by s.object_id, s.category, s.number desc
        on conflict (object_id, category) do update
            set status = excluded.status, as_of_ns = excluded.as_of_ns, event_id = excluded.event_id,
                user_id = excluded.user_id, account_group_id = excluded.account_group_id,
                broker_account_id = excluded.broker_account_id, parent_id = excluded.parent_id,
                payout_id = excluded.payout_id, amount_cents = excluded.amount_cents,
                amount = excluded.amount, quantity = excluded.quantity,
                instrument = excluded.instrument, side = excluded.side
            where broker_object.event_id <> excluded.event_id
    ), changed as (
        -- Step by step, of which hardly any changes: a join would read all events.
        select s.event_id
        from judged s
        cross join lateral (
            select from webhook_event w
            where w.event_id = s.event_id
                and case when s.legal
                    then w.state in ('quarantined', 'dismissed') and w.reason = 'illegal-step'
                    else w.state = 'applied' end
            offset 0
        ) w
    )
    update webhook_event e
    set state = case when e.state = 'applied' then 'quarantined' else 'applied' end,
        reason = case when e.state = 'applied' then 'illegal-step' end,
        applied_at = case when e.state <> 'applied' then p_now end
    where e.event_id = any (array(select event_id from changed));
end $$;

-- The broker's objects, with the member they concern. An account's owner is that of its
-- group.
create view broker_object_record as
select o.object_id, o.category, o.status,
    utc_text(timestamptz 'epoch' + o.as_of_ns / 1000 * interval '1 microsecond') as as_of,
    coalesce(o.account_group_id, a.account_group_id) as account_group_id,
    o.broker_account_id as account_id, m.member_id, m.pool_id, h.holder, o.parent_id, o.payout_id,
    o.amount, o.quantity, o.instrument, o.side
from broker_object o
left join broker_account a on a.broker_account_id = o.broker_account_id
left join broker_account_group g
    on g.account_group_id = coalesce(o.account_group_id, a.account_group_id)
left join member m on m.upvest_user_id = coalesce(g.user_id, o.user_id)
left join member_holder h on h.member_id = m.member_id;
