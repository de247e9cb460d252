-- Figures of the events, for alerts.

-- events: how many, by state (waiting: applied, but for an entry that waits for the member
-- or the original). quarantined: how many, by reason. lag_seconds: from the broker's clock
-- to the effect, of the last event and the most of the last hour. oldest_waiting_seconds:
-- since the first transaction arrived that waits.
create view event_metric (name, label, value) as
select 'retire_webhook_events', format('state="%s"', e.state), count(*)::numeric from webhook_event e group by e.state
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
    order by e.applied_at desc, e.created_at_ns desc
    limit 1
) lag
union all
select 'retire_webhook_lag_seconds', 'of="last_hour"', coalesce(
    max(round(extract(epoch from e.applied_at) - e.created_at_ns / 1e9, 3)), 0)
from webhook_event e
where e.applied_at > statement_timestamp() - interval '1 hour'
union all
select 'retire_webhook_oldest_waiting_seconds', '', coalesce(
    round(extract(epoch from statement_timestamp() - min(e.received_at)), 3), 0)
from broker_transaction t
join webhook_event e on e.event_id = t.event_id
where not t.posted and t.amount_minor <> 0;
