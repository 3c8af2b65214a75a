import { spanOf } from '../partitions/span-of.js'
import { undeliveredSpan } from '../partitions/undelivered-span.js'
import { rawSql, sql, type Sql } from '../storage/sql.js'
import { LaneSearch } from './lane-search.js'
import { notBefore } from './not-before.js'
import { proveSession } from './sessions.js'
import type { Column, Database } from '../storage/database.js'
import type { StoredEvent } from '../events/event.js'

/** A lane is one endpoint's way out. A delivery that a lane's owner has read from the database. */
export interface LaneDelivery {
  eventId: number
  endpointId: number
  state: number
  attempts: number
  step: number
  format: number
  exempt: boolean
  dueAt: number
}

/** What a lane's owner finds when it looks. */
export interface LaneLook {
  endpointId: number
  /** Due now, oldest first; on a strictly ordered lane everything undelivered, in the order of the stream. */
  deliveries: LaneDelivery[]
  /** When the earliest delivery that is not due yet will be; null when there is none. */
  nextDueAt: number | null
  /** There is more than was read; the lane stays woken, so that nothing newer is handed over before it. */
  isBehind: boolean
  failingSince: number | null
  /** The endpoint's version, by which the owner knows whether its settings are the present ones. */
  version: number
}

const ids: readonly Column[] = ['id int']
const keyColumns: readonly Column[] = ['event_id int', 'endpoint_id int']
const limitColumns: readonly Column[] = ['id int', 'most int']

/** Some of all organizations: those whose number, divided by `of`, leaves one of these. */
export interface Slices { of: number; ours: readonly number[] }

/** Due lanes of other nodes' organizations are left to them for so long. */
const leftToOthersMs = 1_000

/**
 * Makes up to `limit` lanes with due work this session's own; nobody else sends to their endpoints until it lets go. Those
 * that have waited longest go first, but where more are due than can be taken, half of them by turns of their organizations:
 * whoever has 20,000 lanes due makes nobody wait until the last of them is taken. `slices`: the organizations whose lanes it
 * takes at once; others' it takes when their own nodes have not. `passOver`: organizations whose lanes it has enough of, so
 * that only those of others are taken, by turns; the search stays where it is, since it has not found all that is due.
 */
export async function takeLanes(db: Database, session: string, limit: number, { search = new LaneSearch(), slices, passOver = [] }: LaneChoice & { passOver?: readonly number[] | undefined } = {}): Promise<number[]> {
  return db.transaction(async (tx) => {
    const { from } = search
    const due = freeAndDue(tx, { from, slices })
    if (passOver.length > 0) {
      await proveSession(tx, session)
      return own(tx, session, (await findByTurns(tx, due, limit, search, { passOver, each: lanesBesideOthers })).map((lane) => lane.endpoint_id))
    }
    const [, oldest] = await Promise.all([proveSession(tx, session), tx.all<FreeLane & { now: number }>(sql`
      select endpoint_id, organization_id, wake_at, ${tx.now} as now from lanes where ${due} order by wake_at limit ${limit} ${stepOver(tx)}`)])
    const last = oldest.at(-1)
    if (last === undefined) return []
    const isAll = oldest.length < limit
    search.searched({ from, until: isAll ? last.now : last.wake_at, now: last.now })

    const byTurns = isAll ? [] : await findByTurns(tx, due, Math.floor(limit / 2), search, { passOver, each: lanesPerTurn })
    return own(tx, session, [...new Set([...byTurns, ...oldest].map((lane) => lane.endpoint_id))].slice(0, limit))
  }, { commitsWithLast: true })
}

async function own(tx: Database, session: string, lanes: number[]): Promise<number[]> {
  if (lanes.length > 0) await tx.last(() => tx.run(sql`update lanes set session = ${session} where endpoint_id in (select id from ${tx.rows(lanes.map((id) => [id]), ids)} as r)`))
  return lanes
}

interface FreeLane { endpoint_id: number; organization_id: number; wake_at: number }
interface LaneChoice { search?: LaneSearch; slices?: Slices | undefined }

function freeAndDue(db: Database, { from, slices }: { from: number; slices: Slices | undefined }): Sql {
  const due = sql`session is null and wake_at is not null and wake_at >= ${from} and wake_at <= ${db.now}`
  if (slices === undefined) return due
  return sql`${due} and (wake_at <= ${db.now} - ${leftToOthersMs} or organization_id % ${slices.of} in (select id from ${db.rows(slices.ours.map((slice) => [slice]), ids)} as s))`
}

/** PostgreSQL has many writers: each must step over rows that another holds. SQLite has only one. */
function stepOver(tx: Database): Sql {
  return tx.dialect === 'postgres' ? sql`for update skip locked` : sql``
}

/** A few lanes of each organization but those that are passed over, going on behind the one that had the last turn. */
async function findByTurns(tx: Database, due: Sql, limit: number, search: LaneSearch, { passOver, each }: { passOver: readonly number[]; each: number }): Promise<FreeLane[]> {
  if (limit === 0) return []
  const next = (where: Sql, atMost: number): Promise<{ id: number }[]> => tx.all(sql`select organization_id as id from cursors where ${where} order by organization_id limit ${atMost}`)
  const organizations = await next(sql`organization_id > ${search.lastTurn}`, organizationsAtOnce)
  const left = organizationsAtOnce - organizations.length
  if (left > 0 && search.lastTurn > 0) organizations.push(...await next(sql`organization_id <= ${search.lastTurn}`, left))
  const its = sql`select endpoint_id from lanes where organization_id = r.id and ${due} order by wake_at limit ${each}`
  const found = await tx.all<FreeLane>(sql`
    select l.endpoint_id, l.organization_id, l.wake_at from ${tx.rows(organizations.map(({ id }) => id).filter((id) => !passOver.includes(id)).map((id) => [id]), ids)} as r
    ${tx.dialect === 'postgres' ? sql`cross join lateral (${its} ${stepOver(tx)}) as i join lanes l on l.endpoint_id = i.endpoint_id` : sql`cross join lanes l on l.endpoint_id in (${its})`}
    limit ${limit}`)
  search.lastTurn = (found.length === limit ? found.at(-1)?.organization_id : organizations.at(-1)?.id) ?? 0
  return found
}

const organizationsAtOnce = 200
const lanesPerTurn = 4
/** Where they are taken by turns alone. */
const lanesBesideOthers = 16

/** The session's own lanes to which somebody has written: new work, a changed endpoint, a replay. */
export async function wokenLanes(db: Database, session: string): Promise<{ endpointId: number; version: number }[]> {
  const rows = await db.all<{ endpoint_id: number; version: number }>(sql`
    select l.endpoint_id, e.version from lanes l join endpoints e on e.id = l.endpoint_id
    where l.session = ${session} and l.wake_at is not null`)
  return rows.map((row) => ({ endpointId: row.endpoint_id, version: row.version }))
}

/** Whether a free lane has something due: asked often, so that taking, which writes, is not. And when the next one will have, of those that have nothing yet. */
export async function findFreeLanes(db: Database, { search = new LaneSearch(), slices }: LaneChoice = {}): Promise<{ isDue: boolean; nextAt: number | null }> {
  const { from } = search
  const { now, due, next_at: nextAt } = await db.first<{ now: number; due: number | null; next_at: number | null }>(sql`
    select ${db.now} as now, (select endpoint_id from lanes where ${freeAndDue(db, { from, slices })} order by wake_at limit 1) as due,
      (select wake_at from lanes where session is null and wake_at is not null and wake_at > ${db.now} order by wake_at limit 1) as next_at`) as { now: number; due: number | null; next_at: number | null }
  if (due === null) search.searched({ from, until: now, now })
  return { isDue: due !== null, nextAt }
}

export interface LookRequest { endpointId: number; ordered: boolean; limit: number }

/**
 * Reads own lanes' due deliveries in order. The mark is cleared under the lane's lock *before* reading: whoever writes it
 * later is seen at the next look, and whoever wrote before has committed what this reads.
 */
export async function lookAtLanes(db: Database, session: string, requests: readonly LookRequest[]): Promise<{ looks: LaneLook[]; events: StoredEvent[] }> {
  return db.transaction(async (tx) => {
    // As the lanes are locked all the while, statements are sent without waiting for answers that do not change them.
    const [, lanes, span] = await Promise.all([proveSession(tx, session), clearMarks(tx, session, requests), undeliveredSpan(tx)])
    const [first] = lanes.values()
    if (first === undefined) return { looks: [], events: [] }

    // One instant for all that is read: what falls due between two statements would be in neither "due" nor "later".
    const { now } = first
    const [endpoints, found] = await Promise.all([readEndpoints(tx, [...lanes.keys()], now, span), readDue(tx, requests.filter(({ endpointId }) => lanes.has(endpointId)), now, span)])
    const due = new Map([...found].filter(([endpointId]) => endpoints.get(endpointId)?.state === 0))
    const behind = requests.filter(({ endpointId, limit }) => (due.get(endpointId)?.length ?? 0) >= limit).map(({ endpointId }) => endpointId)

    const looks = [...endpoints].map(([endpointId, { version, nextDueAt }]): LaneLook => ({
      endpointId, version, nextDueAt, deliveries: due.get(endpointId) ?? [], isBehind: behind.includes(endpointId), failingSince: lanes.get(endpointId)?.failing_since ?? null,
    }))
    const [events] = await tx.last(() => Promise.all([
      readEvents(tx, looks),
      behind.length > 0 ? tx.run(sql`update lanes set wake_at = ${now} where endpoint_id in (select id from ${tx.rows(behind.map((id) => [id]), ids)} as r)`) : undefined,
    ]))
    return { looks, events }
  }, { commitsWithLast: true })
}

/** Of the lanes asked for, those that are the session's. */
async function clearMarks(tx: Database, session: string, requests: readonly LookRequest[]): Promise<Map<number, { failing_since: number | null; now: number }>> {
  const [, rows] = await Promise.all([lockLanes(tx, requests.map(({ endpointId }) => endpointId)), tx.all<{ endpoint_id: number; failing_since: number | null; now: number }>(sql`
    update lanes set wake_at = null
    where session = ${session} and endpoint_id in (select id from ${tx.rows(requests.map(({ endpointId }) => [endpointId]), ids)} as r)
    returning endpoint_id, failing_since, ${tx.now} as now`)])
  return new Map(rows.map((row) => [row.endpoint_id, row]))
}

type Span = Awaited<ReturnType<typeof undeliveredSpan>>

async function readEndpoints(tx: Database, endpointIds: readonly number[], now: number, span: Span): Promise<Map<number, { version: number; state: number; nextDueAt: number | null }>> {
  const rows = await tx.all<{ id: number; version: number; state: number; next_due_at: number | null }>(sql`
    select e.id, e.version, e.state, (select min(d.due_at) from deliveries d where d.endpoint_id = e.id and d.state = 1 and d.due_at > ${now} ${span(rawSql('d.event_id'))}) as next_due_at
    from ${tx.rows(endpointIds.map((id) => [id]), ids)} as r join endpoints e on e.id = r.id`)
  return new Map(rows.map((row) => [row.id, { version: row.version, state: row.state, nextDueAt: row.next_due_at }]))
}

interface DeliveryRow { event_id: number; endpoint_id: number; state: number; attempts: number; step: number; format: number; exempt: number; due_at: number }

async function readDue(tx: Database, requests: readonly LookRequest[], now: number, span: Span): Promise<Map<number, LaneDelivery[]>> {
  const found = new Map<number, LaneDelivery[]>()
  const add = (rows: readonly DeliveryRow[]): void => {
    for (const row of rows) {
      const delivery = { eventId: row.event_id, endpointId: row.endpoint_id, state: row.state, attempts: row.attempts, step: row.step, format: row.format, exempt: row.exempt === 1, dueAt: row.due_at }
      const lane = found.get(row.endpoint_id)
      if (lane === undefined) found.set(row.endpoint_id, [delivery])
      else lane.push(delivery)
    }
  }
  for (const request of requests) if (request.ordered) add(await readInOrder(tx, request, now, span(rawSql('event_id'))))
  const unordered = requests.filter((request) => !request.ordered)
  // Over a network a hundred lanes read one after another are a hundred waits, with all their locks held.
  if (tx.dialect === 'sqlite') for (const { endpointId, limit } of unordered) add(await tx.all<DeliveryRow>(dueOn(sql`${endpointId}`, now, sql`${limit}`, span(rawSql('event_id')))))
  else if (unordered.length > 0) {
    add(await tx.all<DeliveryRow>(sql`
      select d.* from ${tx.rows(unordered.map(({ endpointId, limit }) => [endpointId, limit]), limitColumns)} as r
      cross join lateral (${dueOn(sql`r.id`, now, sql`r.most`, span(rawSql('event_id')))}) as d`))
  }
  return found
}

function dueOn(endpointId: Sql, now: number, limit: Sql, within: Sql): Sql {
  return sql`
    select event_id, endpoint_id, state, attempts, step, format, exempt, due_at from deliveries
    where endpoint_id = ${endpointId} and state = 1 and due_at <= ${now} ${within} order by due_at, event_id limit ${limit}`
}

/** In strict order the head blocks, due or not, so everything that waits is read, in the order of the stream; what is exempt from it (replays) comes as on any lane. What is being sent, its owner knows. */
async function readInOrder(tx: Database, { endpointId, limit }: LookRequest, now: number, within: Sql): Promise<DeliveryRow[]> {
  return [
    ...await tx.all<DeliveryRow>(sql`
      select event_id, endpoint_id, state, attempts, step, format, exempt, due_at from deliveries
      where endpoint_id = ${endpointId} and state = 1 and exempt = 0 ${within} order by event_id limit ${limit}`),
    ...await tx.all<DeliveryRow>(sql`
      select event_id, endpoint_id, state, attempts, step, format, exempt, due_at from deliveries
      where endpoint_id = ${endpointId} and state = 1 and due_at <= ${now} and exempt = 1 ${within} order by due_at, event_id limit ${limit}`),
  ]
}

async function readEvents(tx: Database, looks: readonly LaneLook[]): Promise<StoredEvent[]> {
  const wanted = [...new Set(looks.flatMap((look) => look.deliveries.map((delivery) => delivery.eventId)))]
  if (wanted.length === 0) return []
  const rows = await tx.all<{ id: number; organization_id: number; type: string; data: string; given_id: string | null; occurred_at: number; created_at: number }>(sql`
    select e.id, e.organization_id, e.type, e.data, e.given_id, e.occurred_at, e.created_at
    from ${tx.rows(wanted.map((id) => [id]), ids)} as r join events e on e.id = r.id ${spanOf(tx, rawSql('e.id'), wanted)}`)
  return rows.map((row) => ({ id: row.id, organizationId: row.organization_id, type: row.type, data: row.data, givenId: row.given_id, occurredAt: row.occurred_at, createdAt: row.created_at }))
}

/**
 * Gives back what a node's memory holds and has not begun to send, for a lane that must stop or be read anew. They wait
 * in the database for at least `delayMs`; the caller forgets them only when this has returned.
 */
export async function returnToWaiting(db: Database, session: string, deliveries: readonly { eventId: number; endpointId: number }[], delayMs: number): Promise<void> {
  await db.transaction(async (tx) => {
    await proveSession(tx, session)
    await tx.run(sql`
      update deliveries set state = 1, due_at = case when due_at < ${tx.now} + ${delayMs} then ${tx.now} + ${delayMs} else due_at end
      from ${tx.rows(deliveries.map((delivery) => [delivery.eventId, delivery.endpointId]), keyColumns)} as r
      where deliveries.event_id = r.event_id and deliveries.endpoint_id = r.endpoint_id and deliveries.state < 2
        ${spanOf(tx, rawSql('deliveries.event_id'), deliveries.map((delivery) => delivery.eventId))}`)
  })
}

/**
 * Lets go of lanes, in the transaction that also dispatches: were they two, a dispatch in between could hand over to a
 * lane that is given up. When a lane is next to be taken is looked up under its lock, after everybody who wrote before.
 */
export async function releaseLanes(tx: Database, session: string, endpointIds: readonly number[]): Promise<void> {
  await lockLanes(tx, endpointIds)
  const span = await undeliveredSpan(tx)
  await tx.run(sql`
    update lanes set session = null, wake_at = (
      select ${notBefore(tx, sql`min(d.due_at)`)} from deliveries d join endpoints e on e.id = d.endpoint_id
      where d.endpoint_id = lanes.endpoint_id and d.state = 1 and e.state = 0 ${span(rawSql('d.event_id'))})
    where session = ${session} and endpoint_id in (select id from ${tx.rows(endpointIds.map((id) => [id]), ids)} as r)`)
}

/** Lanes are locked before deliveries, and many in one order, by everybody, so that no two wait for each other. SQLite has one writer. */
export async function lockLanes(tx: Database, endpointIds: readonly number[]): Promise<void> {
  if (tx.dialect === 'sqlite' || endpointIds.length === 0) return
  await tx.all(sql`select endpoint_id from lanes where endpoint_id in (select id from ${tx.rows(endpointIds.map((id) => [id]), ids)} as r) order by endpoint_id for update`)
}
