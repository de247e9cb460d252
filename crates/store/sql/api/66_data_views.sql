-- Written by `cargo xtask openapi` from crates/catalogue: what each audience sees.

create view staff_members as
select r.member_id,
    r.pool_id,
    r.upvest_user_id,
    r.sex,
    r.birth_date,
    r.birth_year,
    r.enrolled_on,
    r.state,
    r.died_on,
    r.closed_on,
    r.cash_cents
from all_members r
where (select caller('audience')) = 'staff';

create view analyst_members with (security_barrier) as
select pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.pool_id,
    r.sex,
    r.birth_year,
    date_trunc('month', r.enrolled_on)::date as enrolled_on,
    r.state,
    date_trunc('month', r.died_on)::date as died_on,
    date_trunc('month', r.closed_on)::date as closed_on,
    r.cash_cents
from all_members r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_members with (security_barrier) as
select r.member_id,
    r.pool_id,
    r.upvest_user_id,
    r.sex,
    r.birth_date,
    r.birth_year,
    r.enrolled_on,
    r.state,
    r.died_on,
    r.closed_on,
    r.cash_cents
from all_members r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_pools as
select r.pool_id,
    r.name,
    r.currency,
    r.first_period,
    r.next_period,
    r.resettlement,
    r.members,
    r.active_members,
    r.rules_version,
    r.rules
from all_pools r
where (select caller('audience')) = 'staff';

create view analyst_pools with (security_barrier) as
select r.pool_id,
    r.name,
    r.currency,
    r.first_period,
    r.next_period,
    r.resettlement,
    r.members,
    r.active_members,
    r.rules_version,
    r.rules
from all_pools r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_pools with (security_barrier) as
select r.pool_id,
    r.name,
    r.currency,
    r.first_period,
    r.next_period,
    r.resettlement,
    r.members,
    r.active_members,
    r.rules_version,
    r.rules
from all_pools r
where (select caller('audience')) = 'own'
    and r.pool_id = (select m.pool_id from member m where m.member_id = (select caller('member_id')::uuid))
    and r.pool_id in (select pool_id from large_pool);

create view staff_balances as
select r.account_id,
    r.pool_id,
    r.account,
    r.member_id,
    r.asset_id,
    r.amount_minor
from all_balances r
where (select caller('audience')) = 'staff';

create view staff_balances_then as
select r.account_id,
    r.pool_id,
    r.account,
    r.member_id,
    r.asset_id,
    r.amount_minor
from all_balances_then r
where (select caller('audience')) = 'staff';

create view analyst_balances with (security_barrier) as
select pseudonym(r.account_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as account_id,
    r.pool_id,
    r.account,
    pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.asset_id,
    r.amount_minor
from all_balances r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view analyst_balances_then with (security_barrier) as
select pseudonym(r.account_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as account_id,
    r.pool_id,
    r.account,
    pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.asset_id,
    r.amount_minor
from all_balances_then r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_balances with (security_barrier) as
select r.account_id,
    r.pool_id,
    r.account,
    r.member_id,
    r.asset_id,
    r.amount_minor
from all_balances r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view own_balances_then with (security_barrier) as
select r.account_id,
    r.pool_id,
    r.account,
    r.member_id,
    r.asset_id,
    r.amount_minor
from all_balances_then r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_journal as
select r.entry_id,
    r.account_id,
    r.pool_id,
    r.kind,
    r.effective_on,
    r.month,
    r.recorded_at,
    r.account,
    r.member_id,
    r.asset_id,
    r.amount_minor,
    r.balance_after_minor,
    r.settlement_id,
    r.reverses,
    r.source,
    r.actor,
    r.reason
from all_journal r
where (select caller('audience')) = 'staff';

create view analyst_journal with (security_barrier) as
select r.entry_id,
    pseudonym(r.account_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as account_id,
    r.pool_id,
    r.kind,
    r.effective_on,
    r.month,
    r.recorded_at,
    r.account,
    pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.asset_id,
    r.amount_minor,
    r.balance_after_minor,
    r.settlement_id,
    r.reverses
from all_journal r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_journal with (security_barrier) as
select r.entry_id,
    r.account_id,
    r.pool_id,
    r.kind,
    r.effective_on,
    r.month,
    r.recorded_at,
    r.account,
    r.member_id,
    r.asset_id,
    r.amount_minor,
    r.balance_after_minor,
    r.settlement_id,
    r.reverses
from all_journal r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_credits as
select r.member_id,
    r.settlement_id,
    r.pool_id,
    r.period,
    r.last_day,
    r.revision,
    r.current,
    r.fate,
    r.sex,
    r.age_months,
    r.cash_cents,
    r.securities_cents,
    r.at_risk_cents,
    r.q,
    r.credit_cents,
    r.estate_cents,
    r.leaf_index,
    r.recorded_at,
    r.replaced_at
from all_credits r
where (select caller('audience')) = 'staff';

create view analyst_credits with (security_barrier) as
select pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.settlement_id,
    r.pool_id,
    r.period,
    r.last_day,
    r.revision,
    r.current,
    r.fate,
    r.sex,
    r.age_months,
    r.cash_cents,
    r.securities_cents,
    r.at_risk_cents,
    r.q,
    r.credit_cents,
    r.estate_cents,
    r.recorded_at,
    r.replaced_at
from all_credits r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_credits with (security_barrier) as
select r.member_id,
    r.settlement_id,
    r.pool_id,
    r.period,
    r.last_day,
    r.revision,
    r.current,
    r.fate,
    r.sex,
    r.age_months,
    r.cash_cents,
    r.securities_cents,
    r.at_risk_cents,
    r.q,
    r.credit_cents,
    r.estate_cents,
    r.leaf_index,
    r.recorded_at,
    r.replaced_at
from all_credits r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_settlements as
select r.settlement_id,
    r.pool_id,
    r.period,
    r.last_day,
    r.revision,
    r.current,
    r.rules_version,
    r.outcome,
    r.applied_rule,
    r.members_at_risk,
    r.deaths,
    r.carried_in_cents,
    r.pot_cents,
    r.credits_cents,
    r.carried_out_cents,
    r.group_gain,
    r.seal_number,
    r.head,
    r.recorded_at,
    r.replaced_at,
    r.recorded_by
from all_settlements r
where (select caller('audience')) = 'staff';

create view analyst_settlements with (security_barrier) as
select r.settlement_id,
    r.pool_id,
    r.period,
    r.last_day,
    r.revision,
    r.current,
    r.rules_version,
    r.outcome,
    r.applied_rule,
    r.members_at_risk,
    r.deaths,
    r.carried_in_cents,
    r.pot_cents,
    r.credits_cents,
    r.carried_out_cents,
    r.group_gain,
    r.seal_number,
    r.head,
    r.recorded_at,
    r.replaced_at
from all_settlements r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_settlements with (security_barrier) as
select r.settlement_id,
    r.pool_id,
    r.period,
    r.last_day,
    r.revision,
    r.current,
    r.rules_version,
    r.outcome,
    r.applied_rule,
    r.members_at_risk,
    r.deaths,
    r.carried_in_cents,
    r.pot_cents,
    r.credits_cents,
    r.carried_out_cents,
    r.group_gain,
    r.seal_number,
    r.head,
    r.recorded_at,
    r.replaced_at
from all_settlements r
where (select caller('audience')) = 'own'
    and r.pool_id = (select m.pool_id from member m where m.member_id = (select caller('member_id')::uuid))
    and r.pool_id in (select pool_id from large_pool);

create view staff_contributions as
select r.entry_id,
    r.pool_id,
    r.member_id,
    r.amount_cents,
    r.effective_on,
    r.month,
    r.recorded_at,
    r.channel,
    r.reverses,
    r.reversed
from all_contributions r
where (select caller('audience')) = 'staff';

create view analyst_contributions with (security_barrier) as
select r.entry_id,
    r.pool_id,
    pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.amount_cents,
    r.effective_on,
    r.month,
    r.recorded_at,
    r.channel,
    r.reverses,
    r.reversed
from all_contributions r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_contributions with (security_barrier) as
select r.entry_id,
    r.pool_id,
    r.member_id,
    r.amount_cents,
    r.effective_on,
    r.month,
    r.recorded_at,
    r.channel,
    r.reverses,
    r.reversed
from all_contributions r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_payouts as
select r.payout_id,
    r.pool_id,
    r.member_id,
    r.account,
    r.amount_cents,
    r.state,
    r.requested_on,
    r.paid_on,
    r.upvest_transaction_id,
    r.requested_at,
    r.confirmed_at,
    r.voided_at,
    r.voided_because
from all_payouts r
where (select caller('audience')) = 'staff';

create view analyst_payouts with (security_barrier) as
select pseudonym(r.payout_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as payout_id,
    r.pool_id,
    pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.account,
    r.amount_cents,
    r.state,
    r.requested_on,
    r.paid_on,
    r.requested_at,
    r.confirmed_at,
    r.voided_at
from all_payouts r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_payouts with (security_barrier) as
select r.payout_id,
    r.pool_id,
    r.member_id,
    r.account,
    r.amount_cents,
    r.state,
    r.requested_on,
    r.paid_on,
    r.upvest_transaction_id,
    r.requested_at,
    r.confirmed_at,
    r.voided_at
from all_payouts r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_orders as
select r.order_id,
    r.pool_id,
    r.member_id,
    r.state,
    r.state_since,
    r.instrument,
    r.side,
    r.amount,
    r.quantity,
    r.upvest_account_id
from all_orders r
where (select caller('audience')) = 'staff';

create view analyst_orders with (security_barrier) as
select pseudonym(r.order_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as order_id,
    r.pool_id,
    pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.state,
    r.state_since,
    r.instrument,
    r.side,
    r.amount,
    r.quantity
from all_orders r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_orders with (security_barrier) as
select r.order_id,
    r.pool_id,
    r.member_id,
    r.state,
    r.state_since,
    r.instrument,
    r.side,
    r.amount,
    r.quantity,
    r.upvest_account_id
from all_orders r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_positions as
select r.member_id,
    r.asset_id,
    r.pool_id,
    r.quantity_minor,
    r.value_cents,
    r.valued_on
from all_positions r
where (select caller('audience')) = 'staff';

create view staff_positions_then as
select r.member_id,
    r.asset_id,
    r.pool_id,
    r.quantity_minor,
    r.value_cents,
    r.valued_on
from all_positions_then r
where (select caller('audience')) = 'staff';

create view analyst_positions with (security_barrier) as
select pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.asset_id,
    r.pool_id,
    r.quantity_minor,
    r.value_cents,
    r.valued_on
from all_positions r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view analyst_positions_then with (security_barrier) as
select pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.asset_id,
    r.pool_id,
    r.quantity_minor,
    r.value_cents,
    r.valued_on
from all_positions_then r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_positions with (security_barrier) as
select r.member_id,
    r.asset_id,
    r.pool_id,
    r.quantity_minor,
    r.value_cents,
    r.valued_on
from all_positions r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view own_positions_then with (security_barrier) as
select r.member_id,
    r.asset_id,
    r.pool_id,
    r.quantity_minor,
    r.value_cents,
    r.valued_on
from all_positions_then r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_valuations as
select r.valuation_id,
    r.pool_id,
    r.member_id,
    r.asset_id,
    r.valued_on,
    r.valued_by,
    r.quantity_minor,
    r.value_cents,
    r.recorded_at
from all_valuations r
where (select caller('audience')) = 'staff';

create view analyst_valuations with (security_barrier) as
select pseudonym(r.valuation_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as valuation_id,
    r.pool_id,
    pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    r.asset_id,
    r.valued_on,
    r.valued_by,
    r.quantity_minor,
    r.value_cents,
    r.recorded_at
from all_valuations r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_valuations with (security_barrier) as
select r.valuation_id,
    r.pool_id,
    r.member_id,
    r.asset_id,
    r.valued_on,
    r.valued_by,
    r.quantity_minor,
    r.value_cents,
    r.recorded_at
from all_valuations r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_deaths as
select r.death_id,
    r.pool_id,
    r.member_id,
    r.died_on,
    r.month,
    r.state,
    r.reported_at,
    r.confirmed_at,
    r.withdrawn_at,
    r.withdrawn_because
from all_deaths r
where (select caller('audience')) = 'staff';

create view analyst_deaths with (security_barrier) as
select pseudonym(r.death_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as death_id,
    r.pool_id,
    pseudonym(r.member_id, (select pseudonym_inner_key from data_key),
        (select pseudonym_outer_key from data_key)) as member_id,
    date_trunc('month', r.died_on)::date as died_on,
    r.month,
    r.state
from all_deaths r
where (select caller('audience')) = 'analyst'
    and r.pool_id in (select pool_id from large_pool);

create view own_deaths with (security_barrier) as
select r.death_id,
    r.pool_id,
    r.member_id,
    r.died_on,
    r.month,
    r.state,
    r.reported_at,
    r.confirmed_at,
    r.withdrawn_at
from all_deaths r
where (select caller('audience')) = 'own'
    and r.member_id = (select caller('member_id')::uuid);

create view staff_webhook_events as
select r.event_id,
    r.event_type,
    r.state,
    r.reason,
    r.created_at,
    r.received_at,
    r.applied_at,
    r.retries,
    r.key_id,
    r.dismissed_at,
    r.dismissed_by,
    r.dismissed_because,
    r.purged_at
from all_webhook_events r
where (select caller('audience')) = 'staff';

create view staff_reconciliation as
select r.pool_id,
    r.member_id,
    r.asset_id,
    r.against,
    r.ledger_minor,
    r.expected_minor,
    r.broker_minor,
    r.difference_minor,
    r.broker_as_of,
    r.cause
from all_reconciliation r
where (select caller('audience')) = 'staff';

grant select on
    staff_members,
    analyst_members,
    own_members,
    staff_pools,
    analyst_pools,
    own_pools,
    staff_balances,
    staff_balances_then,
    analyst_balances,
    analyst_balances_then,
    own_balances,
    own_balances_then,
    staff_journal,
    analyst_journal,
    own_journal,
    staff_credits,
    analyst_credits,
    own_credits,
    staff_settlements,
    analyst_settlements,
    own_settlements,
    staff_contributions,
    analyst_contributions,
    own_contributions,
    staff_payouts,
    analyst_payouts,
    own_payouts,
    staff_orders,
    analyst_orders,
    own_orders,
    staff_positions,
    staff_positions_then,
    analyst_positions,
    analyst_positions_then,
    own_positions,
    own_positions_then,
    staff_valuations,
    analyst_valuations,
    own_valuations,
    staff_deaths,
    analyst_deaths,
    own_deaths,
    staff_webhook_events,
    staff_reconciliation
to retire_data_query;
