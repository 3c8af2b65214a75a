-- 0001-first-schema.sql
-- Instants are milliseconds since 1970. Keys of the tables that grow stand with the event first: they grow to the right.

create table installation (
  name text primary key,
  value text not null
) strict, without rowid;

-- Configuration ------------------------------------------------------------------------------------------------------

-- deleted_at: nothing is accepted for it any more; its public_id then holds a "~", which no id may, so that the name is free again.
create table organizations (
  id integer primary key,
  public_id text not null unique,
  name text not null,
  catalog text,
  format text not null,
  retry_policy text not null,
  event_type_policy text not null,
  webhook_url text,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;

-- state: 0 enabled, 1 paused, 2 disabled, 3 deleted (kept while its deliveries are, so that the log stays readable).
-- secrets, headers and second_signature are sealed: they hold what must not be read from a copied file.
-- from_id: the stream's last event when the endpoint was made; what is older is not its business.
create table endpoints (
  id integer primary key autoincrement,
  organization_id integer not null references organizations (id),
  url text not null,
  description text not null default '',
  event_types text not null,
  format text,
  secrets text not null,
  headers text,
  timeout_ms integer,
  rate_per_second real,
  ordered integer not null default 0,
  retry_policy text,
  second_signature text,
  managed text,
  state integer not null default 0,
  disabled_reason text,
  version integer not null default 1,
  from_id integer not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create index endpoints_by_organization on endpoints (organization_id, id);
create unique index endpoints_managed on endpoints (organization_id, managed) where managed is not null and state < 3;

-- A delivery remembers the very definition that it was made with, so that every attempt sends the same bytes.
create table formats (
  id integer primary key,
  name text not null,
  digest text not null,
  definition text not null
) strict;
create index formats_by_name on formats (name, id);

create table api_keys (
  id integer primary key autoincrement,
  organization_id integer references organizations (id),
  name text not null,
  hash text not null unique,
  hint text not null,
  scopes text not null,
  created_at integer not null,
  expires_at integer,
  revoked_at integer
) strict;
create index api_keys_by_organization on api_keys (organization_id, id);

-- Answers of POSTs that carried an Idempotency-Key, other than publishing (event_keys has those).
create table idempotent_answers (
  scope text not null,
  key text not null,
  digest text not null,
  body text not null,
  created_at integer not null,
  primary key (scope, key)
) strict, without rowid;
create index idempotent_answers_by_age on idempotent_answers (created_at);

-- The stream ---------------------------------------------------------------------------------------------------------

create table event_ids (
  last_id integer not null
) strict;
insert into event_ids (last_id) values (0);

create table streams (
  organization_id integer primary key,
  last_id integer not null
) strict;

create table cursors (
  organization_id integer primary key,
  dispatched_id integer not null,
  endpoints_version integer not null
) strict;

-- data: the publisher's own text. given_id: the id that the publisher brought. only_endpoint_id: a test event's one address.
-- origin: 0 API, 1 SQL, 2 test, 3 receipt, 4 alert, 5 consumer.
create table events (
  id integer primary key,
  organization_id integer not null,
  type text not null,
  data text not null,
  given_id text,
  occurred_at integer not null,
  created_at integer not null,
  origin integer not null,
  only_endpoint_id integer
) strict;
create index events_by_organization on events (organization_id, id);

create table event_keys (
  organization_id integer not null,
  key text not null,
  event_id integer not null,
  digest text not null,
  primary key (organization_id, key)
) strict, without rowid;
create index event_keys_by_event on event_keys (event_id);

-- What will be appended by a relay: alerts, and (on PostgreSQL) what an application published in its own transaction.
create table outbox (
  id integer primary key autoincrement,
  organization text not null,
  type text not null,
  data text not null,
  key text,
  origin integer not null,
  created_at integer not null,
  problem text
) strict;

-- Deliveries ---------------------------------------------------------------------------------------------------------

-- state: 0 sending (its session has it in memory), 1 waiting, 2 succeeded, 3 dead, 4 discarded.
-- attempts: all ever made; it is also the version that a settlement compares. step: the place in the retry schedule.
-- exempt: a replay does not take part in an endpoint's strict order.
create table deliveries (
  event_id integer not null,
  endpoint_id integer not null,
  organization_id integer not null,
  state integer not null,
  attempts integer not null,
  step integer not null,
  format integer not null,
  exempt integer not null,
  due_at integer not null,
  updated_at integer not null,
  primary key (event_id, endpoint_id)
) strict, without rowid;
create index deliveries_sending on deliveries (event_id) where state = 0;
create index deliveries_waiting on deliveries (endpoint_id, due_at) where state = 1;
create index deliveries_by_endpoint on deliveries (endpoint_id, event_id);
create index deliveries_dead on deliveries (organization_id, event_id) where state = 3;

create table attempts (
  event_id integer not null,
  endpoint_id integer not null,
  number integer not null,
  at integer not null,
  duration_ms integer not null,
  status integer,
  error_class text,
  error text,
  url text not null,
  request_headers text not null,
  response_headers text,
  answer blob,
  primary key (event_id, endpoint_id, number)
) strict, without rowid;

-- A node holds lanes through its session; a lane's wake_at says that there is something its owner, or nobody, has seen.
create table sessions (
  token text primary key,
  node text not null,
  alive_until integer not null
) strict, without rowid;

create table lanes (
  endpoint_id integer primary key,
  organization_id integer not null,
  session text,
  wake_at integer,
  failing_since integer
) strict;
create index lanes_free on lanes (wake_at) where session is null and wake_at is not null;
create index lanes_woken on lanes (session) where session is not null and wake_at is not null;

-- state: 0 running, 1 done, 2 cancelled. The cursor moves in the transaction that makes deliveries due again.
create table replays (
  id integer primary key autoincrement,
  organization_id integer not null,
  filter text not null,
  state integer not null,
  cursor_event_id integer not null,
  cursor_endpoint_id integer not null,
  until_event_id integer not null,
  matched integer not null,
  replayed integer not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create index replays_running on replays (id) where state = 0;

-- What the overview reads: so many per minute, organization and kind.
create table counters (
  minute integer not null,
  organization_id integer not null,
  kind text not null,
  count integer not null,
  primary key (minute, organization_id, kind)
) strict, without rowid;
