import { countNow } from '../counters/count.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { readFact } from '../installation/installation.js'
import { rawSql, sql, type Sql } from '../storage/sql.js'
import { payloadsRemovedFact, payloadsRemovedTo } from './payloads-removed.js'
import type { Database } from '../storage/database.js'

/** Gives up what is still undelivered for events below this id, on through the stream, `batch` events at a time. */
export async function discardOverdue(tx: Database, belowEventId: number, batch: number): Promise<{ discarded: number; more: boolean }> {
  const from = await discardedTo(tx)
  const { to, more } = await nextEvents(tx, { after: from, belowEventId, batch })
  if (to <= from) return { discarded: 0, more: false }

  // In one order, so that it never waits crosswise with a settlement.
  if (tx.dialect === 'postgres') await tx.all(sql`select event_id from deliveries where event_id > ${from} and event_id <= ${to} and state < 2 order by event_id, endpoint_id for update`)
  const rows = await tx.all<{ organization_id: number }>(sql`
    update deliveries set state = ${deliveryStates.discarded}, updated_at = ${tx.now}
    where event_id > ${from} and event_id <= ${to} and state < ${deliveryStates.succeeded} returning organization_id`)
  const counts = new Map<number, number>()
  for (const { organization_id: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1)
  await countNow(tx, 'discarded', counts)
  await putFact(tx, discardedFact, to)
  return { discarded: rows.length, more }
}

/**
 * Where payloads are kept for a shorter time than the log, empties events of their data and leaves their type and time.
 * Where they are not, events are removed whole, with or after their deliveries.
 */
export async function removePayloads(tx: Database, { belowEventId, belowLogId, batch }: { belowEventId: number; belowLogId: number; batch: number }): Promise<{ more: boolean }> {
  if (belowEventId <= belowLogId) return { more: false }
  const from = await payloadsRemovedTo(tx)
  // Only where nothing waits to be sent any more.
  const { to, more } = await nextEvents(tx, { after: from, belowEventId: Math.min(belowEventId, await discardedTo(tx) + 1), batch })
  if (to <= from) return { more: false }
  await tx.run(sql`update events set data = 'null' where id > ${from} and id <= ${to}`)
  await putFact(tx, payloadsRemovedFact, to)
  return { more }
}

/** Removes deliveries and attempts of events below one id, and events below both that one and the other. */
export async function removeLog(tx: Database, { belowEventId, belowLogId, batch }: { belowEventId: number; belowLogId: number; batch: number }): Promise<{ events: number; deliveries: number; more: boolean }> {
  const below = Math.min(belowLogId, await discardedTo(tx) + 1)
  const deliveryEdge = await edgeOf(tx, rawSql('deliveries'), rawSql('event_id'), below, batch)
  const attemptEdge = await edgeOf(tx, rawSql('attempts'), rawSql('event_id'), below, batch)
  const to = Math.min(below - 1, deliveryEdge ?? below, attemptEdge ?? below)
  await tx.run(sql`delete from attempts where event_id <= ${to}`)
  const deliveries = await tx.run(sql`delete from deliveries where event_id <= ${to}`)

  const belowEvents = Math.min(belowEventId, to + 1)
  const eventEdge = await edgeOf(tx, rawSql('events'), rawSql('id'), belowEvents, batch)
  const events = await tx.run(sql`delete from events where id <= ${Math.min(belowEvents - 1, eventEdge ?? belowEvents)}`)
  return { events, deliveries, more: deliveryEdge !== undefined || attemptEdge !== undefined || eventEdge !== undefined }
}

const discardedFact = 'undelivered_discarded_to'

async function discardedTo(tx: Database): Promise<number> {
  return Number(await readFact(tx, { name: discardedFact }) ?? 0)
}

async function putFact(tx: Database, name: string, value: number): Promise<void> {
  await tx.run(sql`insert into installation (name, value) values (${name}, ${String(value)}) on conflict (name) do update set value = excluded.value`)
}

/** How far the next `batch` events reach; past the last of them, up to the bound itself. */
async function nextEvents(tx: Database, { after, belowEventId, batch }: { after: number; belowEventId: number; batch: number }): Promise<{ to: number; more: boolean }> {
  const edge = await tx.first<{ id: number }>(sql`select id from events where id > ${after} and id < ${belowEventId} order by id limit 1 offset ${batch - 1}`)
  return edge === undefined ? { to: belowEventId - 1, more: false } : { to: edge.id, more: true }
}

/** The event of a table's `batch`-th row from the left, if it has that many below the bound. */
async function edgeOf(tx: Database, table: Sql, column: Sql, below: number, batch: number): Promise<number | undefined> {
  const edge = await tx.first<{ id: number }>(sql`select ${column} as id from ${table} where ${column} < ${below} order by ${column} limit 1 offset ${batch - 1}`)
  return edge?.id
}
