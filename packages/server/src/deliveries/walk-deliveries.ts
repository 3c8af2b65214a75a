import { deliveriesOfEndpoint, eventsOfOrganization } from '../ids/ids-of-owner.js'
import { spanOf } from '../partitions/span-of.js'
import { join, nothing, rawSql, sql, type Sql } from '../storage/sql.js'
import type { Column, Database } from '../storage/database.js'
import type { DeliveryKey } from '../ids/public-id.js'

/** Which of an organization's deliveries are walked along, and in which order. Each `along` is one index of the schema. */
export interface Walk {
  /** Undefined: of all organizations, for the operator. */
  organizationId: number | undefined
  along: Along
  order: 'newest first' | 'oldest first'
  /** The events that count: from this id on, and below that one. */
  fromEventId: number
  belowEventId: number
  /** Where an earlier stretch ended. */
  after: DeliveryKey | null
  /** How many deliveries (along `stream`: or events) to read at most. */
  limit: number
}

export type Along =
  | { by: 'stream' }
  | { by: 'endpoint'; endpointId: number }
  | { by: 'event'; eventId: number }
  | { by: 'dead' }
  /** These few. */
  | { by: 'keys'; keys: readonly DeliveryKey[] }
  /** What waits or is being sent, for endpoints that are enabled (`held`: that are not). Only sensible where `isFew`. */
  | { by: 'undelivered'; held: boolean; endpointId: number | undefined }

export interface Stretch {
  deliveries: WalkedDelivery[]
  /** Where to go on, or null when there is no more. */
  end: DeliveryKey | null
}

/** A delivery with what a list tells of its event and its endpoint. */
export interface WalkedDelivery extends DeliveryKey {
  /** The organization's public id. */
  organization: string
  state: number
  attempts: number
  step: number
  dueAt: number
  updatedAt: number
  event: { type: string; givenId: string | null; createdAt: number; origin: number; isErased: boolean } | undefined
  endpointState: number
  endpointUrl: string
}

/**
 * Reads the next stretch of a walk. What is looked for beyond the index is for the caller to pick from what it gets, so
 * that no question, however rare its answers, makes one call read without a bound.
 */
export async function walkDeliveries(db: Database, walk: Walk): Promise<Stretch> {
  const { along } = walk
  if (along.by === 'stream') return walkStream(db, walk)
  const ends = await endsOf(db, keysAlong(db, walk, along))
  if (ends === 'none') return { deliveries: [], end: null }
  const rows = await db.all<Row>(facts(db, keysAlong(db, narrowed(walk, ends), along), byKey(walk), ends))
  const last = rows[rows.length - 1]
  return { deliveries: rows.map(asDelivery), end: last !== undefined && rows.length === walk.limit ? { eventId: last.event_id, endpointId: last.endpoint_id } : null }
}

/** Whether so little is undelivered that it can be sorted for each page. Backlogs are found fast along their endpoint or the stream. */
export async function isFew(db: Database, organizationId: number | undefined, along: Along & { by: 'undelivered' }): Promise<boolean> {
  const found = await db.first<{ number: number }>(sql`select count(*) as number from (select 1 from (${waiting(organizationId, along)}) as w limit ${fewUndelivered + 1}) as few`)
  return found !== undefined && found.number <= fewUndelivered
}

/** One delivery, as a walk would tell it. */
export async function findDelivery(db: Database, organizationId: number, { eventId, endpointId }: DeliveryKey): Promise<WalkedDelivery | undefined> {
  const row = await db.first<Row>(facts(db, sql`
    select event_id, endpoint_id from deliveries
    where event_id = ${eventId} and endpoint_id = ${endpointId} and organization_id = ${organizationId}`, sql`d.event_id`, { low: eventId, high: eventId }))
  return row && asDelivery(row)
}

const fewUndelivered = 20_000

/** The keys of the next deliveries, by one index, in the walk's order. */
function keysAlong(db: Database, walk: Walk, way: Exclude<Along, { by: 'stream' }>): Sql {
  const { organizationId, limit } = walk
  const where = (conditions: Sql): Sql => sql`
    select d.event_id, d.endpoint_id from deliveries d
    where ${conditions} and ${owned(sql`d.organization_id`, organizationId)} and ${within(walk)}
    order by ${byKey(walk)} limit ${limit}`
  switch (way.by) {
    case 'endpoint': return sql`
      select k.id as event_id, cast(${way.endpointId} as bigint) as endpoint_id
      from (${deliveriesOfEndpoint(db, { owner: way.endpointId, ...idBounds(walk, way.endpointId), order: walk.order, limit, matching: owned(sql`organization_id`, organizationId) })}) as k`
    case 'event': return where(sql`d.event_id = ${way.eventId}`)
    case 'dead': return where(sql`d.state = 3`)
    case 'keys': return sql`
      select d.event_id, d.endpoint_id from ${db.rows(way.keys.map(({ eventId, endpointId }) => [eventId, endpointId]), keyColumns)} as r
      join deliveries d on d.event_id = r.event_id and d.endpoint_id = r.endpoint_id
      where ${owned(sql`d.organization_id`, organizationId)} and ${within(walk)} order by ${byKey(walk)} limit ${limit}`
    case 'undelivered': return sql`
      select d.event_id, d.endpoint_id from (${waiting(organizationId, way)} union all ${sending(organizationId, way)}) as d
      where ${within(walk)} order by ${byKey(walk)} limit ${limit}`
  }
}

/** `due_at >= 0` is always so, and `+ 0` changes nothing: both lead the planner to the index that holds waiting deliveries only, not an endpoint's whole history. */
function waiting(organizationId: number | undefined, { held, endpointId }: Along & { by: 'undelivered' }): Sql {
  return sql`
    select d.event_id + 0 as event_id, d.endpoint_id from endpoints p
    join deliveries d on d.endpoint_id = p.id and d.state = 1 and d.due_at >= 0
    where ${owned(sql`p.organization_id`, organizationId)} and ${held ? sql`p.state <> 0` : sql`p.state = 0`} ${endpointId === undefined ? sql`` : sql`and p.id = ${endpointId}`}`
}

/** What sessions have in memory is little, whoever's it is. */
function sending(organizationId: number | undefined, { held, endpointId }: Along & { by: 'undelivered' }): Sql {
  return sql`
    select s.event_id, s.endpoint_id from deliveries s
    join endpoints p on p.id = s.endpoint_id
    where s.state = 0 and ${owned(sql`s.organization_id`, organizationId)} and ${held ? sql`p.state <> 0` : sql`p.state = 0`} ${endpointId === undefined ? sql`` : sql`and s.endpoint_id + 0 = ${endpointId}`}`
}

/**
 * Along the stream the bound counts events, as many may have no delivery at all; a second one counts deliveries, as one
 * event may have thousands.
 */
async function walkStream(db: Database, walk: Walk): Promise<Stretch> {
  const { organizationId, limit, order } = walk
  const events = eventsOfOrganization(db, { owner: organizationId, ...idBounds(walk), order, limit })
  const edge = await db.first<{ id: number }>(sql`select id from (${events}) as v order by id ${order === 'newest first' ? sql`desc` : sql``} limit 1 offset ${limit - 1}`)
  const ends = await endsOf(db, sql`select id as event_id from (${events}) as v`)
  if (ends === 'none') return { deliveries: [], end: null }
  const its = narrowed(walk, ends)
  const rows = await db.all<Row>(facts(db, sql`
    select d.event_id, d.endpoint_id from (${eventsOfOrganization(db, { owner: organizationId, ...idBounds(its), order, limit })}) as v join deliveries d on d.event_id = v.id
    where ${within(its)} order by ${byKey(walk)} limit ${limit}`, byKey(walk), ends))

  const deliveries = rows.map(asDelivery)
  const last = deliveries[deliveries.length - 1]
  if (last !== undefined && deliveries.length === limit) return { deliveries, end: { eventId: last.eventId, endpointId: last.endpointId } }
  // Past every endpoint of the last event that was looked at.
  return { deliveries, end: edge === undefined ? null : { eventId: order === 'newest first' ? edge.id : edge.id + 1, endpointId: -1 } }
}

const keyColumns: readonly Column[] = ['event_id int', 'endpoint_id int']

function owned(column: Sql, organizationId: number | undefined): Sql {
  return organizationId === undefined ? sql`1 = 1` : sql`${column} = ${organizationId}`
}

/** The events that may hold what comes next; of the one where an earlier stretch ended, an endpoint may be left over. */
function idBounds({ fromEventId, belowEventId, after, order }: Walk, endpointId?: number): { from: number; below: number } {
  if (after === null) return { from: fromEventId, below: belowEventId }
  if (order === 'newest first') return { from: fromEventId, below: Math.min(belowEventId, endpointId === undefined || endpointId < after.endpointId ? after.eventId + 1 : after.eventId) }
  return { from: Math.max(fromEventId, endpointId === undefined || endpointId > after.endpointId ? after.eventId : after.eventId + 1), below: belowEventId }
}

function within({ fromEventId, belowEventId, after, order }: Walk): Sql {
  const bounds = [sql`d.event_id >= ${fromEventId}`, sql`d.event_id < ${belowEventId}`]
  if (after === null) return join(bounds, ' and ')
  return join([...bounds, order === 'newest first'
    ? sql`d.event_id <= ${after.eventId} and (d.event_id < ${after.eventId} or d.endpoint_id < ${after.endpointId})`
    : sql`d.event_id >= ${after.eventId} and (d.event_id > ${after.eventId} or d.endpoint_id > ${after.endpointId})`], ' and ')
}

function byKey({ order }: Walk): Sql {
  return order === 'newest first' ? sql`d.event_id desc, d.endpoint_id desc` : sql`d.event_id, d.endpoint_id`
}

/** The first and the last event of what was found; undefined where nobody needs to know. */
type Ends = { low: number; high: number } | undefined

/**
 * PostgreSQL plans for all partitions, several times each, what it is not told the days of. So it is asked for the ends of
 * a stretch first, which reads one index, and then for the stretch between them.
 */
async function endsOf(db: Database, keys: Sql): Promise<Ends | 'none'> {
  if (db.dialect === 'sqlite') return undefined
  const row = await db.first<{ low: number | null; high: number | null }>(sql`select min(event_id) as low, max(event_id) as high from (${keys}) as k`)
  return row === undefined || row.low === null || row.high === null ? 'none' : { low: row.low, high: row.high }
}

function narrowed(walk: Walk, ends: Ends): Walk {
  return ends === undefined ? walk : { ...walk, fromEventId: Math.max(walk.fromEventId, ends.low), belowEventId: Math.min(walk.belowEventId, ends.high + 1) }
}

/** The deliveries of these few keys, with what is told of them. */
function facts(db: Database, keys: Sql, order: Sql, ends: Ends): Sql {
  const span = (column: Sql): Sql => ends === undefined ? nothing : spanOf(db, column, [ends.low, ends.high])
  return sql`
    select d.event_id, d.endpoint_id, d.state, d.attempts, d.step, d.due_at, d.updated_at,
      e.type, e.given_id, e.created_at, e.origin, e.erased_at, p.state as endpoint_state, p.url as endpoint_url, o.public_id as organization
    from (${keys}) as k
    join deliveries d on d.event_id = k.event_id and d.endpoint_id = k.endpoint_id ${span(rawSql('d.event_id'))}
    join endpoints p on p.id = d.endpoint_id
    join organizations o on o.id = d.organization_id
    left join events e on e.id = d.event_id ${span(rawSql('e.id'))}
    order by ${order}`
}

interface Row {
  event_id: number; endpoint_id: number; state: number; attempts: number; step: number; due_at: number; updated_at: number
  type: string | null; given_id: string | null; created_at: number | null; origin: number | null; erased_at: number | null; endpoint_state: number; endpoint_url: string; organization: string
}

function asDelivery(row: Row): WalkedDelivery {
  return {
    organization: row.organization, eventId: row.event_id, endpointId: row.endpoint_id, state: row.state, attempts: row.attempts, step: row.step, dueAt: row.due_at, updatedAt: row.updated_at,
    event: row.type === null ? undefined : { type: row.type, givenId: row.given_id, createdAt: row.created_at ?? 0, origin: row.origin ?? 0, isErased: row.erased_at !== null },
    endpointState: row.endpoint_state, endpointUrl: row.endpoint_url,
  }
}
