-- 0008-blocks-of-ids.sql
-- By organization and by endpoint, each event's entry lay on a page of its own: 17 KB written for each delivery. By blocks
-- of 1,024 ids first, it lies beside those that are written with it: 5 KB. ids/ids-of-owner.ts reads by these.
drop index events_by_organization;
drop index deliveries_by_endpoint;
create index events_by_block on events (id >> 10, organization_id);
create index deliveries_by_block on deliveries (event_id >> 10, endpoint_id);

-- Strict order needs what waits only: the oldest of it first. What is being sent is in its owner's memory.
create index deliveries_waiting_in_order on deliveries (endpoint_id, event_id) where state = 1 and exempt = 0;
