-- Longevity credits, explained to whom they were credited.

-- A figure of a pool, if enough members stand behind it for it to tell nothing of one:
-- at least twenty.
create function behind(p_members bigint, p_figure bigint) returns bigint
language sql immutable
return case when p_members >= 20 then p_figure end;

-- What the settlements that hold, with periods from p_first to p_last, meant for a member,
-- the newest first, with what those had meant that they replaced. Of the pool: what every
-- member's own credit, or the seal in its proof, says as well, if enough took part.
create function member_credits(p_member_id uuid, p_first date, p_last date) returns json
language sql stable security definer set search_path from current set jit = off as $$
    select coalesce(json_agg(to_json(c) order by c.period desc), '[]')
    from (
        select s.settlement_id, m.pool_id, to_char(s.period, 'YYYY-MM') as period, s.last_day,
            s.revision, l.fate, l.age_months, l.cash_cents, l.securities_cents, l.at_risk_cents,
            l.q,
            -- q/(1 - q) of the balance, rounded down.
            case when l.q::numeric < 1
                then trunc(l.at_risk_cents * l.q::numeric / (1 - l.q::numeric), 6)::text
                end as nominal_gain_cents,
            t.applied_rule, t.group_gain,
            case when l.fate = 'survived' then l.credit_cents else 0 end as credit_cents,
            case when l.q is not null and l.fate = 'survived'
                then round(l.credit_cents::numeric * 100 / nullif(l.at_risk_cents, 0), 6)::text
                end as credit_percent,
            behind(z.lines, z.lines) as members,
            behind(z.lines, z.deaths) as deaths,
            behind(z.lines, z.lines - z.deaths) as survivors,
            behind(z.lines, t.pot_cents) as pot_cents,
            case when z.lines >= 20 and t.pot_cents > 0 and l.fate = 'survived'
                then round(l.credit_cents::numeric * 100 / t.pot_cents, 6)::text end
                as pot_share_percent,
            e.number as seal_number, e.head,
            '/v1/pools/' || m.pool_id || '/settlements/' || to_char(s.period, 'YYYY-MM')
                || '/proof' as proof,
            (select coalesce(json_agg(json_build_object('revision', old.revision,
                    'fate', ol.fate,
                    'credit_cents', case when ol.fate = 'survived' then ol.credit_cents else 0 end,
                    'corrected_at', utc_text(r.recorded_at), 'reason', 'deaths_changed')
                    order by old.revision), '[]')
                from settlement old
                join settlement_line ol on ol.settlement_id = old.settlement_id
                    and ol.member_id = p_member_id
                join settlement_reversal r on r.settlement_id = old.settlement_id
                where old.pool_id = m.pool_id and old.period = s.period) as corrections
        from member m
        join current_settlement s on s.pool_id = m.pool_id
        join settlement t on t.settlement_id = s.settlement_id
        join settlement_line l on l.settlement_id = s.settlement_id
            and l.member_id = m.member_id
        join settlement_size z on z.settlement_id = s.settlement_id
        left join settlement_seal e on e.settlement_id = s.settlement_id
        where m.member_id = p_member_id and s.period between p_first and p_last
    ) c;
$$;
