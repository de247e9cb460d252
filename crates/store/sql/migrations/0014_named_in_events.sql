-- The events that name a person are found without reading all of them: for the person's
-- export, for erasure, for a purge. New keys wait in a list that is short, so that no
-- delivery pays for many others.
create index webhook_event_of_subject on webhook_event using gin (subjects)
    with (fastupdate = on, gin_pending_list_limit = 64);
