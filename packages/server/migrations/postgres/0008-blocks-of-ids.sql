-- 0008-blocks-of-ids.sql
-- Strict order needs what waits only: the oldest of it first. What is being sent is in its owner's memory.
-- On SQLite the indexes of events by organization and of deliveries by endpoint become others as well; here they stay.
create index deliveries_waiting_in_order on deliveries (endpoint_id, event_id) where state = 1 and exempt = 0;
