-- Events are stored before their turn at the journal and applied in it.

-- When a valuation came to be known: at its turn, and not when it arrived. Null: when its
-- event arrived.
alter table broker_valuation add column recorded_at timestamptz;

-- Who stores events without holding the journal counts them when it does: until the end of
-- its transaction the counts are its own.
drop trigger count_arrivals on webhook_event;
create trigger count_arrivals after insert on webhook_event referencing new table as arrived
    for each statement
    when (current_setting('retire.counts_arrivals', true) is distinct from 'itself')
    execute function count_arrivals();
