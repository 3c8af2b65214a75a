-- 0002-sources.sql
-- What comes in: sources, the receipts of every request, what duplicates are known by, and whose a provider's customer is.

-- sealed: secrets and what else must not be read from a copied file; null where a setting of the server is the source.
-- managed: the source that a setting is, for as long as the server is started with it.
-- state: 0 enabled, 1 paused. deleted_at: its name then holds a "~", which none may, so that the name is free again.
create table sources (
  id integer primary key autoincrement,
  name text not null unique,
  provider text not null,
  organization_id integer references organizations (id),
  sealed text,
  options text not null default '{}',
  managed integer not null default 0,
  state integer not null default 0,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;

-- One number for all nodes, drawn before a receipt is stored: its events and keys carry it.
create table receipt_ids (
  last_id integer not null
) strict;
insert into receipt_ids (last_id) values (0);

-- verdict: 0 accepted, 1 duplicate, 2 refused, 3 handshake. events: how many it became.
-- organization_id: whose its events are; unassigned: nothing said whose, so the operator has them.
-- kept: what became of its body: 0 all of it is here, 1 too large to be sent on as an event, 2 not kept at all.
create table receipts (
  id integer primary key,
  source_id integer not null,
  received_at integer not null,
  verdict integer not null,
  status integer not null,
  method text not null,
  url text not null,
  headers text not null,
  body blob not null,
  code text,
  reason text,
  dedupe_id text,
  type text,
  organization_id integer,
  unassigned integer not null default 0,
  duplicate_of integer,
  events integer not null default 0,
  kept integer not null default 0,
  replayed_at integer
) strict;
create index receipts_by_source on receipts (source_id, id);
create index receipts_not_accepted on receipts (verdict, id) where verdict <> 0;
create index receipts_unassigned on receipts (id) where unassigned = 1;

-- key: "i:" the provider's id, "b:" a digest of the body, "r:" what else was signed, "n:" what a public event tells.
create table receipt_keys (
  source_id integer not null,
  key text not null,
  receipt_id integer not null,
  received_at integer not null,
  primary key (source_id, key)
) strict, without rowid;
create index receipt_keys_by_age on receipt_keys (received_at);

-- So many a minute, those included that were not worth a receipt of their own.
create table source_counts (
  minute integer not null,
  source_id integer not null,
  verdict integer not null,
  count integer not null,
  primary key (minute, source_id, verdict)
) strict, without rowid;

-- account: a customer, a merchant, a shop at the provider. learned: out of an event that named both.
create table source_links (
  id integer primary key autoincrement,
  provider text not null,
  account text not null,
  organization_id integer not null references organizations (id),
  learned integer not null,
  created_at integer not null,
  unique (provider, account)
) strict;
create index source_links_by_organization on source_links (organization_id, id);

-- Where an event came in. Not part of its data.
alter table events add column receipt_id integer;
