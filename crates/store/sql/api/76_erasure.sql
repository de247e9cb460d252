-- Erasure: the person goes, the books stay.

-- Since when nothing more was booked for a member, null if nothing ever was.
create function last_booked_on(p_member_id uuid) returns date
language sql stable set search_path from current as $$
    select max(booked.day)
    from (
        select greatest(e.effective_on, (e.recorded_at at time zone 'utc')::date) as day
        from account a
        join posting p on p.account_id = a.account_id
        join journal_entry e on e.entry_id = p.entry_id
        where a.member_id = p_member_id
        union all
        select (s.recorded_at at time zone 'utc')::date
        from settlement_line l
        join settlement s on s.settlement_id = l.settlement_id
        where l.member_id = p_member_id
    ) booked;
$$;

-- An answer that a command gave about a member, without what says who that is.
create function without_person(p_reply json, p_user_id uuid) returns json
language sql immutable set search_path from current as $$
    select json_object_agg(r.key, case
        when r.key = 'birth_date' then 'null'::json
        when r.key = 'upvest_user_id' then to_json(p_user_id)
        when r.key = 'beneficiaries' then '[]'::json
        when r.key in ('withdrawn_because', 'voided_because') and json_typeof(r.value) <> 'null'
            then '"erased"'::json
        else r.value end)
    from json_each(p_reply) r;
$$;

-- Removes who a member was. The membership has ended, nothing is left on the accounts, and
-- the books of it need not be kept any longer: they are kept until the end of the
-- p_retention_years-th year after that of the last booking (section 147 (3) and (4) AO,
-- section 257 (4) and (5) HGB). The month of birth stays if a settlement used it: the age in
-- months in its sealed line says as much, and a settlement that is made again asks for it.
create function erase_member(
    p_actor text, p_key text, p_request_hash text, p_now timestamptz,
    p_pool_id uuid, p_member_id uuid, p_retention_years integer
) returns json
language plpgsql security definer set search_path from current set jit = off as $$
declare
    v_member member;
    v_last date;
    v_free_from date;
    v_named uuid[];
    v_user_id uuid := gen_random_uuid();
    v_born date;
    v_lines bigint;
    v_erased jsonb;
    v_kept jsonb;
    v_rows bigint;
    v_reply json;
begin
    select * into p_now, v_reply from begin_command(p_actor, p_key, p_request_hash, p_now);
    if v_reply is not null then
        return v_reply;
    end if;
    perform require_pool(p_pool_id);
    v_member := require_member(p_pool_id, p_member_id, 404, '');
    if exists (select from member_erasure where member_id = p_member_id) then
        perform refuse(409, 'member-erased', '', 'the member was erased already');
    end if;
    if (v_member.closed_on is null or v_member.closed_on >= (p_now at time zone 'utc')::date)
        and (select holder from member_holder where member_id = p_member_id) = 'member'
    then
        perform refuse(409, 'member-active', '',
            'the membership has not ended: the data is needed for the contract '
            '(Art. 6 (1) (b), Art. 17 (1) (a) GDPR)');
    end if;
    if exists (
        select from account a
        join balance b on b.account_id = a.account_id
        where a.member_id = p_member_id and a.kind in ('member', 'estate', 'payout')
            and b.amount_minor <> 0
    ) then
        perform refuse(409, 'account-not-empty', '',
            'money or securities are still owed to the member or the estate');
    end if;
    v_last := last_booked_on(p_member_id);
    v_free_from := make_date(extract(year from v_last)::integer + 1 + p_retention_years, 1, 1);
    if (p_now at time zone 'utc')::date < v_free_from then
        perform refuse(409, 'retention-period', '', concat(
            'the books are kept for ', p_retention_years, ' years after the end of the year of '
            'the last booking, ', v_last, ' (section 147 (3) and (4) AO, section 257 (4) and (5) '
            'HGB; Art. 17 (3) (b) GDPR): erasure is possible from ', v_free_from));
    end if;

    select count(*) into v_lines
    from settlement_line where member_id = p_member_id and age_months is not null;
    v_named := named_ids(p_member_id);
    select coalesce(v_member.birth_date, u.birth_date) into v_born
    from (select) row
    left join broker_user u on u.user_id = v_member.upvest_user_id;
    -- Ages are counted on the first days of months: of the day they know whether it was the
    -- first.
    v_born := case when v_lines > 0 then date_trunc('month', v_born)::date
        + case when extract(day from v_born) > 1 then 1 else 0 end end;
    v_erased := jsonb_build_array(
        json_build_object('data', case when v_lines > 0 then 'day_of_birth' else 'birth_date' end,
            'rows', 1),
        json_build_object('data', 'upvest_user_id', 'rows', 1));

    update member set birth_date = v_born, upvest_user_id = v_user_id
    where member_id = p_member_id;
    delete from broker_user where user_id = v_member.upvest_user_id;
    get diagnostics v_rows = row_count;
    v_erased := v_erased || jsonb_build_object('data', 'broker_user', 'rows', v_rows);
    update broker_step s set state = '{}'
    from broker_object o
    where o.object_id = s.object_id and o.category = s.category
        and (o.account_group_id = any (v_named) or o.user_id = v_member.upvest_user_id);
    get diagnostics v_rows = row_count;
    v_erased := v_erased || jsonb_build_object('data', 'states_of_broker_objects', 'rows', v_rows);
    update broker_object set user_id = v_user_id where user_id = v_member.upvest_user_id;
    update broker_account_group set user_id = v_user_id
    where user_id = v_member.upvest_user_id;
    delete from beneficiary where member_id = p_member_id;
    get diagnostics v_rows = row_count;
    v_erased := v_erased || jsonb_build_object('data', 'beneficiaries', 'rows', v_rows);
    update death set withdrawn_because = 'erased'
    where member_id = p_member_id and withdrawn_because is not null;
    update payout set voided_because = 'erased'
    where member_id = p_member_id and voided_because is not null;
    update webhook_event e
    set raw = null, sealed = null, sealed_with = null, purged_at = coalesce(e.purged_at, p_now),
        subjects = array_replace(e.subjects, v_member.upvest_user_id, v_user_id)
    where e.subjects && v_named;
    get diagnostics v_rows = row_count;
    v_erased := v_erased || jsonb_build_object('data', 'event_texts', 'rows', v_rows);
    update idempotency i set reply = without_person(i.reply, v_user_id)
    where i.reply ->> 'member_id' = p_member_id::text;
    get diagnostics v_rows = row_count;
    v_erased := v_erased || jsonb_build_object('data', 'answers_to_commands', 'rows', v_rows);

    select jsonb_agg(jsonb_build_object('data', k.data, 'rows', k.kept, 'ground', k.ground)
        order by k.data)
    into v_kept
    from (
        select 'journal_entries' as data, count(distinct p.entry_id) as kept,
            'the pool''s journal is one book and sealed with it; pseudonymous from now on '
            '(Art. 17 (3) (b) and (e) GDPR)' as ground
        from account a join posting p on p.account_id = a.account_id
        where a.member_id = p_member_id
        union all
        select 'settlement_lines', count(*),
            'sealed: without them no member could prove a credit; sex and age in months are '
            'part of the line (Art. 17 (3) (b) and (e) GDPR)'
        from settlement_line where member_id = p_member_id
        union all
        select 'month_of_birth', case when v_lines > 0 then 1 else 0 end,
            'the sealed age in months says as much, and a settlement that is made again asks '
            'for it (Art. 17 (3) (e) GDPR)'
        union all
        select 'valuations', (select count(*) from operator_valuation
                where member_id = p_member_id),
            'what the sealed balances were computed from; pseudonymous from now on '
            '(Art. 17 (3) (b) and (e) GDPR)'
    ) k
    where k.kept > 0;
    insert into member_erasure (member_id, erased_at, erased_by, retention_years, last_booked_on)
    values (p_member_id, p_now, p_actor, p_retention_years, v_last);
    return remember(p_actor, p_key, json_build_object('member_id', p_member_id,
        'erased_at', utc_text(p_now), 'last_booked_on', v_last,
        'retention_years', p_retention_years, 'erased', v_erased,
        'kept', coalesce(v_kept, '[]')));
end $$;
