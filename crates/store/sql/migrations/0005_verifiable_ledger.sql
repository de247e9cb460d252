-- The ledger in full: rules as documents, deaths and payouts with their states,
-- reversals, and settlements that can be replaced and proved.

-- Rules are a document of the component; the columns of before stay for the rows
-- that have no document.
alter table pool_rules
    add column document text,
    add column from_period date,
    alter column mortality_table drop not null,
    alter column closing drop not null,
    alter column fractional_age drop not null,
    alter column sharing_rule drop not null;
comment on column pool_rules.document is 'the canonical document, to the byte';
comment on column pool_rules.from_period is 'the first period that is settled by them';

alter table member
    add column closed_on date,
    add column closed_at timestamptz,
    add column closed_by text;

create table beneficiary (
    member_id   uuid not null references member,
    version     bigint not null check (version > 0),
    position    bigint not null,
    reference   text not null,
    share_ppm   bigint not null check (share_ppm between 1 and 1000000),
    recorded_at timestamptz not null,
    recorded_by text not null,
    primary key (member_id, version, position)
);
comment on column beneficiary.reference is 'a pseudonym: names are kept elsewhere';

-- A report that was withdrawn makes room for another.
alter table death drop constraint death_member_id_key;
alter table death
    add column confirmed_at timestamptz,
    add column confirmed_by text,
    add column withdrawn_at timestamptz,
    add column withdrawn_by text,
    add column withdrawn_because text;
update death set confirmed_at = recorded_at, confirmed_by = recorded_by;
create unique index death_of_member on death (member_id) where withdrawn_at is null;
create index death_by_day on death (died_on) where withdrawn_at is null;

alter table account drop constraint account_kind_check;
alter table account drop constraint account_check;
alter table account
    add constraint account_kind_check
        check (kind in ('member', 'estate', 'payout', 'pool', 'pot', 'fee', 'broker')),
    add constraint account_check
        check (case when kind in ('member', 'estate', 'payout') then member_id is not null
            else kind = 'pool' or member_id is null end);
comment on table account is
    'member: what is owed to a member; estate: to the heirs; payout: requested, and on its way '
    'at the broker; pot: the death pot on its way; pool: what the pool took over from a member '
    'who died; fee: what the pool earned; broker: the counter-account of all, negative';

-- A settlement has a posting and a line for each of a million members. They are made
-- from the rows that they refer to, in the same statement, by the one function that can;
-- to check each again, row by row, is a third of the time.
alter table posting
    drop constraint posting_entry_id_fkey,
    drop constraint posting_account_id_fkey;
-- Room for the next version of a row on its page.
alter table balance set (fillfactor = 50);

alter table journal_entry
    add column settlement_id uuid,
    add column reverses bigint unique references journal_entry,
    add column reason text,
    add column metadata json;
create index journal_entry_of_pool on journal_entry (pool_id, entry_id);
create index journal_entry_by_day on journal_entry (pool_id, effective_on);
create index journal_entry_of_settlement on journal_entry (settlement_id)
    where settlement_id is not null;

create table payout (
    payout_id      uuid primary key,
    pool_id        uuid not null references pool,
    member_id      uuid not null references member,
    account_kind   text not null check (account_kind in ('member', 'estate')),
    amount_cents   bigint not null check (amount_cents > 0),
    requested_on   date not null,
    requested_at   timestamptz not null,
    requested_by   text not null,
    paid_on        date,
    transaction_id uuid unique,
    confirmed_at   timestamptz,
    confirmed_by   text,
    voided_at      timestamptz,
    voided_by      text,
    voided_because text,
    check (confirmed_at is null or voided_at is null)
);
create index payout_of_member on payout (member_id);

-- What an operator says that a position was worth; the latest of a day counts.
create table operator_valuation (
    member_id      uuid not null references member,
    valued_on      date not null,
    asset_id       text not null references asset,
    recorded_at    timestamptz not null,
    quantity_minor bigint not null,
    value_cents    bigint not null,
    recorded_by    text not null,
    primary key (member_id, valued_on, asset_id, recorded_at)
);

-- A settlement on its way, of which readers see nothing but its progress. Its rows
-- go when it is published or given up.
create table settlement_run (
    settlement_id    uuid primary key,
    pool_id          uuid not null references pool unique,
    period           date not null,
    last_day         date not null,
    revision         bigint not null,
    replaces         uuid,
    rules_version    bigint not null,
    carried_in_cents bigint not null,
    members          bigint not null,
    frozen           bigint not null default 0,
    state            text not null check (state in ('freezing', 'frozen', 'computed')),
    result           json,
    tiles            bytea,
    started_at       timestamptz not null,
    started_by       text not null
);
create table settlement_run_line (
    settlement_id    uuid not null,
    ordinal          bigint not null,
    member_id        uuid not null,
    birth_date       date,
    sex              text not null,
    enrolled_on      date not null,
    died_on          date,
    death_confirmed  boolean not null,
    cash_cents       bigint not null,
    securities       text not null,
    securities_cents bigint,
    primary key (settlement_id, ordinal)
);

alter table settlement drop constraint settlement_pool_id_period_key;
alter table settlement
    add column revision bigint not null default 1,
    add column last_day date,
    add column replaces uuid references settlement,
    add column applied_rule text,
    add unique (pool_id, period, revision);

-- A settlement is replaced by a later one of the same or an earlier period.
create table settlement_reversal (
    settlement_id uuid primary key references settlement,
    replaced_by   uuid not null references settlement,
    recorded_at   timestamptz not null
);
create trigger append_only before update or delete or truncate on settlement_reversal
    for each statement execute function refuse_change();

-- Lines are made before their settlement is published; until then an attempt that was
-- given up may be made anew.
drop trigger append_only on settlement_line;
create trigger append_only before update or truncate on settlement_line
    for each statement execute function refuse_change();
create function refuse_published_line() returns trigger language plpgsql as $$
begin
    if exists (select from retire.settlement s where s.settlement_id = old.settlement_id) then
        raise exception 'settlement_line is append-only' using errcode = 'RT500';
    end if;
    return old;
end $$;
create trigger append_only_once_published before delete on settlement_line
    for each row execute function refuse_published_line();
alter table settlement_line drop constraint settlement_line_settlement_id_fkey;
alter table settlement_line drop constraint settlement_line_member_id_fkey;
alter table settlement_line drop constraint settlement_line_pkey;
drop index settlement_line_of_member;
drop index settlement_line_of_dead;
alter table settlement_line
    add column leaf_index       bigint,
    add column sex              text,
    add column age_months       bigint,
    add column cash_cents       bigint,
    add column securities_cents bigint,
    add column estate_cents     bigint not null default 0 check (estate_cents >= 0),
    add primary key (member_id, settlement_id);
create unique index settlement_line_leaf on settlement_line (settlement_id, leaf_index);
create index settlement_line_of_dead on settlement_line (settlement_id, member_id)
    where fate <> 'survived';
comment on column settlement_line.estate_cents is
    'what of a dead member''s balance went to the estate unshared';

create table settlement_seal (
    settlement_id uuid primary key references settlement,
    pool_id       uuid not null references pool,
    number        bigint not null check (number > 0),
    document      text not null,
    head          text not null,
    tiles         bytea not null,
    unique (pool_id, number)
);
comment on column settlement_seal.document is
    'the exact text whose digest is head; it names the head before it';
comment on column settlement_seal.tiles is 'the roots of 256 leaves each, 32 octets each';
create trigger append_only before update or delete or truncate on settlement_seal
    for each statement execute function refuse_change();
