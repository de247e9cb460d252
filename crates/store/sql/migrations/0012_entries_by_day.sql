-- Entries of a day in their order, of all pools: a page of a day begins where it should,
-- and those of one pool are told apart in the index.
create index journal_entry_of_day on journal_entry (effective_on, entry_id, pool_id);
drop index journal_entry_by_day;
