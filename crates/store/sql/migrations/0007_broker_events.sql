-- The broker's events in full: what is kept of them, the states of its objects, what
-- transactions take back.

alter table webhook_event
    alter column raw drop not null,
    add column fingerprint uuid,
    add column subjects uuid[],
    add column profile text,
    add column sealed bytea,
    add column sealed_with text,
    add column applied_at timestamptz,
    add column retries bigint not null default 0,
    add column dismissed_at timestamptz,
    add column dismissed_by text,
    add column dismissed_because text,
    add column purged_at timestamptz,
    drop constraint webhook_event_state_check,
    drop constraint webhook_event_check,
    add constraint webhook_event_state_check
        check (state in ('applied', 'stored', 'quarantined', 'dismissed')),
    add constraint webhook_event_reason_check
        check ((state in ('quarantined', 'dismissed')) = (reason is not null)),
    add constraint webhook_event_text_check
        check (num_nonnulls(raw, sealed, purged_at) = 1
            and (sealed is null) = (sealed_with is null));
comment on column webhook_event.fingerprint is
    'of what the event says: one that says something else under the same id is another';
comment on column webhook_event.subjects is 'the ids that occur in its object';
comment on column webhook_event.sealed is 'the exact text, encrypted with the key sealed_with';
comment on column webhook_event.purged_at is
    'when the text was removed; the id stays as the guard against replays';

update webhook_event e set
    applied_at = case when e.state = 'applied' then e.received_at end,
    subjects = array(
        select distinct found.id[1]::uuid
        from regexp_matches(e.raw, '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}', 'g')
            as found (id));

create index webhook_event_by_applied on webhook_event (applied_at);
create index webhook_event_by_arrival on webhook_event using brin (received_at);

-- Each state that an object was in, by the broker's clock; legal unless it cannot
-- follow those before it.
create table broker_step (
    object_id uuid not null,
    category  text not null,
    as_of_ns  bigint not null,
    event_id  uuid not null references webhook_event,
    status    text not null,
    state     jsonb not null,
    primary key (object_id, category, as_of_ns, event_id)
);
comment on column broker_step.state is 'what the event says of the object';

-- The state that counts: the last legal one.
create table broker_object (
    object_id         uuid not null,
    category          text not null,
    status            text not null,
    as_of_ns          bigint not null,
    event_id          uuid not null references webhook_event,
    user_id           uuid,
    account_group_id  uuid,
    broker_account_id uuid,
    parent_id         uuid,
    payout_id         uuid,
    amount_cents      bigint,
    amount            text,
    quantity          text,
    instrument        text,
    side              text,
    primary key (object_id, category)
);
create index broker_object_of_group on broker_object (account_group_id, category);
create index broker_object_that_moves on broker_object (category, status)
    where category in ('EXECUTION', 'TOPUP', 'DIRECT_DEBIT', 'WITHDRAWAL');

alter table broker_transaction
    add column transaction_type text,
    add column cancellation boolean not null default false,
    add column reference_id uuid;
comment on column broker_transaction.transaction_type is
    'the broker''s name of what it is, or of what it takes back';
comment on column broker_transaction.posted is
    'false while the member behind the account group, or what it takes back, is not known';
create index broker_transaction_by_reference on broker_transaction (reference_id)
    where reference_id is not null;

alter table broker_valuation_position add column priced_at_ns bigint;

-- A payout that was confirmed is void when the broker takes it back.
alter table payout drop constraint payout_check;
