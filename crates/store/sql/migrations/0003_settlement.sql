-- Settlements: the month's pot and what it meant for each member.

create table settlement (
    settlement_id     uuid primary key,
    pool_id           uuid not null references pool,
    period            date not null check (extract(day from period) = 1),
    rules_version     bigint not null,
    outcome           text not null,
    carried_in_cents  bigint not null check (carried_in_cents >= 0),
    pot_cents         bigint not null check (pot_cents >= 0),
    credits_cents     bigint not null check (credits_cents >= 0),
    carried_out_cents bigint not null check (carried_out_cents >= 0),
    group_gain        text not null,
    inputs_sha256     text not null,
    recorded_at       timestamptz not null,
    recorded_by       text not null,
    unique (pool_id, period),
    foreign key (pool_id, rules_version) references pool_rules,
    check (pot_cents = credits_cents + carried_out_cents)
);

create table settlement_line (
    settlement_id  uuid not null references settlement,
    member_id      uuid not null references member,
    fate           text not null check (fate in ('survived', 'left_to_pool', 'left_to_estate')),
    at_risk_cents  bigint not null check (at_risk_cents >= 0),
    q              text,
    credit_cents   bigint not null check (credit_cents >= 0),
    primary key (settlement_id, member_id)
);
create index settlement_line_of_member on settlement_line (member_id);
-- A member dies once.
create unique index settlement_line_of_dead on settlement_line (member_id) where fate <> 'survived';

create trigger append_only before update or delete or truncate on settlement
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on settlement_line
    for each statement execute function refuse_change();
