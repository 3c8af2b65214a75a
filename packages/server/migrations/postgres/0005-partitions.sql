-- 0005-partitions.sql
-- Events, deliveries and attempts lie in a partition for each day, by the id of their event: the ids of a day are a range
-- (day × 2^32). Retention then drops a day whole. What is there becomes the first partition, up to the end of today.

-- Whoever waits for a lock on these tables makes everybody behind it wait as well, so never for long.
do $$
begin
  perform set_config('lock_timeout', '2s', true);
  for attempt in 1..150 loop
    begin
      lock table posthorn.events, posthorn.deliveries, posthorn.attempts in access exclusive mode;
      exit;
    exception when lock_not_available or deadlock_detected then
      if attempt = 150 then raise; end if;
      perform pg_sleep(0.5);
    end;
  end loop;
end $$;

-- erased_at: its data was erased on demand; type and time stay, so that the log can be read.
alter table events add column erased_at bigint;

-- A deleted organization of which nothing is to be left: its rows go a few at a time, its own last.
alter table organizations add column erase_asked_at bigint;
create index organizations_to_erase on organizations (id) where erase_asked_at is not null;

-- Indexes of the same definition belong together, whatever their names; the new parents get the old names.
alter table events rename to events_before;
alter index events_pkey rename to events_before_pkey;
alter index events_by_organization rename to events_before_by_organization;
create table events (like events_before including all excluding indexes, primary key (id)) partition by range (id);
create index events_by_organization on events (organization_id, id);

alter table deliveries rename to deliveries_before;
alter index deliveries_pkey rename to deliveries_before_pkey;
alter index deliveries_sending rename to deliveries_before_sending;
alter index deliveries_waiting rename to deliveries_before_waiting;
alter index deliveries_by_endpoint rename to deliveries_before_by_endpoint;
alter index deliveries_dead rename to deliveries_before_dead;
create table deliveries (like deliveries_before including all excluding indexes, primary key (event_id, endpoint_id)) partition by range (event_id);
create index deliveries_sending on deliveries (event_id) where state = 0;
create index deliveries_waiting on deliveries (endpoint_id, due_at) where state = 1;
create index deliveries_by_endpoint on deliveries (endpoint_id, event_id);
create index deliveries_dead on deliveries (organization_id, event_id) where state = 3;

alter table attempts rename to attempts_before;
alter index attempts_pkey rename to attempts_before_pkey;
create table attempts (like attempts_before including all excluding indexes, primary key (event_id, endpoint_id, number)) partition by range (event_id);

-- Makes the partitions of one day, counted since 1970, unless they are there. A new table that is attached makes nobody
-- wait; one that is created as a partition would. Storage parameters are not inherited, so each gets its own: the rows of
-- deliveries change a few times on their first day, and must be cleaned up long before a fifth of them has.
create function make_day(day bigint) returns void language plpgsql as $$
declare
  suffix constant text := to_char(timestamp '1970-01-01' + make_interval(days => day::int), 'YYYYMMDD');
  parent text;
  settings text;
begin
  for parent, settings in values
    ('events', 'autovacuum_analyze_scale_factor = 0.05'),
    ('deliveries', 'autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0'),
    ('attempts', 'autovacuum_analyze_scale_factor = 0.05')
  loop
    continue when to_regclass(format('posthorn.%I', parent || '_' || suffix)) is not null;
    execute format('create table posthorn.%I (like posthorn.%I including all) with (%s)', parent || '_' || suffix, parent, settings);
    execute format('alter table posthorn.%I attach partition posthorn.%I for values from (%s) to (%s)', parent, parent || '_' || suffix, day << 32, (day + 1) << 32);
  end loop;
end $$;

-- Attaching reads a table through once, to be sure that all of it belongs there. Nodes of the version before make no
-- partitions: they find those of the next week.
do $$
declare
  today constant bigint := floor(extract(epoch from statement_timestamp()) / 86400);
  first_free constant bigint := 1 + greatest(today, (select last_value >> 32 from posthorn.event_ids),
    (select max(id) >> 32 from posthorn.events_before), (select max(event_id) >> 32 from posthorn.deliveries_before), (select max(event_id) >> 32 from posthorn.attempts_before));
  name text;
begin
  for name in values ('events'), ('deliveries'), ('attempts') loop
    execute format('alter table posthorn.%I attach partition posthorn.%I for values from (minvalue) to (%s)', name, name || '_before', first_free << 32);
    execute format('alter table posthorn.%I rename to %I', name || '_before', name || '_before_' || to_char(timestamp '1970-01-01' + make_interval(days => first_free::int), 'YYYYMMDD'));
  end loop;
  for day in first_free..first_free + 6 loop
    perform posthorn.make_day(day);
  end loop;
  -- Below the second nothing is undelivered: whoever makes something old due again locks its row, so it must be there.
  insert into posthorn.installation (name, value) values ('partitioned_below', ((first_free + 7) << 32)::text), ('undelivered_from', '0');
end $$;

-- Whose turn it is among organizations with work that nobody owns.
create index lanes_free_by_organization on lanes (organization_id, wake_at) where session is null and wake_at is not null;
