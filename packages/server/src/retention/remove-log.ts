import { readPartitions } from '../partitions/partitions.js'
import { putFact } from '../installation/installation.js'
import { rawSql, sql, type Sql } from '../storage/sql.js'
import { bodiesRemovedTo, payloadsRemovedTo, removedFacts, undeliveredDiscardedTo } from './removed-to.js'
import { nextEvents } from './next-events.js'
import type { Database } from '../storage/database.js'

/**
 * Where payloads are kept for a shorter time than the log, empties events of their data and leaves their type and time.
 * Where they are not, events are removed whole, with or after their deliveries.
 */
export async function removePayloads(tx: Database, { belowEventId, belowLogId, batch }: { belowEventId: number; belowLogId: number; batch: number }): Promise<{ more: boolean }> {
  if (belowEventId <= belowLogId) return { more: false }
  const from = await payloadsRemovedTo(tx)
  // Only where nothing waits to be sent any more.
  const { to, more } = await nextEvents(tx, { after: from, belowEventId: Math.min(belowEventId, await undeliveredDiscardedTo(tx) + 1), batch })
  if (to <= from) return { more: false }
  await tx.run(sql`update events set data = 'null' where id > ${from} and id <= ${to}`)
  await putFact(tx, { name: removedFacts.payloads, value: String(to) })
  return { more }
}

/** Where they are kept for a shorter time than the log, empties attempts of what was sent and answered: headers, and the excerpt of the body. */
export async function removeBodies(tx: Database, { belowEventId, belowLogId, batch }: { belowEventId: number; belowLogId: number; batch: number }): Promise<{ more: boolean }> {
  if (belowEventId <= belowLogId) return { more: false }
  const from = await bodiesRemovedTo(tx)
  const { to, more } = await nextEvents(tx, { after: from, belowEventId, batch })
  if (to <= from) return { more: false }
  await tx.run(sql`update attempts set request_headers = '{}', response_headers = null, answer = null where event_id > ${from} and event_id <= ${to}`)
  await putFact(tx, { name: removedFacts.bodies, value: String(to) })
  return { more }
}

/**
 * Removes deliveries and attempts of events below one id, and events below both that one and the other: all rows on SQLite,
 * on PostgreSQL those from before there were partitions, whose own ends with the day it was made on. Other days are dropped.
 */
export async function removeLog(tx: Database, { belowEventId, belowLogId, batch }: { belowEventId: number; belowLogId: number; batch: number }): Promise<{ events: number; deliveries: number; more: boolean }> {
  const below = Math.min(belowLogId, await undeliveredDiscardedTo(tx) + 1, await belowRemovedByRow(tx))
  if (below === 0) return { events: 0, deliveries: 0, more: false }
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

async function belowRemovedByRow(tx: Database): Promise<number> {
  if (tx.dialect === 'sqlite') return Infinity
  return Math.max(0, ...(await readPartitions(tx)).filter(({ name }) => name.includes('_before_')).map(({ belowId }) => belowId))
}

/** The event of a table's `batch`-th row from the left, if it has that many below the bound. */
async function edgeOf(tx: Database, table: Sql, column: Sql, below: number, batch: number): Promise<number | undefined> {
  const edge = await tx.first<{ id: number }>(sql`select ${column} as id from ${table} where ${column} < ${below} order by ${column} limit 1 offset ${batch - 1}`)
  return edge?.id
}
