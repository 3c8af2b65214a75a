-- 0009-tallies.sql
-- What one transaction counted, as JSON: [[organization, kind, count], …]. One row for each, where `counters` would get about
-- one for each delivery; they are added to `counters` a few seconds later. counters/tallies.ts.
create table tallies (
  id integer primary key,
  minute integer not null,
  counts text not null
) strict;
