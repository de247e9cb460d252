-- What reads of pools with a million members need.

-- Entries of a day in their order, of all pools: a page of a day begins where it should,
-- and those of one pool are told apart in the index.
create index journal_entry_of_day on journal_entry (effective_on, entry_id, pool_id);
drop index journal_entry_by_day;

-- Nearly every entry has two postings, and a settlement's has one for each member: of a
-- sample ANALYZE concludes that all have hundreds.
alter table posting alter column entry_id set (n_distinct = -0.3);

-- Payouts by what became of them, in the words of the views: the oldest that are on their
-- way are found among all that ever were.
create index payout_by_state on payout ((
    case
        when voided_at is not null then 'voided'
        when confirmed_at is not null then 'confirmed'
        else 'requested'
    end), requested_on, payout_id);

-- How many lines a settlement has, so that nobody has to count a million. Its lines are
-- there when it is published.
create table settlement_size (
    settlement_id   uuid primary key references settlement,
    lines           bigint not null,
    members_at_risk bigint not null,
    deaths          bigint not null
);
create trigger append_only before update or delete or truncate on settlement_size
    for each statement execute function refuse_change();

create function count_lines(p_settlement_id uuid) returns void
language sql set search_path = retire, pg_temp as $$
    insert into settlement_size (settlement_id, lines, members_at_risk, deaths)
    select p_settlement_id, count(*), count(q), count(*) filter (where fate <> 'survived')
    from settlement_line
    where settlement_id = p_settlement_id
    having count(*) > 0
    on conflict do nothing;
$$;
revoke execute on function count_lines(uuid) from public;

create function count_published_lines() returns trigger
language plpgsql set search_path = retire, pg_temp as $$
begin
    perform count_lines(new.settlement_id);
    return null;
end $$;
create trigger count_lines after insert on settlement
    for each row execute function count_published_lines();

select count_lines(settlement_id) from settlement;
