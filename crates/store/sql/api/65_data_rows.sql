-- The rows of the catalogue's views, whole: no component reads them.

create view all_members as
select m.member_id, m.pool_id, m.upvest_user_id, m.sex,
    coalesce(m.birth_date, u.birth_date) as birth_date,
    extract(year from coalesce(m.birth_date, u.birth_date))::bigint as birth_year, m.enrolled_on,
    case
        when exists (select from settlement_line l
            join current_settlement s on s.settlement_id = l.settlement_id
            where l.member_id = m.member_id and l.fate <> 'survived') then 'deceased'
        when d.member_id is not null then 'death_reported'
        when m.closed_on is not null then 'closed'
        else 'active'
    end as state,
    d.died_on, m.closed_on, coalesce(b.amount_minor, 0) as cash_cents
from member m
left join broker_user u on u.user_id = m.upvest_user_id
left join death d on d.member_id = m.member_id and d.withdrawn_at is null
left join account a on a.member_id = m.member_id and a.kind = 'member' and a.asset_id = 'EUR'
left join balance b on b.account_id = a.account_id;

create view all_pools as
select r.pool_id, r.name, r.currency, r.first_period, r.next_period, r.resettlement, r.members,
    r.active_members, r.rules_version, r.rules::jsonb as rules
from pool_record r;

create view all_balances as
select a.account_id, a.pool_id, a.kind as account, a.member_id, a.asset_id, b.amount_minor
from account a
join balance b on b.account_id = a.account_id;

-- On the caller's day, as it was known at the caller's time.
create view all_balances_then as
select a.account_id, a.pool_id, a.kind as account, a.member_id, a.asset_id,
    sum(p.amount_minor)::bigint as amount_minor
from account a
join posting p on p.account_id = a.account_id
join journal_entry e on e.entry_id = p.entry_id
where e.effective_on <= coalesce((select caller('as_of')::date), 'infinity')
    and e.recorded_at <= coalesce((select caller('known_at')::timestamptz), 'infinity')
group by a.account_id;

create view all_journal as
select p.entry_id, p.account_id, e.pool_id, e.kind, e.effective_on,
    to_char(e.effective_on, 'YYYY-MM') as month, e.recorded_at, a.kind as account, a.member_id,
    a.asset_id, p.amount_minor, p.balance_after_minor, e.settlement_id, e.reverses, e.source,
    e.actor, e.reason
from posting p
join journal_entry e on e.entry_id = p.entry_id
join account a on a.account_id = p.account_id;

create view all_credits as
select l.member_id, l.settlement_id, s.pool_id, to_char(s.period, 'YYYY-MM') as period,
    coalesce(s.last_day, (s.period + interval '1 month - 1 day')::date) as last_day, s.revision,
    r.settlement_id is null as current, l.fate, l.sex, l.age_months, l.cash_cents,
    l.securities_cents, l.at_risk_cents, l.q::numeric as q, l.credit_cents, l.estate_cents,
    l.leaf_index, s.recorded_at, r.recorded_at as replaced_at
from settlement_line l
join settlement s on s.settlement_id = l.settlement_id
left join settlement_reversal r on r.settlement_id = l.settlement_id;

create view all_settlements as
select s.settlement_id, s.pool_id, to_char(s.period, 'YYYY-MM') as period,
    coalesce(s.last_day, (s.period + interval '1 month - 1 day')::date) as last_day, s.revision,
    r.settlement_id is null as current, s.rules_version, s.outcome, s.applied_rule,
    coalesce(z.members_at_risk, 0) as members_at_risk, coalesce(z.deaths, 0) as deaths,
    s.carried_in_cents, s.pot_cents, s.credits_cents, s.carried_out_cents,
    s.group_gain::numeric as group_gain, e.number as seal_number, e.head, s.recorded_at,
    r.recorded_at as replaced_at, s.recorded_by
from settlement s
left join settlement_size z on z.settlement_id = s.settlement_id
left join settlement_reversal r on r.settlement_id = s.settlement_id
left join settlement_seal e on e.settlement_id = s.settlement_id;

create view all_contributions as
select e.entry_id, e.pool_id, a.member_id, p.amount_minor as amount_cents, e.effective_on,
    to_char(e.effective_on, 'YYYY-MM') as month, e.recorded_at,
    case when e.source like 'upvest:%' or o.source like 'upvest:%' then 'upvest'
        else 'operator' end as channel,
    e.reverses, t.entry_id is not null as reversed
from journal_entry e
join posting p on p.entry_id = e.entry_id
join account a on a.account_id = p.account_id
left join journal_entry o on o.entry_id = e.reverses
left join journal_entry t on t.reverses = e.entry_id
where e.kind = 'contribution' and a.member_id is not null and a.asset_id = 'EUR';

create view all_payouts as
select p.payout_id, p.pool_id, p.member_id, p.account_kind as account, p.amount_cents,
    case
        when p.voided_at is not null then 'voided'
        when p.confirmed_at is not null then 'confirmed'
        else 'requested'
    end as state,
    p.requested_on, p.paid_on, p.transaction_id as upvest_transaction_id, p.requested_at,
    p.confirmed_at, p.voided_at, p.voided_because
from payout p;

create view all_orders as
select o.object_id as order_id, m.pool_id, m.member_id, o.status as state,
    timestamptz 'epoch' + o.as_of_ns / 1000 * interval '1 microsecond' as state_since, o.instrument,
    o.side, o.amount, o.quantity, o.broker_account_id as upvest_account_id
from broker_object o
left join broker_account b on b.broker_account_id = o.broker_account_id
join broker_account_group g
    on g.account_group_id = coalesce(o.account_group_id, b.account_group_id)
join member m on m.upvest_user_id = g.user_id
where o.category = 'ORDER';

-- A broker's valuation lists all positions of an account.
create view all_valuations as
select md5(v.event_id::text || p.asset_id)::uuid as valuation_id, m.pool_id, m.member_id,
    p.asset_id, v.valued_on, 'broker' as valued_by, p.quantity_minor, p.value_cents,
    coalesce(v.recorded_at, w.received_at) as recorded_at
from broker_valuation v
join broker_valuation_position p on p.event_id = v.event_id
join webhook_event w on w.event_id = v.event_id
join broker_account b on b.broker_account_id = v.broker_account_id
join broker_account_group g on g.account_group_id = b.account_group_id
join member m on m.upvest_user_id = g.user_id
union all
select md5(concat_ws('/', v.member_id, v.valued_on, v.asset_id,
        extract(epoch from v.recorded_at)))::uuid,
    m.pool_id, v.member_id, v.asset_id, v.valued_on, 'operator', v.quantity_minor, v.value_cents,
    v.recorded_at
from operator_valuation v
join member m on m.member_id = v.member_id;

-- What a position was worth by the last valuations: those of the broker's accounts of one
-- day together, or an operator's of the same day or later. Of the two moments a query has
-- one: what is asked for now has no bounds.
create view all_positions_at as
select b.moment, b.member_id, b.asset_id, b.pool_id, b.amount_minor as quantity_minor,
    v.value_cents, v.valued_on
from (
    select 'now' as moment, member_id, asset_id, pool_id, account, amount_minor
    from all_balances
    union all
    select 'then', member_id, asset_id, pool_id, account, amount_minor
    from all_balances_then
) b
cross join lateral (
    select coalesce((select caller('as_of')::date), 'infinity') as as_of,
        coalesce((select caller('known_at')::timestamptz), 'infinity') as known_at
) bound
left join lateral (
    select sum(v.value_cents)::bigint as value_cents, v.valued_on
    from (
        select v.value_cents, v.valued_on, 1 as rank
        from (
            select o.value_cents, o.valued_on
            from operator_valuation o
            where o.member_id = b.member_id and o.asset_id = b.asset_id
                and o.valued_on <= bound.as_of and o.recorded_at <= bound.known_at
            order by o.valued_on desc, o.recorded_at desc
            limit 1
        ) v
        union all
        select p.value_cents, v.valued_on, 2
        from member m
        join broker_account_group g on g.user_id = m.upvest_user_id
        join broker_account c on c.account_group_id = g.account_group_id
        cross join lateral (
            select v.event_id, v.valued_on
            from broker_valuation v
            join webhook_event w on w.event_id = v.event_id
            where v.broker_account_id = c.broker_account_id
                and v.valued_on <= bound.as_of
                and coalesce(v.recorded_at, w.received_at) <= bound.known_at
            order by v.valued_on desc
            limit 1
        ) v
        join broker_valuation_position p on p.event_id = v.event_id and p.asset_id = b.asset_id
        where m.member_id = b.member_id
    ) v
    group by v.valued_on, v.rank
    order by v.valued_on desc, v.rank
    limit 1
) v on true
where b.account = 'member' and b.asset_id <> 'EUR' and b.amount_minor <> 0;

create view all_positions as
select member_id, asset_id, pool_id, quantity_minor, value_cents, valued_on
from all_positions_at where moment = 'now';

create view all_positions_then as
select member_id, asset_id, pool_id, quantity_minor, value_cents, valued_on
from all_positions_at where moment = 'then';

create view all_deaths as
select d.death_id, m.pool_id, d.member_id, d.died_on, to_char(d.died_on, 'YYYY-MM') as month,
    case
        when d.withdrawn_at is not null then 'withdrawn'
        when d.confirmed_at is not null then 'confirmed'
        else 'reported'
    end as state,
    d.recorded_at as reported_at, d.confirmed_at, d.withdrawn_at, d.withdrawn_because
from death d
join member m on m.member_id = d.member_id;

create view all_webhook_events as
select e.event_id, e.event_type, e.state, e.reason,
    timestamptz 'epoch' + e.created_at_ns / 1000 * interval '1 microsecond' as created_at,
    e.received_at, e.applied_at, e.retries, e.key_id, e.dismissed_at, e.dismissed_by,
    e.dismissed_because, e.purged_at
from webhook_event e;

-- A function and not a view, because it decides for pages of members. It computes for
-- nobody but operators and auditors.
create function reconciled(p_pool_id uuid)
returns table (
    member_id uuid, asset_id text, against text, ledger_minor bigint, expected_minor bigint,
    broker_minor bigint, difference_minor bigint, broker_as_of timestamptz, cause text)
language sql stable security definer set search_path from current set jit = off as $$
    select d.member_id, d.asset_id, d.against, d.ledger_minor, d.expected_minor, d.broker_minor,
        d.difference_minor, d.broker_as_of, d.cause
    from reconciliation(p_pool_id, null, null) d
    where caller('audience') = 'staff';
$$;

create view all_reconciliation as
select p.pool_id, d.member_id, d.asset_id, d.against, d.ledger_minor, d.expected_minor,
    d.broker_minor, d.difference_minor, d.broker_as_of, d.cause
from pool p
cross join lateral reconciled(p.pool_id) d;
