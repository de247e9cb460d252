-- What the member's own view and its rights take.

grant execute on function
    member_account(uuid, date),
    member_credits(uuid, date, date),
    member_transactions(uuid, bigint, bigint),
    member_positions(uuid, date),
    performance_inputs(uuid, date, date),
    member_years(uuid, date),
    member_year(uuid, date, date),
    forecast_inputs(uuid, date),
    mortality_document(text),
    member_export_page(uuid, text, text, bigint)
to retire_data_query;

grant execute on function erase_member(text, text, text, timestamptz, uuid, uuid, integer)
to retire_credit_accrual;
