-- 0006-nodes-share-organizations.sql

-- What the session's node takes its share of. None of an earlier version knows that it should.
alter table sessions add column dispatches smallint not null default 0;
alter table sessions add column delivers smallint not null default 0;
