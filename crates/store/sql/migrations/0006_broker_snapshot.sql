-- What the broker says it holds: never posted, compared with the journal.

-- As with broker_user, the snapshot that was created later counts, whichever
-- arrives first. The groups and accounts may be unknown: snapshots of them may
-- come before the events that link them to a user.
create table broker_cash_balance (
    account_group_id uuid primary key,
    amount_minor     bigint not null,
    as_of_ns         bigint not null,
    event_id         uuid not null references webhook_event
);

create table broker_position (
    broker_account_id uuid not null,
    asset_id          text not null references asset,
    quantity_minor    bigint not null,
    as_of_ns          bigint not null,
    event_id          uuid not null references webhook_event,
    primary key (broker_account_id, asset_id)
);

-- Quarantined events are few among many and hold the largest texts.
create index webhook_event_quarantined on webhook_event (event_type) where state = 'quarantined';

-- The entries that did not come from the broker moved nothing there.
create index journal_entry_of_book on journal_entry (pool_id, entry_id)
    where source not like 'upvest:%';
