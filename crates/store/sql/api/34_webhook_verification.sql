-- The keys by which webhooks are verified, and the deliveries that are refused.

-- Records the keys that the broker publishes now. One that it does not publish any
-- more is valid for a grace time from now on.
create function store_webhook_keys(p_jwks text, p_grace_s bigint, p_now timestamptz) returns json
language plpgsql security definer set search_path from current as $$
declare
    v_ids text[];
    v_retired bigint;
begin
    select array_agg(k.kid) into v_ids
    from json_to_recordset(p_jwks::json -> 'keys') as k (kid text, kty text, crv text)
    where k.kty = 'EC' and k.crv = 'P-521';
    if v_ids is null then
        perform refuse(422, 'invalid-field', '/keys', 'there is no key on P-521');
    end if;

    insert into webhook_key as w (key_id, x, y, valid_from, valid_until, fetched_at)
    select k.kid, k.x, k.y, to_timestamp(k.nbf), to_timestamp(k.exp), p_now
    from json_to_recordset(p_jwks::json -> 'keys')
        as k (kid text, kty text, crv text, x text, y text, nbf bigint, exp bigint)
    where k.kid = any (v_ids) and k.kty = 'EC' and k.crv = 'P-521'
    on conflict (key_id) do update
        set x = excluded.x, y = excluded.y, valid_from = excluded.valid_from,
            valid_until = excluded.valid_until, fetched_at = excluded.fetched_at;

    update webhook_key
    set valid_until = p_now + make_interval(secs => p_grace_s)
    where key_id <> all (v_ids)
        and (valid_until is null or valid_until > p_now + make_interval(secs => p_grace_s));
    get diagnostics v_retired = row_count;
    return json_build_object('published', cardinality(v_ids), 'retired', v_retired);
end $$;

-- A key as a member of a JSON Web Key Set; `nbf` and `exp` are its validity.
create view webhook_key_record as
select key_id, json_strip_nulls(json_build_object(
    'kid', key_id, 'kty', 'EC', 'crv', 'P-521', 'x', x, 'y', y,
    'nbf', ceil(extract(epoch from valid_from))::bigint,
    'exp', floor(extract(epoch from valid_until))::bigint)) as jwk
from webhook_key;

-- Counts a refusal, and keeps what may be shown of it in the next of twenty slots: of
-- one reason at most one a second, so that a flood of one kind leaves room for others.
-- Nobody waits: not for the disk, for what a crash loses is a count, and hardly for
-- another refusal.
create function record_rejection(p_reason text, p_evidence text, p_now timestamptz) returns boolean
language plpgsql security definer set search_path from current set jit = off as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    insert into webhook_rejection_count as c (day, reason, shard, rejections)
    values ((p_now at time zone 'utc')::date, p_reason, pg_backend_pid() % 8, 1)
    on conflict (day, reason, shard) do update set rejections = c.rejections + 1;

    insert into webhook_rejection (slot, rejected_at, reason, evidence)
    select nextval('webhook_rejection_slot'), p_now, p_reason, p_evidence
    where not exists (
        select from webhook_rejection
        where reason = p_reason and rejected_at > p_now - interval '1 second'
            and rejected_at <= p_now)
    on conflict (slot) do update
        set rejected_at = excluded.rejected_at, reason = excluded.reason,
            evidence = excluded.evidence;
    return found;
end $$;

create view webhook_rejection_record as
select utc_text(rejected_at) as rejected_at, reason, evidence::json as evidence
from webhook_rejection;

-- Refusals since the first, by reason, as a metric.
create view rejection_metric as
select 'retire_webhook_rejections_total' as name, format('reason="%s"', reason) as label,
    sum(rejections) as value
from webhook_rejection_count
group by reason;
