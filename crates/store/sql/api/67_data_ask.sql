-- The one way to the views: who asks, what it may cost, and then the question.

-- Answers a question in its own read-only transaction with the rights of the component,
-- which can select the views for each audience and nothing else.
--
-- p_caller: `audience`, `subject`, `member_id`, `as_of`, `known_at`, the limits `concurrent`
-- and `cost`, and whether it `waits` for a slot. p_query: one statement that gives a page as text, the place of its
-- last row if more rows follow, and how many rows the page has; its values are the elements
-- of $1, never part of it. p_count: a statement of which the rows are counted, `exact` or
-- `estimated` as p_counted says. p_frame: what a cursor holds for. p_place with p_seal: the
-- cursor that came back.
--
-- Gives two texts: a document {rows, next, seal, count}, and the page.
create function ask(
    p_caller text, p_query text, p_values text, p_count text, p_counted text, p_frame text,
    p_place text, p_seal text
) returns setof text
language plpgsql volatile set search_path from current as $$
declare
    v_caller jsonb := p_caller::jsonb;
    v_values text[] := array(
        select value from jsonb_array_elements_text(p_values::jsonb)
            with ordinality as v (value, position) order by position);
    v_slot integer := hashtextextended('retire.ask ' || (v_caller ->> 'subject'), 0)::bit(32)::integer;
    v_free boolean := false;
    v_plan json;
    v_cost numeric;
    v_count bigint;
    v_page text;
    v_next text;
    v_rows bigint;
begin
    perform set_config('transaction_read_only', 'on', true),
        set_config('retire.caller', p_caller, true),
        -- A merge begins at the beginning of both its sides: a late page would cost more
        -- than an early one.
        set_config('enable_mergejoin', 'off', true),
        -- A page of fifty rows by an index takes fifty places, which memory or a solid disk
        -- has at once: with more for each, a walk along the whole journal looked cheaper.
        set_config('random_page_cost', '1.1', true);
    if p_seal <> '' and p_seal is distinct from cursor_seal(p_frame || E'\n' || p_place) then
        perform refuse(400, 'cursor-refused', '', 'the cursor is of another token or question');
    end if;
    if (v_caller ->> 'waits')::boolean then
        -- A later page of an answer that is on its way already.
        perform pg_advisory_xact_lock(v_slot, 1);
    else
        for i in 1 .. (v_caller ->> 'concurrent')::integer loop
            v_free := pg_try_advisory_xact_lock(v_slot, i);
            exit when v_free;
        end loop;
        if not v_free then
            perform refuse(429, 'too-many-queries', '', format(
                'at most %s queries of a subject run at a time', v_caller ->> 'concurrent'));
        end if;
    end if;
    if v_caller ->> 'known_at' is not null then
        perform await_journal((v_caller ->> 'known_at')::timestamptz);
    end if;

    begin
        execute 'explain (format json) ' || p_query into v_plan using v_values;
        v_cost := (v_plan -> 0 -> 'Plan' ->> 'Total Cost')::numeric;
        if v_cost > (v_caller ->> 'cost')::numeric then
            perform refuse(422, 'query-too-costly', '', format(
                'the plan costs %s and may cost %s: ask for fewer rows, by an id or a day',
                round(v_cost), v_caller ->> 'cost'));
        end if;
        if p_counted = 'exact' then
            execute 'select count(*) from (' || p_count || ') counted' into v_count using v_values;
        elsif p_counted = 'estimated' then
            execute 'explain (format json) ' || p_count into v_plan using v_values;
            v_count := v_plan -> 0 -> 'Plan' ->> 'Plan Rows';
        end if;
        execute p_query into v_page, v_next, v_rows using v_values;
    exception when query_canceled then
        perform refuse(422, 'query-too-costly', '',
            'the answer took too long: ask for fewer rows, by an id or a day');
    end;
    return next jsonb_build_object('rows', v_rows, 'next', v_next,
        'seal', cursor_seal(p_frame || E'\n' || v_next), 'count', v_count);
    return next coalesce(v_page, '');
end $$;
