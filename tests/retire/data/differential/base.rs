//! The views once more, in plain SQL over the tables, by nobody who knows how the views
//! of the application are made. `$as_of` and `$known_at` stand for the moment.

/// The rows of a view, whole.
pub(super) const BASE: [(&str, &str); 14] = [
    (
        "members",
        "select m.member_id, m.pool_id, m.upvest_user_id, m.sex, b.birth_date,
             date_part('year', b.birth_date)::bigint as birth_year, m.enrolled_on,
             case when exists (select 1 from settlement_line l where l.member_id = m.member_id
                     and l.fate <> 'survived' and l.settlement_id not in
                         (select settlement_id from settlement_reversal)) then 'deceased'
                 when d.died_on is not null then 'death_reported'
                 when m.closed_on is not null then 'closed' else 'active' end as state,
             d.died_on, m.closed_on,
             (select coalesce(sum(p.amount_minor), 0) from posting p
                 where p.account_id in (select a.account_id from account a where a.member_id = m.member_id
                     and a.kind = 'member' and a.asset_id = 'EUR'))::bigint as cash_cents
         from member m
         cross join lateral (select coalesce(m.birth_date, (select u.birth_date from broker_user u
             where u.user_id = m.upvest_user_id)) as birth_date) b
         left join (select * from death where withdrawn_at is null) d using (member_id)",
    ),
    (
        "pools",
        "select p.pool_id, p.name, p.currency, to_char(p.first_period, 'YYYY-MM') as first_period,
             to_char(p.first_period + make_interval(months => (select count(*)::int from settlement s
                 where s.pool_id = p.pool_id)), 'YYYY-MM') as next_period,
             false as resettlement,
             (select count(*) from member m where m.pool_id = p.pool_id) as members,
             (select count(*) from member m where m.pool_id = p.pool_id
                 and m.member_id not in (select member_id from death)) as active_members,
             1::bigint as rules_version,
             (select r.document::jsonb from pool_rules r where r.pool_id = p.pool_id) as rules
         from pool p",
    ),
    (
        "balances",
        "select a.account_id, a.pool_id, a.kind as account, a.member_id, a.asset_id,
             sum(p.amount_minor)::bigint as amount_minor
         from posting p natural join account a join journal_entry e using (entry_id)
         where e.effective_on <= $as_of and e.recorded_at <= $known_at
         group by a.account_id",
    ),
    (
        "journal",
        "select p.entry_id, p.account_id, a.pool_id, e.kind, e.effective_on,
             substr(e.effective_on::text, 1, 7) as month, e.recorded_at, a.kind as account,
             a.member_id, a.asset_id, p.amount_minor, p.balance_after_minor, e.settlement_id,
             e.reverses, e.source, e.actor, e.reason
         from posting p, journal_entry e, account a
         where e.entry_id = p.entry_id and a.account_id = p.account_id
             and e.effective_on <= $as_of and e.recorded_at <= $known_at",
    ),
    (
        "credits",
        "select l.member_id, l.settlement_id, s.pool_id, substr(s.period::text, 1, 7) as period,
             s.last_day, s.revision, true as current, l.fate, l.sex, l.age_months, l.cash_cents,
             l.securities_cents, l.at_risk_cents, cast(l.q as numeric) as q, l.credit_cents,
             l.estate_cents, l.leaf_index, s.recorded_at, null::timestamptz as replaced_at
         from settlement s natural join settlement_line l
         where s.last_day <= $as_of and s.recorded_at <= $known_at",
    ),
    (
        "settlements",
        "select s.settlement_id, s.pool_id, substr(s.period::text, 1, 7) as period, s.last_day,
             s.revision, true as current, s.rules_version, s.outcome, s.applied_rule,
             c.at_risk as members_at_risk, c.dead as deaths, s.carried_in_cents, s.pot_cents,
             s.credits_cents, s.carried_out_cents, cast(s.group_gain as numeric) as group_gain,
             e.number as seal_number, e.head, s.recorded_at, null::timestamptz as replaced_at,
             s.recorded_by
         from settlement s
         join settlement_seal e using (settlement_id)
         join (select settlement_id, count(q) as at_risk, count(*) filter (where fate <> 'survived') as dead
             from settlement_line group by 1) c using (settlement_id)
         where s.last_day <= $as_of and s.recorded_at <= $known_at",
    ),
    (
        "contributions",
        "select e.entry_id, e.pool_id, a.member_id, p.amount_minor as amount_cents, e.effective_on,
             substr(e.effective_on::text, 1, 7) as month, e.recorded_at,
             case when split_part(coalesce((select o.source from journal_entry o
                     where o.entry_id = e.reverses), e.source), ':', 1) = 'upvest'
                 then 'upvest' else 'operator' end as channel,
             e.reverses, e.entry_id in (select reverses from journal_entry where reverses is not null)
                 as reversed
         from journal_entry e natural join posting p join account a using (account_id)
         where e.kind = 'contribution' and a.kind in ('member', 'estate', 'payout')
             and a.asset_id = 'EUR' and e.effective_on <= $as_of and e.recorded_at <= $known_at",
    ),
    (
        "payouts",
        "select payout_id, pool_id, member_id, account_kind as account, amount_cents,
             case when voided_at > '-infinity' then 'voided' when confirmed_at > '-infinity'
                 then 'confirmed' else 'requested' end as state,
             requested_on, paid_on, transaction_id as upvest_transaction_id, requested_at,
             confirmed_at, voided_at, voided_because
         from payout",
    ),
    (
        "orders",
        "select o.object_id as order_id, m.pool_id, m.member_id, o.status as state,
             to_timestamp(o.as_of_ns / 1000000000) as state_since, o.instrument, o.side, o.amount,
             o.quantity, o.broker_account_id as upvest_account_id
         from broker_object o, broker_account_group g, member m
         where o.category = 'ORDER' and g.account_group_id = o.account_group_id
             and m.upvest_user_id = g.user_id",
    ),
    (
        "positions",
        "select a.member_id, a.asset_id, a.pool_id, q.quantity as quantity_minor,
             v.value_cents, v.valued_on
         from account a
         join (select p.account_id, sum(p.amount_minor)::bigint as quantity
             from posting p join journal_entry e using (entry_id)
             where e.effective_on <= $as_of and e.recorded_at <= $known_at
             group by 1) q using (account_id)
         join member m using (member_id)
         left join broker_account_group g on g.user_id = m.upvest_user_id
         left join broker_account b using (account_group_id)
         left join lateral (select x.value_cents, w.valued_on
             from broker_valuation w join broker_valuation_position x using (event_id)
             where w.broker_account_id = b.broker_account_id and x.asset_id = a.asset_id
                 and w.valued_on <= $as_of and w.recorded_at <= $known_at
             order by w.valued_on desc limit 1) v on true
         where a.kind = 'member' and a.asset_id not like 'EUR' and q.quantity <> 0",
    ),
    (
        "valuations",
        "select md5(w.event_id || x.asset_id)::uuid as valuation_id, m.pool_id, m.member_id,
             x.asset_id, w.valued_on, 'broker' as valued_by, x.quantity_minor, x.value_cents,
             w.recorded_at
         from broker_valuation_position x
         join broker_valuation w using (event_id)
         join broker_account b using (broker_account_id)
         join broker_account_group g using (account_group_id)
         join member m on m.upvest_user_id = g.user_id",
    ),
    (
        "deaths",
        "select d.death_id, m.pool_id, m.member_id, d.died_on, substr(d.died_on::text, 1, 7) as month,
             case when d.withdrawn_at is null and d.confirmed_at is null then 'reported'
                 when d.withdrawn_at is null then 'confirmed' else 'withdrawn' end as state,
             d.recorded_at as reported_at, d.confirmed_at, d.withdrawn_at, d.withdrawn_because
         from member m join death d using (member_id)",
    ),
    (
        "webhook_events",
        "select event_id, event_type, state, reason,
             to_timestamp(created_at_ns / 1000000000)
                 + (created_at_ns % 1000000000 / 1000) * interval '1 microsecond' as created_at,
             received_at, applied_at, retries, key_id, dismissed_at, dismissed_by,
             dismissed_because, purged_at
         from webhook_event",
    ),
    (
        "reconciliation",
        "select p.pool_id, d.member_id, d.asset_id, d.against, d.ledger_minor, d.expected_minor,
             d.broker_minor, d.difference_minor, d.broker_as_of, d.cause
         from pool p, reconciliation(p.pool_id, null, 1000) d",
    ),
];
