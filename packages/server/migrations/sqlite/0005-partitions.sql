-- 0005-partitions.sql
-- A SQLite file has no partitions: what is old is removed from the left edge of each table, a little at a time.

-- erased_at: its data was erased on demand; type and time stay, so that the log can be read.
alter table events add column erased_at integer;

-- A deleted organization of which nothing is to be left: its rows go a few at a time, its own last.
alter table organizations add column erase_asked_at integer;
create index organizations_to_erase on organizations (id) where erase_asked_at is not null;

-- Whose turn it is among organizations with work that nobody owns.
create index lanes_free_by_organization on lanes (organization_id, wake_at) where session is null and wake_at is not null;
