import { countNow } from '../counters/count.js'
import { deliveryStates } from '../deliveries/delivery.js'
import { putFact } from '../installation/installation.js'
import { spanOf } from '../partitions/span-of.js'
import { rawSql, sql } from '../storage/sql.js'
import { nextEvents } from './next-events.js'
import { removedFacts, undeliveredDiscardedTo } from './removed-to.js'
import type { Column, Database } from '../storage/database.js'

/** Gives up what is still undelivered for events below this id, `batch` events or deliveries at a time. */
export async function discardOverdue(tx: Database, belowEventId: number, batch: number): Promise<{ discarded: number; more: boolean }> {
  const from = await undeliveredDiscardedTo(tx)
  if (from >= belowEventId - 1) return { discarded: 0, more: false }
  if (tx.dialect === 'sqlite') return discardAlong(tx, { from, belowEventId, batch })
  const discarded = await discardUndelivered(tx, belowEventId, batch)
  if (await hasUndelivered(tx, belowEventId)) return { discarded, more: discarded > 0 }
  await putFact(tx, { name: removedFacts.undelivered, value: String(belowEventId - 1) })
  return { discarded, more: false }
}

/** Whether something below this id may still be sent. The indexes of what is undelivered tell, however much else there is. */
export async function hasUndelivered(tx: Database, belowEventId: number): Promise<boolean> {
  const { waiting, sending } = deliveryStates
  return await tx.first(sql`
    select 1 as found where exists (select 1 from deliveries where state = ${waiting} and event_id < ${belowEventId})
      or exists (select 1 from deliveries where state = ${sending} and event_id < ${belowEventId})`) !== undefined
}

/** Discards up to `batch` of them, whoever has them in memory. What is being settled right now is stepped over, so nobody waits crosswise. */
export async function discardUndelivered(tx: Database, belowEventId: number, batch: number): Promise<number> {
  const found: { event_id: number; endpoint_id: number; organization_id: number }[] = []
  for (const state of [deliveryStates.waiting, deliveryStates.sending]) {
    found.push(...await tx.all<(typeof found)[number]>(sql`
      select event_id, endpoint_id, organization_id from deliveries where state = ${state} and event_id < ${belowEventId} limit ${batch - found.length} for update skip locked`))
  }
  if (found.length === 0) return 0
  await tx.run(sql`
    update deliveries set state = ${deliveryStates.discarded}, updated_at = ${tx.now}
    from ${tx.rows(found.map((delivery) => [delivery.event_id, delivery.endpoint_id]), keyColumns)} as r
    where deliveries.event_id = r.event_id and deliveries.endpoint_id = r.endpoint_id ${spanOf(tx, rawSql('deliveries.event_id'), found.map((delivery) => delivery.event_id))}`)
  await countDiscarded(tx, found)
  return found.length
}

const keyColumns: readonly Column[] = ['event_id int', 'endpoint_id int']

/** SQLite's one writer has the deliveries in the order of their events, so it goes on where it was. */
async function discardAlong(tx: Database, { from, belowEventId, batch }: { from: number; belowEventId: number; batch: number }): Promise<{ discarded: number; more: boolean }> {
  const { to, more } = await nextEvents(tx, { after: from, belowEventId, batch })
  const rows = await tx.all<{ organization_id: number }>(sql`
    update deliveries set state = ${deliveryStates.discarded}, updated_at = ${tx.now}
    where event_id > ${from} and event_id <= ${to} and state < ${deliveryStates.succeeded} returning organization_id`)
  await countDiscarded(tx, rows)
  await putFact(tx, { name: removedFacts.undelivered, value: String(to) })
  return { discarded: rows.length, more }
}

async function countDiscarded(tx: Database, deliveries: readonly { organization_id: number }[]): Promise<void> {
  const counts = new Map<number, number>()
  for (const { organization_id: id } of deliveries) counts.set(id, (counts.get(id) ?? 0) + 1)
  await countNow(tx, 'discarded', counts)
}
