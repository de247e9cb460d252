-- What each component may do, and nothing else. (Nobody may execute a function of
-- the owner by default.)

grant usage on schema :api
to retire_tontine_calc, retire_credit_accrual, retire_upvest_webhook, retire_data_query;

grant execute on function
    upload_mortality_table(text, text, text, timestamptz, text, text),
    mortality_document(text),
    settlement_basis(uuid, date)
to retire_tontine_calc;
grant select on pool_record, mortality_table_record to retire_tontine_calc;

grant execute on function
    open_pool(text, text, text, timestamptz, uuid, text),
    enrol_member(text, text, text, timestamptz, uuid, uuid, text),
    report_death(text, text, text, timestamptz, uuid, uuid, text),
    settlement_basis(uuid, date),
    record_settlement(text, text, text, timestamptz, uuid, date, uuid, text)
to retire_credit_accrual;
grant select on pool_record, settlement_record to retire_credit_accrual;

grant execute on function ingest(text, timestamptz) to retire_upvest_webhook;

grant execute on function statements(uuid[], date, date) to retire_data_query;
grant select on pool_record, member_record, settlement_record, member_settlement_record,
    trial_balance, webhook_event_count
to retire_data_query;
