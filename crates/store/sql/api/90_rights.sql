-- What each component may do, and nothing else. (Nobody may execute a function of
-- the owner by default.)

grant usage on schema :api
to retire_tontine_calc, retire_credit_accrual, retire_upvest_webhook, retire_data_query,
    retire_upvest_keys;

-- Views call these with the rights of whoever reads.
grant execute on function utc_text(timestamptz), cadence_months(json)
to retire_tontine_calc, retire_credit_accrual, retire_data_query;
grant execute on function utc_text(timestamptz) to retire_upvest_webhook;

grant execute on function
    upload_mortality_table(text, text, text, timestamptz, text, text),
    mortality_document(text),
    settlement_state(uuid, date),
    candidate_page(uuid, date, uuid, bigint)
to retire_tontine_calc;
grant select on pool_record, mortality_table_record to retire_tontine_calc;

grant execute on function
    open_pool(text, text, text, timestamptz, uuid, text, text),
    set_rules(text, text, text, timestamptz, uuid, date, text),
    enrol_member(text, text, text, timestamptz, uuid, uuid, text),
    close_member(text, text, text, timestamptz, uuid, uuid, date),
    set_beneficiaries(text, text, text, timestamptz, uuid, uuid, text),
    report_death(text, text, text, timestamptz, uuid, uuid, text),
    confirm_death(text, text, text, timestamptz, uuid, uuid),
    withdraw_death(text, text, text, timestamptz, uuid, uuid, text),
    book_items(text, text, text, timestamptz, uuid, text, uuid, text),
    request_payout(text, text, text, timestamptz, uuid, uuid, text),
    confirm_payout(text, text, text, timestamptz, uuid, uuid, date, uuid),
    void_payout(text, text, text, timestamptz, uuid, uuid, text),
    reverse_entry(text, text, text, timestamptz, uuid, text),
    record_valuations(text, text, text, timestamptz, uuid, text),
    mortality_document(text),
    first_reply(text, text, text),
    settlement_state(uuid, date),
    candidate_page(uuid, date, uuid, bigint),
    settle_at_once(text, text, text, timestamptz, uuid, date, uuid, text, text, text, text, text,
        text, text),
    start_settlement(uuid, date, uuid, text, timestamptz),
    freeze_members(uuid, bigint),
    frozen_page(uuid, bigint, bigint),
    give_up_settlement(uuid),
    compute_settlement(uuid, text, text, text, text, text, text),
    publish_settlement(text, text, text, timestamptz, uuid),
    settlement_leaves(uuid, bigint, bigint),
    settlement_proof(uuid, date, uuid),
    balances(uuid, date, timestamptz, uuid, integer),
    member_page_end(uuid, uuid, integer),
    reconciliation(uuid, uuid, integer),
    journal_time(timestamptz),
    export_page(uuid, timestamptz, text, text, bigint)
to retire_credit_accrual;
grant select on pool_record, pool_rules_record, settlement_record, settlement_run_record,
    settlement_seal_record, beneficiary_record, death_record, payout_record, journal_record
to retire_credit_accrual;

grant execute on function record_rejection(text, text, timestamptz) to retire_upvest_webhook;
grant select on webhook_key_record, webhook_rejection_record, webhook_metric
to retire_upvest_webhook;

grant execute on function store_webhook_keys(text, bigint, timestamptz) to retire_upvest_keys;
grant execute on function
    ingest(text, timestamptz),
    quarantine_page(uuid, bigint),
    webhook_event_text(uuid),
    retry_event(text, text, text, timestamptz, uuid, text, text),
    dismiss_event(text, text, text, timestamptz, uuid, text),
    purge_events(text, text, text, timestamptz, timestamptz, uuid, bigint),
    gap_page(timestamptz, bigint, uuid, bigint),
    object_page(text, uuid, bigint)
to retire_upvest_webhook;

grant execute on function statements(uuid[], date, date) to retire_data_query;
grant select on pool_record, member_record, settlement_record, trial_balance, webhook_event_count
to retire_data_query;
