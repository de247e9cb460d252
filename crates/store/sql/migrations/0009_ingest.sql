-- Rows that events make, with less work for each.

-- They are made from the event, the asset and the pool that they refer to, in the same
-- statement, by functions that look these up, and of those none is ever removed: to
-- check each again, row by row, is a sixth of the time.
alter table broker_transaction
    drop constraint broker_transaction_event_id_fkey,
    drop constraint broker_transaction_asset_id_fkey;
alter table journal_entry
    drop constraint journal_entry_pool_id_fkey;

-- Hardly an entry reverses another.
alter table journal_entry drop constraint journal_entry_reverses_key;
create unique index journal_entry_of_reversal on journal_entry (reverses)
    where reverses is not null;

-- How many events came, so that nobody has to count them: 'stored' came without an
-- effect. Whoever stores events holds the journal.
create table webhook_arrival (
    state  text primary key check (state in ('stored', 'other')),
    events bigint not null
);
insert into webhook_arrival
select s.state, count(e.event_id)
from (values ('stored'), ('other')) s (state)
left join webhook_event e on s.state
    = case when e.state = 'stored' and e.retries = 0 then 'stored' else 'other' end
group by s.state;
create function count_arrivals() returns trigger language plpgsql as $$
begin
    update retire.webhook_arrival a set events = a.events + n.events
    from (
        select case when state = 'stored' then 'stored' else 'other' end as state,
            count(*) as events
        from arrived
        group by 1
    ) n
    where a.state = n.state;
    return null;
end $$;
create trigger count_arrivals after insert on webhook_event referencing new table as arrived
    for each statement execute function count_arrivals();

-- From the broker's clock to the effect, the most of each minute. Those of the last
-- hours are kept.
create table webhook_lag (
    minute  timestamptz primary key,
    seconds numeric not null
);

-- The states of few events.
create index webhook_event_refused on webhook_event (state, reason)
    where state in ('quarantined', 'dismissed');
create index webhook_event_retried on webhook_event (event_id)
    where state = 'stored' and retries > 0;
drop index webhook_event_quarantined;
