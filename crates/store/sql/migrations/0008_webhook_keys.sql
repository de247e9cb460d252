-- The broker's public keys, and what is remembered of deliveries that were refused.

create table webhook_key (
    key_id      text primary key check (length(key_id) between 1 and 200),
    x           text not null check (length(x) = 88),
    y           text not null check (length(y) = 88),
    valid_from  timestamptz,
    valid_until timestamptz,
    fetched_at  timestamptz not null
);
comment on table webhook_key is
    'points of P-521 as in a JSON Web Key; a key that is not published any more ends after a grace time';

-- Whoever can reach the webhook can be refused: what is kept is bounded. A count per
-- reason and day has a few shards, so that refusals at the same time do not wait for
-- each other; the last refusals have a slot each.
create table webhook_rejection_count (
    day        date not null,
    reason     text not null check (length(reason) between 1 and 40),
    shard      smallint not null check (shard between 0 and 7),
    rejections bigint not null,
    primary key (day, reason, shard)
);

create table webhook_rejection (
    slot        smallint primary key check (slot between 0 and 19),
    rejected_at timestamptz not null,
    reason      text not null,
    evidence    text not null check (length(evidence) <= 32768)
);
comment on column webhook_rejection.evidence is
    'JSON: the headers that signatures are about, and the signature base; no body, no credential';

create sequence webhook_rejection_slot as smallint minvalue 0 maxvalue 19 start 0 cycle;
