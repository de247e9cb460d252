-- Life tables of the operator's own.

create table mortality_table (
    table_id    text primary key,
    name        text not null,
    version     bigint not null check (version > 0),
    document    json not null,
    recorded_at timestamptz not null,
    recorded_by text not null,
    unique (name, version)
);
comment on column mortality_table.table_id is
    'made from the digest of the canonical document: a table never changes under its id';
comment on column mortality_table.document is 'the canonical document, to the byte';

create trigger append_only before update or delete or truncate on mortality_table
    for each statement execute function refuse_change();
