-- What the data layer may execute; 66 has what it may select.

grant execute on function
    caller(text),
    pseudonym(uuid, bytea, bytea),
    pseudonym(bigint, bytea, bytea),
    csv_text(text),
    cursor_seal(text),
    refuse(integer, text, text, text),
    await_journal(timestamptz),
    reconciled(uuid),
    ask(text, text, text, text, text, text, text, text)
to retire_data_query;
