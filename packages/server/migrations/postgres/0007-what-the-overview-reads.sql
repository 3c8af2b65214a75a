-- 0007-what-the-overview-reads.sql
-- The same counts by the hour, everybody's as organization 0: a week of minutes of thousands of organizations is millions of
-- rows. Among `counters` everybody's stand below 0, one for each session that counts.
create table counter_hours (
  hour bigint not null,
  organization_id integer not null,
  kind text not null,
  count bigint not null,
  primary key (organization_id, hour, kind)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create table source_count_hours (
  source_id bigint not null,
  hour bigint not null,
  count bigint not null,
  verdict smallint not null,
  primary key (source_id, hour, verdict)
);

-- How far that has come, in one row once it has begun: all minutes below this one, and of this one the counters up to this organization and kind.
create table counters_summed (
  minute bigint not null,
  organization_id integer not null,
  kind text not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_cost_delay = 0);

-- What an endpoint's failing began with. Nullable: one that failed before this version has no recorded cause.
alter table lanes add column failing_status smallint;
alter table lanes add column failing_error_class text;
create index lanes_failing on lanes (organization_id, failing_since) where failing_since is not null;

-- Dead letters of all organizations, newest first.
create index deliveries_dead_newest on deliveries (event_id, endpoint_id) where state = 3;
