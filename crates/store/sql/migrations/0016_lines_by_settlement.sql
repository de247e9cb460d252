-- Lines lie by settlement, in the order of the members: so they are written, and so a
-- settlement is read, page by page. A member's own are found by the member alone, in an index
-- of a fraction of the size. The indexes are made first, which holds up no reader.
create unique index settlement_line_by_settlement on settlement_line (settlement_id, member_id);
create index settlement_line_of_member on settlement_line (member_id);
alter table settlement_line
    drop constraint settlement_line_pkey,
    add constraint settlement_line_pkey primary key using index settlement_line_by_settlement;
