-- A member's account.

-- On a day: who the member is, what is held, the last twelve settlements. Null if there is no
-- such member.
create function member_account(p_member_id uuid, p_today date) returns json
language plpgsql stable security definer set search_path from current set jit = off
-- It is what is read most: a session plans it once.
set plan_cache_mode = force_generic_plan as $$
begin
    return (
        select to_json(a)
        from (
            select m.*, member_positions(m.member_id, p_today) as held,
                (select coalesce(json_agg(to_json(s) order by s.period desc), '[]')
                from (
                    select * from member_settlement_record r
                    where r.member_id = p_member_id
                    order by r.period desc limit 12
                ) s) as settlements
            from member_record m
            where m.member_id = p_member_id
        ) a);
end $$;
