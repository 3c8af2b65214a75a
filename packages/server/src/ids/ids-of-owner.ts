import { rawSql, sql, type Sql } from '../storage/sql.js'
import type { Database } from '../storage/database.js'

/** Which of an owner's ids, in which order, how many at most. */
export interface WantedIds {
  /** Undefined: of all. */
  owner: number | undefined
  /** From this id on, and below that one. */
  from: number
  below: number
  order: 'newest first' | 'oldest first'
  limit: number
  /** What else must hold of a row, by its bare column names. */
  matching?: Sql | undefined
}

/** A statement that gives the `id`s of an organization's events, in order. */
export function eventsOfOrganization(db: Database, wanted: WantedIds): Sql {
  return idsAlong(db, events, wanted)
}

/** A statement that gives, as `id`s, the ids of the events that an endpoint has deliveries of, in order. */
export function deliveriesOfEndpoint(db: Database, wanted: WantedIds): Sql {
  return idsAlong(db, deliveries, wanted)
}

interface Owned { table: Sql; id: Sql; block: Sql; owner: Sql }

const events: Owned = { table: rawSql('events'), id: rawSql('id'), block: rawSql('id >> 10'), owner: rawSql('organization_id') }
const deliveries: Owned = { table: rawSql('deliveries'), id: rawSql('event_id'), block: rawSql('event_id >> 10'), owner: rawSql('endpoint_id') }

function idsAlong(db: Database, owned: Owned, wanted: WantedIds): Sql {
  return db.dialect === 'sqlite' && wanted.owner !== undefined ? alongBlocks(owned, wanted) : inOrder(owned, wanted)
}

function inOrder({ table, id, owner }: Owned, wanted: WantedIds): Sql {
  return sql`
    select ${id} as id from ${table}
    where ${id} >= ${wanted.from} and ${id} < ${wanted.below} ${wanted.owner === undefined ? rawSql('') : sql`and ${owner} = ${wanted.owner}`} ${alsoMatching(wanted)}
    order by ${id} ${direction(wanted)} limit ${wanted.limit}`
}

/**
 * On SQLite an index by owner costs a page for each event, as each owner's newest entry lies on a page of its own: a third
 * of a delivery's cost, and three quarters of its bytes. There the indexes are by blocks of 1,024 consecutive ids, and
 * within a block by owner, so that what is written together lies together. A reader goes from block to block, 3 µs each,
 * until it has enough.
 */
function alongBlocks({ table, id, block, owner }: Owned, wanted: WantedIds): Sql {
  const { from, below, order, limit } = wanted
  const isNewest = order === 'newest first'
  const its = sql`${owner} = ${wanted.owner ?? null} and ${id} >= ${from} and ${id} < ${below} ${alsoMatching(wanted)}`
  // By the index of the blocks, which is compact, and not by the rows themselves.
  const next = isNewest
    ? sql`${block} < blocks.number and ${block} >= (${from} >> 10)`
    : sql`${block} > blocks.number and ${block} <= ((${below} - 1) >> 10)`
  return sql`
    with recursive blocks (number, found) as (
      select (select ${block} from ${table} where ${id} >= ${from} and ${id} < ${below} order by ${id} ${direction(wanted)} limit 1), 0
      union all
      select
        (select ${block} from ${table} where ${next} order by ${block} ${direction(wanted)} limit 1),
        found + (select count(*) from (select 1 from ${table} where ${block} = blocks.number and ${its} limit ${limit}))
      from blocks where number is not null and found < ${limit})
    select ${id} as id from blocks cross join ${table} on ${block} = blocks.number and ${its}
    order by ${id} ${direction(wanted)} limit ${limit}`
}

function alsoMatching({ matching }: WantedIds): Sql {
  return matching === undefined ? rawSql('') : sql`and ${matching}`
}

function direction({ order }: WantedIds): Sql {
  return order === 'newest first' ? descending : ascending
}

const ascending = rawSql('')
const descending = rawSql('desc')
