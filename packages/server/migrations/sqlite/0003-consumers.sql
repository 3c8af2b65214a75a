-- 0003-consumers.sql

-- Nullable: which consumers an organization has follows from its catalog, unless it says so itself (a JSON list of names).
alter table organizations add column consumers text;

-- How far a consumer has read an organization's stream. attempts: failed tries of the event that comes next; due_at: not before.
-- session: whose memory holds events of it now; only handlers of an application need one, as they do not run in a transaction.
create table consumers (
  name text not null,
  organization_id integer not null,
  read_id integer not null,
  attempts integer not null default 0,
  due_at integer not null default 0,
  session text,
  primary key (name, organization_id)
) strict, without rowid;
create index consumers_by_organization on consumers (organization_id, name);

-- Organizations from before this version begin with what comes from now on.
insert into consumers (name, organization_id, read_id)
  select c.name, s.organization_id, s.last_id
  from (select 'orders' as name, 'bare-commerce' as catalog union all select 'billing', 'better-data' union all select 'inventory', 'better-data') c
  join organizations o on o.catalog = c.catalog join streams s on s.organization_id = o.id;

-- Events that a consumer gave up. replay_at: it was asked to try once more.
create table consumer_dead_letters (
  organization_id integer not null,
  consumer text not null,
  event_id integer not null,
  attempts integer not null,
  reason text not null,
  parked_at integer not null,
  replay_at integer,
  primary key (organization_id, consumer, event_id)
) strict, without rowid;
create index consumer_dead_letters_due on consumer_dead_letters (consumer, organization_id) where replay_at is not null;

-- Billing ------------------------------------------------------------------------------------------------------------

-- state: what was told of the organization's subscriptions and invoices, and what follows from it.
create table billing_records (
  organization_id integer primary key,
  state text not null,
  updated_at integer not null
) strict;

-- event: the provider's own id of it, so that an event that is told twice is written once.
create table billing_audit_log (
  organization_id integer not null,
  event text not null,
  at integer not null,
  action text not null,
  details text not null,
  primary key (organization_id, event)
) strict, without rowid;
create index billing_audit_log_by_time on billing_audit_log (organization_id, at, event);

-- Orders -------------------------------------------------------------------------------------------------------------

-- facts: all that was told of a payment so far. order_number: the order that it made; an order is its payment, seen from the store.
create table payments (
  id integer primary key autoincrement,
  organization_id integer not null,
  facts text not null,
  provider_order text,
  order_number integer,
  created_at integer not null,
  updated_at integer not null
) strict;
create unique index payments_orders on payments (organization_id, order_number) where order_number is not null;
create index payments_by_provider_order on payments (organization_id, provider_order) where provider_order is not null;

-- Every name under which a payment is told of: a payment intent, a charge, a checkout session, a capture.
create table payment_references (
  organization_id integer not null,
  reference text not null,
  payment_id integer not null,
  primary key (organization_id, reference)
) strict, without rowid;
create index payment_references_by_payment on payment_references (payment_id);

-- A provider's own orders that are known to belong to an invoice: their payments make no order of ours.
create table invoiced_orders (
  organization_id integer not null,
  provider_order text not null,
  invoice text not null,
  primary key (organization_id, provider_order)
) strict, without rowid;

-- Inventory ----------------------------------------------------------------------------------------------------------

-- told_at, told_by: when it was so, and by which event; what is older than that changes nothing.
create table stock_levels (
  organization_id integer not null,
  product_id text not null,
  location_id text not null,
  available real not null,
  told_at integer not null,
  told_by integer not null,
  primary key (organization_id, product_id, location_id)
) strict, without rowid;

create table products (
  organization_id integer not null,
  product_id text not null,
  data text not null,
  is_deleted integer not null,
  told_at integer not null,
  told_by integer not null,
  primary key (organization_id, product_id)
) strict, without rowid;
