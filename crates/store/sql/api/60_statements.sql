-- Statements and the other views of readers.

-- The monthly statements of these members, from the month of p_first to that of
-- p_last. A month without a complete valuation at its end has no closing balance
-- and no return.
create function statements(p_members uuid[], p_first date, p_last date)
returns table (
    member_id uuid, period text, opening_cents bigint, contributions_cents bigint,
    return_cents bigint, credits_cents bigint, fees_cents bigint, taxes_cents bigint,
    payouts_cents bigint, forfeited_cents bigint, closing_cents bigint, at_risk_cents bigint,
    credit_percent text, settled boolean, corrections json)
language plpgsql stable security definer set search_path from current set jit = off
-- A session plans the statement once, and not with every call: that takes longer than it.
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return query
    with month as (
        select first_day::date, (first_day + interval '1 month - 1 day')::date as last_day
        from generate_series(p_first, p_last, interval '1 month') as first_day
    ), day as (
        select first_day, last_day from month
        union all
        -- The end of the month before the first is its opening.
        select (p_first - interval '1 month')::date, p_first - 1
    ), stake as materialized (
        -- What these members had in the settlements that stand: looked up by member, however
        -- many the planner takes them and the months to be.
        select l.member_id, s.last_day, l.fate, l.q, l.at_risk_cents, l.securities_cents
        from settlement_line l
        join current_settlement s on s.settlement_id = l.settlement_id
        where l.member_id = any (p_members)
            and s.last_day between p_first - 1 and (p_last + interval '1 month - 1 day')::date
    ), holding as (
        -- At the end of a settled period securities are worth what they were settled by,
        -- whatever was valued since.
        select d.last_day, h.member_id, h.cash_cents,
            coalesce(settled.securities_cents, h.securities_cents) as securities_cents
        from day d
        cross join lateral holdings(null, p_members, d.first_day, d.last_day, '{}') h
        left join stake settled on settled.member_id = h.member_id
            and settled.last_day = d.last_day and settled.fate = 'survived'
    ), flow as (
        select m.first_day, a.member_id, k.kind, sum(p.amount_minor)::bigint as amount
        from month m
        join journal_entry e on e.effective_on between m.first_day and m.last_day
        join posting p on p.entry_id = e.entry_id
        join account a on a.account_id = p.account_id
        -- What the broker collects as a tax is booked as what an income is short of.
        cross join lateral (select case when e.kind = 'income'
            and e.metadata ->> 'upvest_type' in ('TAX_COLLECTION', 'TAX_COLLECTION_CANCELLATION')
            then 'tax' else e.kind end as kind) k
        where a.kind = 'member' and a.asset_id = 'EUR' and a.member_id = any (p_members)
        group by m.first_day, a.member_id, k.kind
    ), line as (
        select first_day, member_id,
            coalesce(sum(amount) filter (where kind = 'contribution'), 0) as contributions,
            coalesce(sum(amount) filter (where kind in ('trade', 'income')), 0) as invested,
            coalesce(sum(amount) filter (where kind = 'longevity_credit'), 0) as credits,
            coalesce(-sum(amount) filter (where kind = 'fee'), 0) as fees,
            coalesce(-sum(amount) filter (where kind = 'tax'), 0) as taxes,
            coalesce(-sum(amount) filter (where kind = 'payout'), 0) as payouts,
            coalesce(-sum(amount) filter (where kind = 'forfeiture'), 0) as forfeited_cash
        from flow
        group by first_day, member_id
    )
    select mm.member_id, to_char(m.first_day, 'YYYY-MM'),
        o.cash_cents + o.securities_cents,
        coalesce(l.contributions, 0)::bigint,
        -- What a death took away in securities is no loss of the investment.
        (c.securities_cents + coalesce(left_behind.securities, 0) - o.securities_cents
            + coalesce(l.invested, 0))::bigint,
        coalesce(l.credits, 0)::bigint,
        coalesce(l.fees, 0)::bigint,
        coalesce(l.taxes, 0)::bigint,
        coalesce(l.payouts, 0)::bigint,
        (coalesce(l.forfeited_cash, 0) + coalesce(left_behind.securities, 0))::bigint,
        c.cash_cents + c.securities_cents,
        at_risk.at_risk_cents,
        round(coalesce(l.credits, 0)::numeric * 100 / nullif(at_risk.at_risk_cents, 0), 6)::text,
        exists (select from current_settlement s
            where s.pool_id = mm.pool_id and s.last_day between m.last_day
                and (s.period + interval '1 year')::date and s.period <= m.first_day),
        -- What earlier settlements of the period had credited, and why they were replaced.
        (select coalesce(json_agg(json_build_object('revision', old.revision,
                'fate', sl.fate, 'credit_cents', sl.credit_cents,
                'corrected_at', utc_text(r.recorded_at), 'reason', 'deaths_changed')
                order by old.revision), '[]')
            from settlement_line sl
            join settlement old on old.settlement_id = sl.settlement_id
            join settlement_reversal r on r.settlement_id = old.settlement_id
            where sl.member_id = mm.member_id
                and coalesce(old.last_day, m.last_day) = m.last_day
                and old.period <= m.first_day and (old.last_day is not null or old.period = m.first_day))
    from month m
    cross join member mm
    join holding o on o.member_id = mm.member_id and o.last_day = m.first_day - 1
    join holding c on c.member_id = mm.member_id and c.last_day = m.last_day
    left join line l on l.member_id = mm.member_id and l.first_day = m.first_day
    left join lateral (
        select s.at_risk_cents - coalesce(l.forfeited_cash, 0) as securities
        from stake s
        where s.member_id = mm.member_id and s.fate <> 'survived' and s.last_day = m.last_day
    ) left_behind on true
    -- What was at risk in the period that ends with the month.
    left join stake at_risk on at_risk.member_id = mm.member_id and at_risk.q is not null
        and at_risk.last_day = m.last_day
    where mm.member_id = any (p_members)
    order by mm.member_id, m.first_day;
end $$;

create view trial_balance as
select a.pool_id, a.asset_id, count(*) as postings,
    sum(p.amount_minor)::text as sum_minor,
    coalesce(sum(p.amount_minor) filter (where a.kind = 'member'), 0)::text as members_minor,
    coalesce(sum(p.amount_minor) filter (where a.kind = 'estate'), 0)::text as estates_minor,
    coalesce(sum(p.amount_minor) filter (where a.kind = 'payout'), 0)::text as payouts_minor,
    coalesce(sum(p.amount_minor) filter (where a.kind = 'pool'), 0)::text as pool_minor,
    coalesce(sum(p.amount_minor) filter (where a.kind = 'pot'), 0)::text as pot_minor,
    coalesce(sum(p.amount_minor) filter (where a.kind = 'fee'), 0)::text as fees_minor,
    coalesce(sum(p.amount_minor) filter (where a.kind = 'broker'), 0)::text as broker_minor
from posting p
join account a on a.account_id = p.account_id
group by a.pool_id, a.asset_id;

create view webhook_event_count as
select e.event_type,
    case when t.transaction_id is not null and not t.posted then 'waiting' else e.state end as state,
    e.reason, count(*) as events
from webhook_event e
left join broker_transaction t on t.event_id = e.event_id
group by 1, 2, 3;
