-- Figures of the events, for alerts: of any number of events as quick as of none.

-- How many, by state. Few are refused, or stored only when they were retried; the others
-- are what came.
create view event_state_count as
with refused as (
    select state, count(*) as events from webhook_event
    where state in ('quarantined', 'dismissed')
    group by state
), stored as (
    select a.events + (select count(*) from webhook_event e
        where e.state = 'stored' and e.retries > 0) as events
    from webhook_arrival a
    where a.state = 'stored'
)
select state, events::numeric from refused
union all
select 'stored', events from stored
union all
select 'applied', (select sum(events) from webhook_arrival) - (select events from stored)
    - coalesce((select sum(events) from refused), 0);

-- events: how many, by state (waiting: applied, but for an entry that waits for the member
-- or the original). quarantined: how many, by reason. lag_seconds: from the broker's clock
-- to the effect, of the last event and the most of those that arrived in the last hour, by
-- the minute. oldest_waiting_seconds: since the first transaction arrived that waits.
create view event_metric (name, label, value) as
select 'retire_webhook_events', format('state="%s"', state), events from event_state_count
where events > 0
union all
select 'retire_webhook_events', 'state="waiting"', count(*) from broker_transaction t
where not t.posted and t.amount_minor <> 0
union all
select 'retire_webhook_quarantined', format('reason="%s"', e.reason), count(*) from webhook_event e
where e.state = 'quarantined'
group by e.reason
union all
select 'retire_webhook_lag_seconds', 'of="last"', lag.seconds
from (
    select round(extract(epoch from e.applied_at) - e.created_at_ns / 1e9, 3) as seconds
    from webhook_event e
    where e.applied_at is not null and e.created_at_ns is not null
    order by e.applied_at desc
    limit 1
) lag
union all
select 'retire_webhook_lag_seconds', 'of="last_hour"', coalesce(max(seconds), 0)
from webhook_lag
where minute > statement_timestamp() - interval '1 hour'
union all
select 'retire_webhook_oldest_waiting_seconds', '', coalesce(
    round(extract(epoch from statement_timestamp() - min(e.received_at)), 3), 0)
from broker_transaction t
join webhook_event e on e.event_id = t.event_id
where not t.posted and t.amount_minor <> 0;
