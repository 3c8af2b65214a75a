import { eventsOfOrganization } from '../ids/ids-of-owner.js'
import { proveSession } from '../lanes/sessions.js'
import { keepInSight } from '../partitions/undelivered-span.js'
import { spanOf } from '../partitions/span-of.js'
import { rawSql, sql } from '../storage/sql.js'
import { nothingAppended, type JustAppended } from './just-appended.js'
import type { Audience, Subscriber, Subscribers } from './subscribers.js'
import type { Column, Database } from '../storage/database.js'
import type { StoredEvent } from '../events/event.js'

/** A delivery that is handed to this node's memory as it is inserted. */
export interface Handed { eventId: number; endpointId: number; format: number }

export interface DispatchRequest {
  session: string
  /** Organizations whose streams have moved. */
  organizations: readonly number[]
  /** Events to read at most. */
  limit: number
  /** Deliveries to make at most; those of one event are made together, however many. */
  deliveries: number
  /** How many deliveries this node's memory can still take; what is over waits in the database. */
  room: number
  /** Lanes that this node owns but that must not be handed more: they have as much in memory as they may. */
  fullLanes: readonly number[]
}

export interface Dispatched {
  /** Each event once, however many deliveries came of it. Only those that have a handed delivery and were not just appended: their appender has them. */
  events: StoredEvent[]
  handed: Handed[]
  /** Lanes that this dispatch made the session's own. */
  takenLanes: number[]
  /** Somebody's lanes have new work that was not handed over. */
  woken: boolean
  /** Some of these are not this session's: another node is to look. */
  wokenElsewhere: boolean
  /** Organizations whose stream has more. */
  behind: number[]
  /** Organizations that another node was dispatching just now, perhaps without having seen all: to be looked at again soon. */
  skipped: number[]
  /** How many deliveries were made. */
  count: number
}

interface Cursor { organization_id: number; dispatched_id: number; endpoints_version: number; last_id: number; now: number }

const ids: readonly Column[] = ['id int']
const cursorColumns: readonly Column[] = ['organization_id int', 'dispatched_id int']
const deliveryColumns: readonly Column[] = ['event_id int', 'endpoint_id int', 'organization_id int', 'state int', 'attempts int', 'step int', 'format int', 'exempt int', 'due_at int', 'updated_at int']

/**
 * Reads what the streams hold after their cursors, makes a delivery for each (endpoint, event) that matches, and moves
 * the cursors, inside the caller's transaction. Runs again harmlessly: a delivery exists once.
 *
 * A delivery is handed over (state sending) only on a lane that this session owns and that has nothing unseen; all
 * others wait in the database and their lane is woken. Whoever sends them reads them there, in order.
 */
export async function dispatch(tx: Database, request: DispatchRequest, subscribers: Subscribers, appended: JustAppended = nothingAppended): Promise<Dispatched> {
  // Who has lost the session finds that out before anything depends on the cursors.
  const [, cursors] = await Promise.all([proveSession(tx, request.session), lockCursors(tx, request.organizations)])
  const result: Dispatched = { events: [], handed: [], takenLanes: [], woken: false, wokenElsewhere: false, behind: [], skipped: await findSkipped(tx, request.organizations, cursors), count: 0 }
  const [cursor] = cursors
  if (cursor === undefined) return result
  const { now } = cursor

  const audiences = await subscribers.of(tx, cursors)
  const collected = await collectEvents(tx, cursors, request.limit, appended)
  const { events, planned, left } = plan(collected.events, audiences, request.deliveries)
  const cutOff = new Set([...collected.cutOff, ...left.map((event) => event.organizationId)])
  const handOver = await chooseHandOver(tx, request, planned, result)

  const handedEvents = new Set<number>()
  const rows = planned.map(({ event, endpoint }) => {
    const isHanded = result.handed.length < request.room && handOver.has(endpoint.id) && endpoint.firstWaitMs === 0
    if (isHanded) {
      result.handed.push({ eventId: event.id, endpointId: endpoint.id, format: endpoint.format })
      handedEvents.add(event.id)
    } else {
      // Once one delivery of a lane has to wait, the later ones wait behind it: handing them over would invert their order.
      handOver.delete(endpoint.id)
    }
    return [event.id, endpoint.id, event.organizationId, isHanded ? 0 : 1, 0, 0, endpoint.format, 0, now + endpoint.firstWaitMs, now]
  })
  result.events = collected.read.filter((event) => handedEvents.has(event.id))
  result.count = rows.length
  if (rows.length > 0) await keepInSight(tx, events.map((event) => event.id), now)
  await tx.last(() => Promise.all([
    rows.length > 0 ? tx.insertMissing('deliveries', deliveryColumns, rows) : undefined,
    wakeLanes(tx, planned, handOver, now, result),
    moveCursors(tx, cursors, events, cutOff, result),
  ]))
  return result
}

/** Other nodes' organizations are stepped over: what they hold, they dispatch. */
async function lockCursors(tx: Database, organizations: readonly number[]): Promise<Cursor[]> {
  const lock = tx.dialect === 'postgres' ? sql`for update of c skip locked` : sql``
  return tx.all<Cursor>(sql`
    select c.organization_id, c.dispatched_id, c.endpoints_version, s.last_id, ${tx.now} as now
    from cursors c join streams s on s.organization_id = c.organization_id
    where c.dispatched_id < s.last_id
      and c.organization_id in (select id from ${tx.rows(organizations.map((id) => [id]), ids)} as r)
    order by c.organization_id ${lock}`)
}

/** Whoever holds a cursor may have read its stream before our event was there, and need not read it again. */
async function findSkipped(tx: Database, organizations: readonly number[], cursors: readonly Cursor[]): Promise<number[]> {
  if (tx.dialect === 'sqlite' || cursors.length === organizations.length) return []
  const found = new Set(cursors.map((cursor) => cursor.organization_id))
  const rows = await tx.all<{ organization_id: number }>(sql`
    select c.organization_id from cursors c join streams s on s.organization_id = c.organization_id
    where c.dispatched_id < s.last_id
      and c.organization_id in (select id from ${tx.rows(organizations.filter((id) => !found.has(id)).map((id) => [id]), ids)} as r)`)
  return rows.map((row) => row.organization_id)
}

interface EventRow { id: number; organization_id: number; type: string; data: string; given_id: string | null; occurred_at: number; created_at: number; only_endpoint_id: number | null; erased_at: number | null }
/** `isErased`: it has no data any more, and is stepped over. */
type ReadEvent = StoredEvent & { onlyEndpointId: number | null; isErased?: boolean }

interface Collected {
  events: readonly ReadEvent[]
  /** Those of them that were read, and not just appended. */
  read: readonly ReadEvent[]
  /** Organizations whose stream was not read to its end. */
  cutOff: ReadonlySet<number>
}

/**
 * What follows the cursors. Where that begins with what was just appended by this caller, nothing is read: if somebody else's
 * comes after it, that is for the next time. Streams that are behind take turns: each gives its share of the batch, so that
 * one with a long backlog makes no other wait for more than that.
 */
async function collectEvents(tx: Database, cursors: readonly Cursor[], limit: number, appended: JustAppended): Promise<Collected> {
  const known = justAppendedOf(cursors, appended)
  // More than a batch may hold is read like the rest, a part at a time.
  const caughtUp = known.events.length <= limit ? known : nothingKnown
  const behind = cursors.filter((cursor) => !caughtUp.organizations.has(cursor.organization_id))
  if (behind.length === 0) return { events: caughtUp.events, read: [], cutOff: caughtUp.cutOff }

  const room = Math.max(1, limit - caughtUp.events.length)
  const chosen = [...behind].sort((a, b) => a.dispatched_id - b.dispatched_id).slice(0, room)
  const share = Math.floor(room / chosen.length)
  const read = await readEvents(tx, chosen, share)
  const counts = new Map(behind.map((cursor) => [cursor.organization_id, 0]))
  for (const event of read) counts.set(event.organizationId, (counts.get(event.organizationId) ?? 0) + 1)
  const complete = new Set(chosen.map((cursor) => cursor.organization_id).filter((id) => (counts.get(id) ?? 0) < share))
  return {
    events: caughtUp.events.length === 0 ? read : [...read, ...caughtUp.events].sort((a, b) => a.id - b.id),
    read,
    cutOff: new Set([...caughtUp.cutOff, ...[...counts.keys()].filter((id) => !complete.has(id))]),
  }
}

interface Known { organizations: ReadonlySet<number>; events: readonly ReadEvent[]; cutOff: ReadonlySet<number> }

const nothingKnown: Known = { organizations: new Set(), events: [], cutOff: new Set() }

/** The streams in which what was just appended follows the cursor, with nobody's in between. */
function justAppendedOf(cursors: readonly Cursor[], { events, lastIdsBefore }: JustAppended): Known {
  if (events.length === 0) return nothingKnown
  const lastIds = new Map(events.map((event) => [event.organizationId, event.id]))
  const dispatchedIds = new Map<number, number>()
  const cutOff = new Set<number>()
  for (const { organization_id: id, dispatched_id: dispatchedId, last_id: end } of cursors) {
    const last = lastIds.get(id) ?? 0
    if (last <= dispatchedId || (lastIdsBefore.get(id) ?? Infinity) > dispatchedId) continue
    dispatchedIds.set(id, dispatchedId)
    if (last < end) cutOff.add(id)
  }
  return { organizations: new Set(dispatchedIds.keys()), events: events.filter((event) => event.id > (dispatchedIds.get(event.organizationId) ?? Infinity)), cutOff }
}

async function readEvents(tx: Database, cursors: readonly Cursor[], share: number): Promise<ReadEvent[]> {
  // Each stream's next few only: to sort all that a long backlog holds would take longer with every batch.
  const next = tx.dialect === 'postgres'
    ? sql`
      ${tx.rows(cursors.map((cursor) => [cursor.organization_id, cursor.dispatched_id]), cursorColumns)} as r
      cross join lateral (
        select * from events where organization_id = r.organization_id and id > r.dispatched_id ${spanOf(tx, rawSql('id'), cursors.flatMap((cursor) => [cursor.dispatched_id, cursor.last_id]))}
        order by id limit ${share}) e`
    : sql`${tx.rows(await readNextIds(tx, cursors, share), ids)} as r cross join events e on e.id = r.id`
  const rows = await tx.all<EventRow>(sql`
    select e.id, e.organization_id, e.type, e.data, e.given_id, e.occurred_at, e.created_at, e.only_endpoint_id, e.erased_at
    from ${next} order by e.id`)
  return rows.map((row) => ({ id: row.id, organizationId: row.organization_id, type: row.type, data: row.data, givenId: row.given_id, occurredAt: row.occurred_at, createdAt: row.created_at, onlyEndpointId: row.only_endpoint_id, isErased: row.erased_at !== null }))
}

/** The next ids of all these streams together: SQLite walks along one at a time. */
async function readNextIds(tx: Database, cursors: readonly Cursor[], share: number): Promise<[number][]> {
  const next: [number][] = []
  for (const { organization_id: owner, dispatched_id: dispatchedId, last_id: lastId } of cursors) {
    const found = await tx.all<{ id: number }>(eventsOfOrganization(tx, { owner, from: dispatchedId + 1, below: lastId + 1, order: 'oldest first', limit: share }))
    for (const { id } of found) next.push([id])
  }
  return next
}

interface Planned { event: ReadEvent; endpoint: Subscriber }

/** What the events become, until that is more than is to be made at once; what is `left` is for the next time. */
function plan(events: readonly ReadEvent[], audiences: ReadonlyMap<number, Audience>, atMost: number): { events: readonly ReadEvent[]; planned: Planned[]; left: readonly ReadEvent[] } {
  const planned: Planned[] = []
  for (const [i, event] of events.entries()) {
    const endpoints = event.isErased === true ? [] : audiences.get(event.organizationId)?.of(event) ?? []
    if (i > 0 && planned.length + endpoints.length > atMost) return { events: events.slice(0, i), planned, left: events.slice(i) }
    for (const endpoint of endpoints) planned.push({ event, endpoint })
  }
  return { events, planned, left: [] }
}

/**
 * The lanes whose deliveries may be handed to this node: its own ones that have nothing unseen, and free ones, which are
 * taken here. The session's row has been locked with the cursors, so nobody can take them over before this commits. Lanes are
 * locked at once and in one order: an owner about to sleep must meet whoever wakes it, and none may wait crosswise.
 */
async function chooseHandOver(tx: Database, request: DispatchRequest, planned: readonly Planned[], result: Dispatched): Promise<Set<number>> {
  const enabled = new Map(planned.filter(({ endpoint }) => endpoint.isEnabled).map(({ endpoint }) => [endpoint.id, endpoint]))
  const full = new Set(request.fullLanes)
  const able = [...enabled.values()].filter(({ id, firstWaitMs }) => firstWaitMs === 0 && !full.has(id))
  const handOver = planned.length > request.room ? new Set<number>() : await findUnlocked(tx, request, able.map(({ id }) => id))
  const toLock = [...enabled.keys()].filter((id) => !handOver.has(id))
  if (toLock.length === 0) return handOver
  const lock = tx.dialect === 'postgres' ? sql`for update` : sql``
  const lanes = await readLanes(tx, toLock, sql`order by endpoint_id ${lock}`)
  result.wokenElsewhere = lanes.some((lane) => lane.session !== request.session && (lane.session !== null || request.room <= 0))
  if (request.room <= 0) return handOver
  const open = lanes.filter((lane) => lane.wake_at === null && (lane.session === null || lane.session === request.session))
  result.takenLanes = open.filter((lane) => lane.session === null).map((lane) => lane.endpoint_id)
  if (result.takenLanes.length > 0) {
    await tx.run(sql`update lanes set session = ${request.session} where endpoint_id in (select id from ${tx.rows(result.takenLanes.map((id) => [id]), ids)} as r)`)
  }
  for (const { endpoint_id: id } of open) if (!full.has(id)) handOver.add(id)
  return handOver
}

interface LaneRow { endpoint_id: number; session: string | null; wake_at: number | null }

function readLanes(tx: Database, endpointIds: readonly number[], tail = sql``): Promise<LaneRow[]> {
  return tx.all(sql`
    select endpoint_id, session, wake_at from lanes
    where endpoint_id in (select id from ${tx.rows(endpointIds.map((id) => [id]), ids)} as r) ${tail}`)
}

/**
 * Most lanes need no lock, which would be one more record in the log for each: those that are this session's, are not marked,
 * and are handed all that there is for them. Only this node lets go of them, and not while it dispatches. Whoever else has
 * events of these organizations, or another endpoint, waits for the cursor; and what a replay makes due meanwhile comes in no order.
 */
async function findUnlocked(tx: Database, request: DispatchRequest, able: readonly number[]): Promise<Set<number>> {
  if (tx.dialect === 'sqlite' || able.length === 0) return new Set()
  const lanes = await readLanes(tx, able)
  return new Set(lanes.filter((lane) => lane.wake_at === null && lane.session === request.session).map((lane) => lane.endpoint_id))
}

/** Every lane with work that was not handed over is written to, whatever its wake_at was: an owner about to sleep must meet this row. */
async function wakeLanes(tx: Database, planned: readonly Planned[], handedOver: ReadonlySet<number>, now: number, result: Dispatched): Promise<void> {
  const waiting = new Set(planned.filter(({ endpoint }) => endpoint.isEnabled && !handedOver.has(endpoint.id)).map(({ endpoint }) => endpoint.id))
  if (waiting.size === 0) return
  result.woken = true
  await tx.run(sql`update lanes set wake_at = ${now} where endpoint_id in (select id from ${tx.rows([...waiting].map((id) => [id]), ids)} as r)`)
}

async function moveCursors(tx: Database, cursors: readonly Cursor[], events: readonly ReadEvent[], cutOff: ReadonlySet<number>, result: Dispatched): Promise<void> {
  const reached = new Map<number, number>()
  for (const event of events) reached.set(event.organizationId, event.id)
  // What was read to its end was so as it stood when its row was locked.
  const moved = cursors.map(({ organization_id: id, dispatched_id: before, last_id: end }): [number, number] => [id, cutOff.has(id) ? reached.get(id) ?? before : Math.max(end, reached.get(id) ?? 0)])
  await tx.run(sql`
    update cursors set dispatched_id = r.dispatched_id
    from ${tx.rows(moved, cursorColumns)} as r
    where cursors.organization_id = r.organization_id`)
  result.behind = cursors.filter((cursor, i) => (moved[i] as [number, number])[1] < cursor.last_id).map((cursor) => cursor.organization_id)
}
