-- The ledger: assets, pools, members, accounts, the journal.
--
-- Tables are reached only through the functions and views of an API schema. The
-- journal is append-only: no role has the right to change it, and a trigger
-- refuses even the owner.

create table asset (
    asset_id text primary key,
    scale    smallint not null check (scale between 0 and 12)
);
comment on table asset is 'EUR in cents (scale 2); securities by ISIN in 10^-9 (scale 9)';
insert into asset values ('EUR', 2);

create table pool (
    pool_id      uuid primary key,
    name         text not null,
    currency     text not null references asset,
    first_period date not null check (extract(day from first_period) = 1),
    recorded_at  timestamptz not null,
    recorded_by  text not null
);

create table pool_rules (
    pool_id         uuid not null references pool,
    rules_version   bigint not null check (rules_version > 0),
    mortality_table text not null,
    closing         text not null,
    fractional_age  text not null,
    sharing_rule    text not null,
    recorded_at     timestamptz not null,
    recorded_by     text not null,
    primary key (pool_id, rules_version)
);

create table member (
    member_id      uuid primary key,
    pool_id        uuid not null references pool,
    upvest_user_id uuid not null unique,
    sex            text not null check (sex in ('female', 'male')),
    birth_date     date,
    enrolled_on    date not null,
    recorded_at    timestamptz not null,
    recorded_by    text not null,
    unique (pool_id, member_id)
);

create table death (
    death_id    uuid primary key,
    member_id   uuid not null unique references member,
    died_on     date not null,
    recorded_at timestamptz not null,
    recorded_by text not null
);

create table account (
    account_id bigint generated always as identity primary key,
    pool_id    uuid not null references pool,
    kind       text not null check (kind in ('member', 'estate', 'pool', 'pot', 'broker')),
    member_id  uuid references member,
    asset_id   text not null references asset,
    unique nulls not distinct (pool_id, kind, member_id, asset_id),
    check ((kind in ('member', 'estate')) = (member_id is not null))
);
comment on table account is
    'member: what is owed to a member; estate: to the heirs; pot: the death pot on its way; '
    'pool: what the pool took over from the dead; broker: the counter-account of all, negative';
create index account_of_member on account (member_id) where member_id is not null;

create table balance (
    account_id   bigint primary key references account,
    amount_minor bigint not null
);

create table journal_entry (
    entry_id     bigint generated always as identity primary key,
    pool_id      uuid not null references pool,
    kind         text not null check (kind in ('contribution', 'payout', 'fee', 'trade', 'income',
                                               'units', 'forfeiture', 'longevity_credit')),
    effective_on date not null,
    recorded_at  timestamptz not null,
    actor        text not null,
    source       text not null unique
);
comment on column journal_entry.source is
    'what the entry stands for, such as upvest:<transaction>: recorded once';

create table posting (
    entry_id            bigint not null references journal_entry,
    account_id          bigint not null references account,
    amount_minor        bigint not null check (amount_minor <> 0),
    balance_after_minor bigint not null,
    primary key (entry_id, account_id)
);
create index posting_of_account on posting (account_id, entry_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'RT500';
end $$;
create trigger append_only before update or delete or truncate on journal_entry
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on posting
    for each statement execute function refuse_change();

create table idempotency (
    actor        text not null,
    key          text not null,
    request_hash text not null,
    reply        json,
    recorded_at  timestamptz not null,
    primary key (actor, key)
);
