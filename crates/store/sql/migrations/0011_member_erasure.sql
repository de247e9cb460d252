-- Members of whom nobody knows any more who they were.

create table member_erasure (
    member_id       uuid primary key references member,
    erased_at       timestamptz not null,
    erased_by       text not null,
    retention_years integer not null check (retention_years between 0 and 100),
    last_booked_on  date
);
create trigger append_only before update or delete or truncate on member_erasure
    for each statement execute function refuse_change();

-- The answers to commands about a member: few of all.
create index idempotency_of_member on idempotency ((reply ->> 'member_id'))
    where reply ->> 'member_id' is not null;
