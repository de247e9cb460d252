-- Whoever books for a member asks who holds the member's accounts by now: of all the lines
-- of a member, one for each settlement, those that the member did not survive.
create index settlement_line_of_left on settlement_line (member_id) where fate <> 'survived';
