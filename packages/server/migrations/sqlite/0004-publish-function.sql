-- 0004-publish-function.sql
-- The function itself is PostgreSQL's: there an application shares the database. Here the outbox has alerts alone.

-- key: the id by which the publisher knows the event. occurred_at: null where it occurred at created_at.
alter table outbox add column occurred_at integer;

-- What no stream could take, and why. A table of its own: the outbox stays short, however much is parked.
create table outbox_parked (
  id integer primary key autoincrement,
  organization text not null,
  type text not null,
  data text not null,
  key text,
  origin integer not null,
  created_at integer not null,
  occurred_at integer,
  parked_at integer not null,
  problem text not null
) strict;
create index outbox_parked_by_age on outbox_parked (parked_at);

insert into outbox_parked (organization, type, data, key, origin, created_at, parked_at, problem)
  select organization, type, data, key, origin, created_at, created_at, problem from outbox where problem is not null order by id;
delete from outbox where problem is not null;
alter table outbox drop column problem;
