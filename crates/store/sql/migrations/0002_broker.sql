-- What the broker told us: the events as they arrived, and the facts in them.

create table webhook_event (
    event_id      uuid primary key,
    event_type    text not null,
    webhook_id    uuid,
    created_at_ns bigint,
    received_at   timestamptz not null,
    key_id        text not null,
    raw           text not null,
    state         text not null check (state in ('applied', 'stored', 'quarantined')),
    reason        text,
    check ((state = 'quarantined') = (reason is not null))
);
comment on column webhook_event.raw is 'the exact text: holds personal data, no view shows it';

-- Of two events about the same thing the one created later counts, whichever
-- arrives first; as_of_ns and event_id are those of the event that counts.
create table broker_user (
    user_id    uuid primary key,
    birth_date date,
    as_of_ns   bigint not null,
    event_id   uuid not null references webhook_event
);

create table broker_account_group (
    account_group_id uuid primary key,
    user_id          uuid not null,
    as_of_ns         bigint not null,
    event_id         uuid not null references webhook_event
);
create index broker_account_group_of_user on broker_account_group (user_id);

create table broker_account (
    broker_account_id uuid primary key,
    account_group_id  uuid not null,
    as_of_ns          bigint not null,
    event_id          uuid not null references webhook_event
);
create index broker_account_of_group on broker_account (account_group_id);

create table broker_transaction (
    transaction_id   uuid primary key,
    account_group_id uuid not null,
    kind             text not null,
    asset_id         text not null references asset,
    amount_minor     bigint not null,
    value_on         date not null,
    event_id         uuid not null references webhook_event,
    posted           boolean not null default false
);
comment on column broker_transaction.posted is
    'false while the member behind the account group is not known';
create index broker_transaction_waiting on broker_transaction (account_group_id) where not posted;

create table broker_valuation (
    broker_account_id uuid not null,
    valued_on         date not null,
    as_of_ns          bigint not null,
    event_id          uuid not null references webhook_event,
    primary key (broker_account_id, valued_on)
);

create table broker_valuation_position (
    event_id       uuid not null references webhook_event,
    asset_id       text not null references asset,
    quantity_minor bigint not null,
    value_cents    bigint not null,
    primary key (event_id, asset_id)
);
