-- The keys of the data layer: pseudonyms of analysts, and cursors.

-- Made here, once, from the server's strong random numbers, and read by views and functions
-- of the owner alone: no component, and no variable of the application, knows them.
create table data_key (
    only_one            boolean primary key default true check (only_one),
    pseudonym_inner_key bytea not null check (length(pseudonym_inner_key) = 64),
    pseudonym_outer_key bytea not null check (length(pseudonym_outer_key) = 64),
    cursor_inner_key    bytea not null check (length(cursor_inner_key) = 64),
    cursor_outer_key    bytea not null check (length(cursor_outer_key) = 64),
    made_at             timestamptz not null default now()
);
comment on table data_key is
    'of the keyed hash sha256(outer || sha256(inner || text)), which is NMAC (Bellare, Canetti, '
    'Krawczyk 1996): keys of a block of SHA-256 each, independent of each other';

insert into data_key
    (pseudonym_inner_key, pseudonym_outer_key, cursor_inner_key, cursor_outer_key)
select key.octets[1], key.octets[2], key.octets[3], key.octets[4]
from (
    select array_agg(octets) as octets
    from (
        select decode(string_agg(replace(gen_random_uuid()::text, '-', ''), ''), 'hex') as octets
        from generate_series(1, 16) as part
        group by part % 4
    ) part
) key;
