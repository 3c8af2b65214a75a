import { spanOf } from '../partitions/span-of.js'
import { rawSql, sql } from '../storage/sql.js'
import { drawEventIds } from './draw-event-ids.js'
import type { Column, Database } from '../storage/database.js'
import type { NewEvent } from './event.js'

/** What became of one event of a batch. `repeated`: this publish was made before, and that event stands. */
export type Appended =
  | { kind: 'appended'; id: number }
  | { kind: 'repeated'; id: number; givenId: string | null }
  | { kind: 'key_conflict'; key: string }
  | { kind: 'no_organization' }

const ids: readonly Column[] = ['id int']
const keyColumns: readonly Column[] = ['organization_id int', 'key text']
const streamColumns: readonly Column[] = ['organization_id int', 'last_id int']
const eventColumns: readonly Column[] = ['id int', 'organization_id int', 'type text', 'data text', 'given_id text', 'occurred_at int', 'created_at int', 'origin int', 'only_endpoint_id int', 'receipt_id int']
const eventKeyColumns: readonly Column[] = ['organization_id int', 'key text', 'event_id int', 'digest text']

/**
 * Appends events to their organizations' streams, in the order given, inside the caller's transaction. It does not know
 * who listens. Whoever tells a publisher "accepted" must have committed first.
 */
export async function append(tx: Database, events: readonly NewEvent[]): Promise<Appended[]> {
  return (await appendKnowing(tx, events)).results
}

/** The same, telling also what the streams ended with before: whoever dispatches in this transaction need not read again what it has just written. */
export async function appendKnowing(tx: Database, events: readonly NewEvent[]): Promise<{ results: Appended[]; lastIdsBefore: Map<number, number> }> {
  // Where a sequence gives ids, they are drawn for all behind the lock, without waiting for it: those of repeats are gaps.
  const [streams, earlier, drawnAhead] = await Promise.all([lockStreams(tx, events), findKeys(tx, events), tx.dialect === 'postgres' ? drawIds(tx, events) : undefined])
  const results: Appended[] = []
  const fresh: NewEvent[] = []
  const slots: number[] = []

  for (const event of events) {
    if (!streams.has(event.organizationId)) {
      results.push({ kind: 'no_organization' })
      continue
    }
    const verdict = judgeKeys(event, earlier, fresh.length)
    if (verdict !== undefined) {
      results.push(verdict)
      continue
    }
    slots.push(results.push({ kind: 'appended', id: 0 }) - 1)
    fresh.push(event)
  }
  if (fresh.length === 0) return { results, lastIdsBefore: streams }

  const drawn = drawnAhead ?? await drawIds(tx, fresh)
  const idOf = (index: number): number => drawn[index] as number
  for (const [index, slot] of slots.entries()) results[slot] = { kind: 'appended', id: idOf(index) }
  for (const [i, result] of results.entries()) {
    // A repeat within this very batch was judged before its original had an id.
    if (result.kind === 'repeated' && result.id < 0) results[i] = { kind: 'repeated', id: idOf(-result.id - 1), givenId: result.givenId }
  }

  const keys = fresh.flatMap((event, i) => (event.keys ?? []).map((key) => [event.organizationId, key.key, idOf(i), key.digest]))
  const lastIds = new Map(fresh.map((event, i) => [event.organizationId, idOf(i)]))
  await tx.last(() => Promise.all([
    tx.insert('events', eventColumns, fresh.map((event, i) => [idOf(i), event.organizationId, event.type, event.data, event.givenId ?? null, event.occurredAt, event.createdAt, event.origin, event.onlyEndpointId ?? null, event.receiptId ?? null])),
    keys.length > 0 ? tx.insert('event_keys', eventKeyColumns, keys) : undefined,
    tx.run(sql`
      update streams set last_id = r.last_id
      from ${tx.rows([...lastIds], streamColumns)} as r
      where streams.organization_id = r.organization_id`),
  ]))
  return { results, lastIdsBefore: streams }
}

function drawIds(tx: Database, events: readonly NewEvent[]): Promise<number[]> {
  return drawEventIds(tx, events.length, (events[0] as NewEvent).createdAt)
}

/** The streams' row locks come first and in one order, so that two nodes never wait for each other and order is commit order. */
async function lockStreams(tx: Database, events: readonly NewEvent[]): Promise<Map<number, number>> {
  const wanted = [...new Set(events.map((event) => event.organizationId))].sort((a, b) => a - b)
  // `for no key update`: the stronger lock would wait for any open transaction with a foreign key to the organization.
  const lock = tx.dialect === 'postgres' ? sql`for no key update` : sql``
  const rows = await tx.all<{ organization_id: number; last_id: number }>(sql`
    select organization_id, last_id from streams
    where organization_id in (select id from ${tx.rows(wanted.map((id) => [id]), ids)} as r)
    order by organization_id ${lock}`)
  return new Map(rows.map((row) => [row.organization_id, row.last_id]))
}

type EarlierKey = { eventId: number; digest: string; givenId: string | null }

/** Reads the keys in a statement that runs after the lock: one that locked and looked at once would look at an old snapshot. */
async function findKeys(tx: Database, events: readonly NewEvent[]): Promise<Map<string, EarlierKey>> {
  const wanted = events.flatMap((event) => (event.keys ?? []).map((key) => [event.organizationId, key.key]))
  if (wanted.length === 0) return new Map()
  const rows = await tx.all<{ organization_id: number; key: string; event_id: number; digest: string }>(sql`
    select k.organization_id, k.key, k.event_id, k.digest
    from ${tx.rows(wanted, keyColumns)} as r
    join event_keys k on k.organization_id = r.organization_id and k.key = r.key`)
  const givenIds = await readGivenIds(tx, rows.map((row) => row.event_id))
  return new Map(rows.map((row) => [`${row.organization_id} ${row.key}`, { eventId: row.event_id, digest: row.digest, givenId: givenIds.get(row.event_id) ?? null }]))
}

async function readGivenIds(tx: Database, eventIds: readonly number[]): Promise<Map<number, string | null>> {
  if (eventIds.length === 0) return new Map()
  const rows = await tx.all<{ id: number; given_id: string | null }>(sql`
    select id, given_id from events where id in (select id from ${tx.rows(eventIds.map((id) => [id]), ids)} as r) ${spanOf(tx, rawSql('id'), eventIds)}`)
  return new Map(rows.map((row) => [row.id, row.given_id]))
}

/** Undefined for a new event, whose keys are then remembered for the rest of the batch under its index (as -1 - index, for want of an id). */
function judgeKeys(event: NewEvent, earlier: Map<string, EarlierKey>, index: number): Appended | undefined {
  let repeated: EarlierKey | undefined
  for (const { key, digest } of event.keys ?? []) {
    const known = earlier.get(`${event.organizationId} ${key}`)
    if (known === undefined) continue
    if (known.digest !== digest) return { kind: 'key_conflict', key }
    repeated ??= known
  }
  if (repeated !== undefined) return { kind: 'repeated', id: repeated.eventId, givenId: repeated.givenId }
  for (const { key, digest } of event.keys ?? []) earlier.set(`${event.organizationId} ${key}`, { eventId: -1 - index, digest, givenId: event.givenId ?? null })
  return undefined
}
